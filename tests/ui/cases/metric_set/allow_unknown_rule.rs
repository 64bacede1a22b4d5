use caxton_instrument::prelude::*;

/// The shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Metrics {
    /// Things that happened in the shop.
    #[metric(allow(type_in_nam), reason = "kept for older dashboards")]
    queue_gauge: Gauge,
}

fn main() {}
