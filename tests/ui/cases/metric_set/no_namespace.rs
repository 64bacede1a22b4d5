use caxton_instrument::prelude::*;

/// The shop.
#[derive(MetricSet)]
struct Metrics {
    /// Orders that were taken.
    orders: Counter,
}

fn main() {}
