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

mod endpoint;
#[allow(dead_code, reason = "the signals that are sent come next")]
mod meta;
#[allow(
    dead_code,
    unused_imports,
    reason = "the signals that are sent come next"
)]
mod transport;
#[allow(dead_code, reason = "the signals that are sent come next")]
mod worker;

pub use endpoint::{Compression, Endpoint, EndpointError, Retry};
pub use meta::{
    Attempt, AttemptResult, ExportMetrics, LossReason, LostItems, OfSignal, SignalName,
};
