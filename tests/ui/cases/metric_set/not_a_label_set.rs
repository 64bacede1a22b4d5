use caxton_instrument::prelude::*;

struct Labels {
    urgent: bool,
}

/// The shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Metrics {
    /// Things that happened in the shop.
    orders: Counter<Labels>,
}

fn main() {}
