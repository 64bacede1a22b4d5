use caxton_instrument::prelude::*;

/// The shop.
#[derive(MetricSet)]
#[metric_set(namespace = "MyShop")]
struct Metrics {
    /// Orders that were taken.
    orders: Counter,
    /// Orders that wait.
    orders_waiting: Gauge,
}

fn main() {}
