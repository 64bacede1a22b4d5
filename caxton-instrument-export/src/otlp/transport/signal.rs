//! The three signals of OTLP.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;

use super::cut::Cut as _;
use crate::otlp::meta::SignalName;

/// What is sent, and where.
pub(crate) trait Signal: Send + Sync + 'static {
    /// The request of the service.
    type Request: prost::Message + Default + Clone + Send + 'static;

    /// Its name in metrics and messages.
    const SIGNAL: SignalName;
    /// What is counted.
    const ITEMS: &'static str;
    /// The part that a diagnostic is about.
    const PART: &'static str;
    /// Below the address of an HTTP endpoint.
    const HTTP_PATH: &'static str;
    /// Service and method.
    const GRPC_PATH: &'static str;

    /// Data points, spans or records in a request.
    fn items(request: &Self::Request) -> u64;

    /// Two requests with the first `items` and the others. Resources and scopes
    /// that have items on both sides are in both.
    fn cut(request: Self::Request, items: u64) -> (Self::Request, Self::Request);

    /// The request in two halves; `None` if it has a single item.
    fn halves(request: Self::Request) -> Option<(Self::Request, Self::Request)> {
        let items = Self::items(&request);
        (items > 1).then(|| Self::cut(request, items / 2))
    }
}

/// Metrics, counted in data points.
#[derive(Debug)]
pub(crate) struct Metrics;

/// Traces, counted in spans.
#[derive(Debug)]
pub(crate) struct Traces;

/// Logs, counted in records.
#[derive(Debug)]
pub(crate) struct Logs;

impl Signal for Metrics {
    type Request = ExportMetricsServiceRequest;

    const SIGNAL: SignalName = SignalName::Metrics;
    const ITEMS: &'static str = "data points";
    const PART: &'static str = "otlp metrics";
    const HTTP_PATH: &'static str = "/v1/metrics";
    const GRPC_PATH: &'static str =
        "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";

    fn items(request: &Self::Request) -> u64 {
        request.resource_metrics.items()
    }

    fn cut(request: Self::Request, items: u64) -> (Self::Request, Self::Request) {
        let (left, right) = request.resource_metrics.cut(items);
        let of = |resource_metrics| Self::Request { resource_metrics };
        (of(left), of(right))
    }
}

impl Signal for Traces {
    type Request = ExportTraceServiceRequest;

    const SIGNAL: SignalName = SignalName::Traces;
    const ITEMS: &'static str = "spans";
    const PART: &'static str = "otlp traces";
    const HTTP_PATH: &'static str = "/v1/traces";
    const GRPC_PATH: &'static str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

    fn items(request: &Self::Request) -> u64 {
        request.resource_spans.items()
    }

    fn cut(request: Self::Request, items: u64) -> (Self::Request, Self::Request) {
        let (left, right) = request.resource_spans.cut(items);
        let of = |resource_spans| Self::Request { resource_spans };
        (of(left), of(right))
    }
}

impl Signal for Logs {
    type Request = ExportLogsServiceRequest;

    const SIGNAL: SignalName = SignalName::Logs;
    const ITEMS: &'static str = "log records";
    const PART: &'static str = "otlp logs";
    const HTTP_PATH: &'static str = "/v1/logs";
    const GRPC_PATH: &'static str = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";

    fn items(request: &Self::Request) -> u64 {
        request.resource_logs.items()
    }

    fn cut(request: Self::Request, items: u64) -> (Self::Request, Self::Request) {
        let (left, right) = request.resource_logs.cut(items);
        let of = |resource_logs| Self::Request { resource_logs };
        (of(left), of(right))
    }
}
