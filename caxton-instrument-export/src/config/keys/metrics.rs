//! The keys of `[observability.metrics]`.

use std::time::Duration;

use crate::config::key::section;
use crate::config::value::{Bounds, Buckets, List, Size, Temporality, Whole};

section! {
    /// Metrics: what differs from their declarations, and how they are sent. Nothing here can
    /// make a query wrong that was written for the declarations: a bucket bound that is
    /// declared stays, and what would break is refused when telemetry starts.
    Metrics {
        /// The time from one export to the next.
        export_interval: Duration = Duration::from_secs(60);
            also("observability.metrics_export_interval");
            otel("OTEL_METRIC_EXPORT_INTERVAL"); needs("otlp"),
        /// How long one export may take, with all its requests and what is sent again.
        export_timeout: Duration = Duration::from_secs(30);
            otel("OTEL_METRIC_EXPORT_TIMEOUT"); needs("otlp"),
        /// Whether totals are sent, or what was added since the last export.
        temporality: Temporality = Temporality::Cumulative;
            otel("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"); needs("otlp"),
        /// How large a request may be before it is compressed: as large as the receiver takes.
        max_batch_size: Size = Size::mebibytes(4); needs("otlp"),
        /// How many data points a request may have.
        max_batch_points: Whole<1, 1_000_000> = Whole::new(8_192); needs("otlp"),
        /// Bucket bounds, in seconds, of every metric `.._http_request_duration_seconds`: those
        /// that are declared, and others.
        http_duration_buckets: Bounds,
        /// Bucket bounds, in seconds, of every metric `.._agent_execution_duration_seconds`:
        /// those that are declared, and others.
        agent_execution_buckets: Bounds,
        /// Bucket bounds of other histograms by their full names, in their units:
        /// `{ "shop_order_duration_seconds" = [0.1, 0.5, 1.0] }`. All that are declared, and
        /// others.
        buckets: Buckets,
        /// Labels that are kept; of all others series are summed. Unset: all.
        include_labels: List<String>,
        /// Labels that are left out: series that differ only there are summed. For what is
        /// sensitive: no declared metric has such a label, and one that does not exist is
        /// refused. So is one that an alert, an objective, a recording rule or a panel of
        /// the program asks by.
        exclude_labels: List<String>,
        /// Keeps the trace of some samples, as exemplars.
        exemplars: bool = false; needs("otlp"),
        /// Leaves counters and histograms out that did not change for so long. Longer than
        /// the longest time between two scrapes.
        evict_idle_after: Duration,
    }
}
