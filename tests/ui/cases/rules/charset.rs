use caxton_instrument::prelude::*;

/// The shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Metrics {
    /// Things that happened in the shop.
    #[metric(name = "shop_ordersTaken_total")]
    orders_taken: Counter,
}

fn main() {}
