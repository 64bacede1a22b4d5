//! What a configuration says about itself while the program runs.

use std::sync::OnceLock;

use caxton_instrument::{Gauge, MetricSet};

/// Metrics about the configuration.
#[derive(MetricSet, Debug)]
#[metric_set(namespace = "caxton", subsystem = "instrument")]
pub(crate) struct ConfigMetrics {
    /// Warnings about the file and the environment that telemetry was started with.
    pub(crate) config_warnings: Gauge,
}

/// States how many warnings there were.
pub(crate) fn warned(count: usize) {
    static METRICS: OnceLock<&'static ConfigMetrics> = OnceLock::new();
    METRICS
        .get_or_init(ConfigMetrics::global)
        .config_warnings
        .set(count as f64);
}
