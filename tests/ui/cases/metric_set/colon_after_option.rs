use caxton_instrument::prelude::*;

/// Things.
#[derive(MetricSet)]
#[metric_set(namespace: "shop")]
struct Shop {
    /// Orders taken.
    orders: Counter,
}

fn main() {}
