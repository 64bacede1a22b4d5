use caxton_instrument::prelude::*;

/// The shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Metrics<L: LabelSet> {
    /// Orders that were taken.
    orders: Counter<L>,
}

fn main() {}
