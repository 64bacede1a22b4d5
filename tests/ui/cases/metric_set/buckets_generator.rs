use caxton_instrument::prelude::*;

/// The shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Metrics {
    /// Things that happened in the shop.
    #[metric(unit = seconds, buckets = expontial(0.1, 2.0, 8))]
    wait: Histogram,
}

fn main() {}
