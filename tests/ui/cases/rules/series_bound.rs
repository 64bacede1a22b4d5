use caxton_instrument::prelude::*;

#[derive(LabelSet)]
struct Labels {
    urgent: bool,
    #[label(max_values = 50)]
    queue: Text,
    #[label(max_values = 20)]
    shop: Text,
}

/// The shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Metrics {
    /// Things that happened in the shop.
    orders: Counter<Labels>,
}

fn main() {}
