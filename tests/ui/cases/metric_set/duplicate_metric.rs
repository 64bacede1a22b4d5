use caxton_instrument::prelude::*;

/// The shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Metrics {
    /// Orders that were taken.
    orders: Counter,
    /// Orders that were taken, too.
    #[metric(name = "shop_orders_total")]
    more_orders: Counter,
}

fn main() {}
