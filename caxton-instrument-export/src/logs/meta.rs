//! Metrics about the log itself.

use caxton_instrument::{Counter, LabelSet, LabelValue, MetricSet};

/// Why a line was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, LabelValue)]
pub enum LostReason {
    /// Lines came faster than they were written.
    BufferFull,
    /// The disk is full, or the quota used up.
    DiskFull,
    /// Nobody reads the other end any more.
    ClosedPipe,
    /// The system wrote it for another reason not.
    WriteFailed,
    /// The program ended before it was written.
    Shutdown,
}

/// A line that was lost.
#[derive(LabelSet)]
pub(super) struct LostLine {
    /// Why.
    reason: LostReason,
}

/// The levels that are sampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, LabelValue)]
pub(super) enum SampledLevel {
    /// Debug.
    Debug,
    /// Trace.
    Trace,
}

/// A line that sampling left out.
#[derive(LabelSet)]
pub(super) struct LeftOutLine {
    /// Its level.
    level: SampledLevel,
}

/// What becomes of the lines of the log.
#[derive(MetricSet)]
#[metric_set(namespace = "caxton", subsystem = "instrument")]
#[allow(clippy::struct_field_names, reason = "a field names its metric")]
pub(super) struct LogMetrics {
    /// Lines of the log that were written.
    log_lines_written: Counter,
    /// Lines of the log that were not written, by reason.
    log_lines_lost: Counter<LostLine>,
    /// Lines of the log that sampling left out, by level.
    log_lines_sampled_out: Counter<LeftOutLine>,
}

pub(super) fn written(lines: u64) {
    LogMetrics::global().log_lines_written.increment(lines);
}

pub(super) fn lost(lines: u64, reason: LostReason) {
    let labels = LostLine::of(reason);
    LogMetrics::global()
        .log_lines_lost
        .at(&labels)
        .increment(lines);
}

pub(super) fn sampled_out(level: SampledLevel) {
    let labels = LeftOutLine::of(level);
    LogMetrics::global()
        .log_lines_sampled_out
        .at(&labels)
        .increment(1);
}
