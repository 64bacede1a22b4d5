use caxton_instrument::prelude::*;

/// The shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Metrics {
    /// Things that happened in the shop.
    #[metric(unit = seconds, buckets = exponential(0.1, 1.0, 8))]
    wait: Histogram,
}

fn main() {}
