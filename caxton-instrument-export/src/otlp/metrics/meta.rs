//! What the exports of metrics say about themselves, beside what every export
//! says.

use caxton_instrument::prelude::*;

/// Metrics about exports of metrics.
#[derive(MetricSet)]
#[metric_set(namespace = "caxton", subsystem = "instrument")]
pub struct MetricsExportMetrics {
    /// Exports of metrics that were left out because the one before still ran. The next one has what they would have had.
    pub metric_exports_skipped: Counter,
}

pub(super) fn skipped(exports: u64) {
    MetricsExportMetrics::global()
        .metric_exports_skipped
        .increment(exports);
}
