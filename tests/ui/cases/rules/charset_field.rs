use caxton_instrument::prelude::*;

/// The shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Metrics {
    /// Things that happened in the shop.
    ordersTaken: Counter,
}

fn main() {}
