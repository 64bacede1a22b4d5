use caxton_instrument::prelude::*;

/// The shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Metrics {
    /// Things that happened in the shop.
    #[metric(max_serie = 10)]
    orders: Counter,
}

fn main() {}
