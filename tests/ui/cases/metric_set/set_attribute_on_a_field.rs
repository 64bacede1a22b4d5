use caxton_instrument::prelude::*;

/// The shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Metrics {
    /// Orders that were taken.
    #[metric_set(unit = bytes)]
    orders: Counter,
}

fn main() {}
