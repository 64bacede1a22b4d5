package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// jsonLinesConfig of the exporter `jsonlines`.
type jsonLinesConfig struct {
	// Path of the file that lines are appended to.
	Path string `mapstructure:"path"`
}

// Validate tells a configuration without a file before the collector runs.
func (c *jsonLinesConfig) Validate() error {
	if c.Path == "" {
		return errors.New("`path` is missing: the file that lines are appended to")
	}
	return nil
}

// jsonLines appends each batch as one line of OTLP/JSON:
//
//	{"signal":"metrics","data":{"resourceMetrics":[..]}}
//
// A line is in the file before its batch is acknowledged.
type jsonLines struct {
	path string
	file *os.File
}

// One at a time: exporters of two pipelines may name one file.
var writing sync.Mutex

func (e *jsonLines) Start(context.Context, component.Host) (err error) {
	e.file, err = os.OpenFile(e.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	return err
}

func (e *jsonLines) Shutdown(context.Context) error {
	if e.file == nil {
		return nil
	}
	return e.file.Close()
}

func (e *jsonLines) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: false}
}

func (e *jsonLines) ConsumeMetrics(_ context.Context, batch pmetric.Metrics) error {
	data, err := new(pmetric.JSONMarshaler).MarshalMetrics(batch)
	return e.write("metrics", data, err)
}

func (e *jsonLines) ConsumeTraces(_ context.Context, batch ptrace.Traces) error {
	data, err := new(ptrace.JSONMarshaler).MarshalTraces(batch)
	return e.write("traces", data, err)
}

func (e *jsonLines) ConsumeLogs(_ context.Context, batch plog.Logs) error {
	data, err := new(plog.JSONMarshaler).MarshalLogs(batch)
	return e.write("logs", data, err)
}

// write appends in one call, so that a reader sees whole lines at the end of a
// write.
func (e *jsonLines) write(signal string, data []byte, err error) error {
	if err != nil {
		return err
	}
	var line bytes.Buffer
	line.WriteString(`{"signal":"` + signal + `","data":`)
	line.Write(data)
	line.WriteString("}\n")
	writing.Lock()
	defer writing.Unlock()
	_, err = e.file.Write(line.Bytes())
	return err
}

func newJSONLines(config component.Config) *jsonLines {
	return &jsonLines{path: config.(*jsonLinesConfig).Path}
}

func newJSONLinesFactory() exporter.Factory {
	type settings = exporter.Settings
	return exporter.NewFactory(
		component.MustNewType("jsonlines"),
		func() component.Config { return &jsonLinesConfig{} },
		exporter.WithMetrics(func(_ context.Context, _ settings, c component.Config) (exporter.Metrics, error) {
			return newJSONLines(c), nil
		}, component.StabilityLevelDevelopment),
		exporter.WithTraces(func(_ context.Context, _ settings, c component.Config) (exporter.Traces, error) {
			return newJSONLines(c), nil
		}, component.StabilityLevelDevelopment),
		exporter.WithLogs(func(_ context.Context, _ settings, c component.Config) (exporter.Logs, error) {
			return newJSONLines(c), nil
		}, component.StabilityLevelDevelopment),
	)
}
