use caxton_instrument::prelude::*;

/// The shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop", labels(job = "front"))]
struct Metrics {
    /// Things that happened in the shop.
    orders: Counter,
}

fn main() {}
