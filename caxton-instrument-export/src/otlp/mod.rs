//! Metrics, traces and logs to an OpenTelemetry collector, over
//! [OTLP](https://opentelemetry.io/docs/specs/otlp/): gRPC, or protobuf over
//! HTTP.
//!
//! An [`Endpoint`] says where and how. What cannot be delivered at once is tried
//! again for a bounded time, with pauses that the collector may ask for; what is
//! lost after that is counted in `caxton_instrument_lost_items_total` by reason,
//! and told once to [`caxton_instrument::diagnostics`].
//!
//! # Exactly once, as far as the protocol goes
//!
//! A batch that a collector took is not sent again, and of one that was split,
//! because it was too large, each part is answered for alone. OTLP has no ids of
//! batches, though: where the connection breaks or the time runs out after a
//! batch was written and before its answer was read, nobody on this side can
//! know whether it arrived. It is sent again then, and may arrive twice.
//! Cumulative metrics do not mind, since a data point that comes twice is the
//! same point; delta sums, spans and log records show it.
//! `caxton_instrument_export_attempts_total` with the results `timed_out` and
//! `disconnected` is the most that can have come twice.

mod batch;
mod endpoint;
mod flush;
mod logs;
mod meta;
mod metrics;
mod resource;
mod start;
mod traces;
mod transport;
mod worker;

pub use endpoint::{Compression, Endpoint, EndpointError, Retry};
pub use flush::FlushError;
pub use logs::Logs;
pub use meta::{
    Attempt, AttemptResult, ExportMetrics, LossReason, LostItems, OfSignal, SignalName,
};
pub use metrics::{Metrics, MetricsExportMetrics, Temporality};
pub use traces::{
    BySampler, SampledBy, Sampler, SamplingMetrics, Strategies, StrategiesError, Traces,
};

pub(crate) use flush::Exports;
pub(crate) use logs::Running as RunningLogs;
pub(crate) use metrics::Snapshot;
pub(crate) use start::Signals;
pub(crate) use traces::Running as RunningTraces;
