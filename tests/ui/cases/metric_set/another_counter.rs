use caxton_instrument::prelude::*;

mod other {
    pub struct Counter;
}

/// The shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Metrics {
    /// Things that happened in the shop.
    orders: other::Counter,
}

fn main() {}
