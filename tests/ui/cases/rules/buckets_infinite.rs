use caxton_instrument::prelude::*;

/// The shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Metrics {
    /// Things that happened in the shop.
    #[metric(unit = seconds, buckets = [1.0, f64::INFINITY])]
    wait: Histogram,
}

fn main() {}
