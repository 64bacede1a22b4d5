use caxton_instrument::prelude::*;

/// The shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Metrics {
    /// Things that happened in the shop.
    #[metric(allow(type_in_name))]
    queue_gauge: Gauge,
}

fn main() {}
