//! The files of the observability guide: each of its blocks as it stands there,
//! and what is corrected in it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use caxton_instrument_export::config::{
    Config, Environment, Level, Output, Protocol, Signal, Timestamps,
};

/// As the guide has it.
const OBSERVABILITY: &str = r#"
[observability]
# Enable OpenTelemetry instrumentation
enable_tracing = true
enable_metrics = true
enable_logging = true

# OTLP export configuration
otlp_endpoint = "http://otel-collector:4317"
otlp_timeout = "10s"
otlp_headers = { "api-key" = "your-api-key" }

# Sampling configuration
trace_sample_rate = 0.1  # Sample 10% of traces
metrics_export_interval = "10s"

# Resource attributes
service_name = "caxton-runtime"
service_version = "0.2.0"
deployment_environment = "production"
"#;

const METRICS: &str = r#"
[observability.metrics]
# Custom histogram buckets for latency metrics
http_duration_buckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]
agent_execution_buckets = [0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0]

# Metric labels to include
include_labels = ["agent_type", "agent_id", "message_type"]
exclude_labels = ["sensitive_data"]

# Export configuration
export_interval = "15s"
export_timeout = "5s"
"#;

const LOGGING: &str = r#"
[observability.logging]
level = "info"
format = "json"
output = "stdout"

# Log correlation
include_trace_id = true
include_span_id = true

# Field configuration
timestamp_format = "rfc3339"
level_key = "level"
message_key = "message"
trace_id_key = "trace_id"
span_id_key = "span_id"

# Sampling for high-volume logs
debug_sample_rate = 0.01
trace_sample_rate = 0.1
"#;

const PROFILING: &str = r#"
[profiling]
enabled = true
endpoint = "http://pyroscope:4040"
application_name = "caxton-runtime"
server_address = "0.0.0.0:6060"
sample_rate = 100  # Hz
profile_types = ["cpu", "alloc_objects", "alloc_space", "inuse_objects", "inuse_space"]
"#;

fn load(text: &str) -> Config {
    Config::from_text("caxton.toml", text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_general_block_loads_with_a_warning_for_its_secret() {
    let config = load(OBSERVABILITY);
    let warnings: Vec<_> = config.warnings().iter().map(|it| &it.message).collect();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(
        warnings[0].contains("header `api-key` looks like a secret"),
        "{warnings:?}"
    );
    assert!(!format!("{config:?}").contains("your-api-key"));

    for signal in [Signal::Metrics, Signal::Traces, Signal::Logs] {
        let collector = config.collector(signal).expect("all three are enabled");
        assert_eq!(collector.url, "http://otel-collector:4317");
        assert_eq!(collector.protocol, Protocol::Grpc);
        assert_eq!(collector.timeout, Duration::from_secs(10));
        let headers: Vec<_> = collector.headers.iter().collect();
        assert_eq!(
            (headers[0].0, headers[0].1.expose()),
            ("api-key", "your-api-key")
        );
    }
    assert_eq!(config.traces.sample_ratio.get(), 0.1);
    assert_eq!(config.metrics.export_interval, Duration::from_secs(10));
    assert_eq!(
        config.observability.service_version.as_deref(),
        Some("0.2.0")
    );
}

/// The correction: the key in the environment.
#[test]
fn the_secret_of_the_general_block_can_be_in_the_environment() {
    let text = OBSERVABILITY.replace("\"your-api-key\"", "{ env = \"API_KEY\" }");
    let environment = Environment::of([("API_KEY", "k")]);
    let config = Config::layered(Some((Path::new("caxton.toml"), &text)), &environment);
    let config = config.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(config.warnings(), []);
    let headers = config.observability.otlp_headers.expect("they are set");
    assert_eq!(
        headers.iter().next().map(|(_, value)| value.expose()),
        Some("k")
    );
}

#[test]
fn the_block_of_metrics_loads() {
    let config = load(METRICS);
    assert_eq!(config.warnings(), []);
    let metrics = &config.metrics;
    assert_eq!(metrics.export_interval, Duration::from_secs(15));
    assert_eq!(metrics.export_timeout, Duration::from_secs(5));
    assert_eq!(
        metrics.http_duration_buckets.as_deref().map(<[f64]>::len),
        Some(12)
    );
    assert_eq!(
        metrics.agent_execution_buckets.as_deref().map(<[f64]>::len),
        Some(9)
    );
    let labels = metrics.exclude_labels.as_deref().expect("they are set");
    assert_eq!(labels, ["sensitive_data"]);
}

#[test]
fn the_block_of_logs_loads() {
    let config = load(LOGGING);
    assert_eq!(config.warnings(), []);
    let logging = &config.logging;
    assert_eq!(
        (logging.level, &logging.output),
        (Level::Info, &Output::Stdout)
    );
    assert_eq!(logging.timestamp_format, Timestamps::Rfc3339);
    assert_eq!(logging.debug_sample_rate.get(), 0.01);
    assert_eq!(logging.trace_sample_rate.get(), 0.1);
    // That of traces is another one.
    assert_eq!(config.traces.sample_ratio.get(), 1.0);
}

/// The correction: no profiles of allocations.
#[test]
fn the_block_of_profiles_loads_without_those_of_allocations() {
    let error = Config::from_text("caxton.toml", PROFILING).expect_err("it asks for allocations");
    assert_eq!(error.mistakes().len(), 4, "{error}");
    let corrected = PROFILING.replace(
        ", \"alloc_objects\", \"alloc_space\", \"inuse_objects\", \"inuse_space\"",
        "",
    );
    let config = load(&corrected);
    assert_eq!(config.warnings(), []);
    assert_eq!(config.profiling.sample_rate.get(), 100);
    let address = config.server.admin_address.as_ref().expect("it is set");
    assert_eq!(address.as_str(), "0.0.0.0:6060");
}

/// Two intervals of one thing: the one in the section of metrics holds.
#[test]
fn all_blocks_together_load() {
    let profiling = PROFILING.replace("\"cpu\", ", "\"cpu\"] #");
    let config = load(&[OBSERVABILITY, METRICS, LOGGING, &profiling].join("\n"));
    assert_eq!(config.metrics.export_interval, Duration::from_secs(15));
    let warnings: Vec<_> = config.warnings().iter().map(|it| &it.message).collect();
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(warnings[1].contains("`observability.metrics_export_interval` is not used"));
}

#[test]
fn other_sections_of_the_file_are_the_program_s() {
    let config = load("title = \"shop\"\n[server]\nport = 80\n[[agents]]\nname = \"a\"\n");
    assert_eq!(config.warnings(), []);
    assert_eq!(config, load(""));
    let output = load("[observability.logging]\noutput = \"/var/log/a.log\"")
        .logging
        .output;
    assert_eq!(output, Output::File(PathBuf::from("/var/log/a.log")));
}
