use caxton_instrument::prelude::*;

#[derive(LabelSet)]
struct Labels {
    #[label(max_values = 3)]
    environment: Text,
}

/// The shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Metrics {
    /// Things that happened in the shop.
    orders: Counter<Labels>,
}

fn main() {}
