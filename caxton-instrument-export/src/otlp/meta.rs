//! What the export says about itself.

use std::time::Duration;

use caxton_instrument::prelude::*;

/// A kind of telemetry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, LabelValue)]
#[non_exhaustive]
pub enum SignalName {
    /// Metrics, counted in data points.
    Metrics,
    /// Traces, counted in spans.
    Traces,
    /// Logs, counted in records.
    Logs,
}

/// Why telemetry was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, LabelValue)]
#[non_exhaustive]
pub enum LossReason {
    /// No connection: a name without an address, a port that is closed, a
    /// certificate that is not trusted.
    Unreachable,
    /// No answer in time.
    TimedOut,
    /// The connection broke before the answer was read.
    Disconnected,
    /// The collector asked for a longer pause than there was time.
    Throttled,
    /// The collector could not take more at the time.
    Unavailable,
    /// The collector failed (HTTP 500, gRPC `INTERNAL`).
    ServerError,
    /// The collector found something wrong with the items.
    Rejected,
    /// The collector wants other credentials.
    Unauthorized,
    /// What answers does not take this signal, or not compressed so.
    Unsupported,
    /// An item larger than the collector takes.
    TooLarge,
    /// The address moved, and redirects are not followed.
    Redirected,
    /// An answer that is none of OTLP: it may have arrived all the same.
    BadAnswer,
    /// The queue before the exporter was full.
    QueueFull,
    /// The program ended, or its time to flush.
    Shutdown,
}

impl LossReason {
    /// Whether the same batch may be taken later.
    pub(super) const fn is_retried(self) -> bool {
        matches!(
            self,
            Self::Unreachable
                | Self::TimedOut
                | Self::Disconnected
                | Self::Throttled
                | Self::Unavailable
        )
    }

    /// The attempt that ends so; none, if there was none.
    pub(super) const fn result(self) -> Option<AttemptResult> {
        Some(match self {
            Self::Unreachable => AttemptResult::Unreachable,
            Self::TimedOut => AttemptResult::TimedOut,
            Self::Disconnected => AttemptResult::Disconnected,
            Self::Throttled => AttemptResult::Throttled,
            Self::Unavailable => AttemptResult::Unavailable,
            Self::ServerError => AttemptResult::ServerError,
            Self::Rejected => AttemptResult::Rejected,
            Self::Unauthorized => AttemptResult::Unauthorized,
            Self::Unsupported => AttemptResult::Unsupported,
            Self::TooLarge => AttemptResult::TooLarge,
            Self::Redirected => AttemptResult::Redirected,
            Self::BadAnswer => AttemptResult::BadAnswer,
            Self::QueueFull | Self::Shutdown => return None,
        })
    }
}

/// What became of one attempt to send a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, LabelValue)]
#[non_exhaustive]
pub enum AttemptResult {
    /// The collector took all of it.
    Accepted,
    /// The collector took a part.
    Partial,
    /// No connection.
    Unreachable,
    /// No answer in time: the batch may have arrived.
    TimedOut,
    /// The connection broke: the batch may have arrived.
    Disconnected,
    /// Later, said the collector, and when.
    Throttled,
    /// Later, said the collector.
    Unavailable,
    /// The collector failed.
    ServerError,
    /// Something is wrong with the items.
    Rejected,
    /// The collector wants other credentials.
    Unauthorized,
    /// What answers does not take this signal, or not compressed so.
    Unsupported,
    /// The batch was larger than the collector takes.
    TooLarge,
    /// The address moved.
    Redirected,
    /// An answer that is none of OTLP.
    BadAnswer,
}

/// The signal that a statement is about.
#[derive(LabelSet)]
pub struct OfSignal {
    /// The signal.
    pub signal: SignalName,
}

/// Items that were lost.
#[derive(LabelSet)]
pub struct LostItems {
    /// The signal.
    pub signal: SignalName,
    /// Why.
    pub reason: LossReason,
}

/// Attempts to send a batch.
#[derive(LabelSet)]
pub struct Attempt {
    /// The signal.
    pub signal: SignalName,
    /// What became of it.
    pub result: AttemptResult,
}

/// The export's metrics about itself.
#[derive(MetricSet)]
#[metric_set(namespace = "caxton", subsystem = "instrument")]
pub struct ExportMetrics {
    /// Data points, spans and log records that a collector took.
    pub exported_items: Counter<OfSignal>,
    /// Data points, spans and log records that were lost on their way to a collector.
    pub lost_items: Counter<LostItems>,
    /// Attempts to send a batch. One that timed out or was disconnected may have arrived.
    pub export_attempts: Counter<Attempt>,
    /// Time of one attempt to send a batch, its failure included.
    #[metric(unit = seconds, buckets = [0.001, 0.005, 0.02, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0])]
    pub export_attempt_duration: Histogram<OfSignal>,
}

fn metrics() -> &'static ExportMetrics {
    ExportMetrics::global()
}

/// Counts what a collector took.
pub(crate) fn exported(signal: SignalName, items: u64) {
    metrics()
        .exported_items
        .at(&OfSignal::of(signal))
        .increment(items);
}

/// Counts what was lost, here or in a queue before the exporter.
pub(crate) fn lost(signal: SignalName, reason: LossReason, items: u64) {
    metrics()
        .lost_items
        .at(&LostItems::of(signal, reason))
        .increment(items);
}

pub(crate) fn attempted(signal: SignalName, result: AttemptResult, took: Duration) {
    let metrics = metrics();
    metrics
        .export_attempts
        .at(&Attempt::of(signal, result))
        .increment(1);
    metrics
        .export_attempt_duration
        .at(&OfSignal::of(signal))
        .record(took.as_secs_f64());
}
