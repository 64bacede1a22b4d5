use caxton_instrument::prelude::*;

#[derive(LabelSet)]
struct Labels {
    #[label(max_values = 50)]
    queue: Text,
}

/// The shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Metrics {
    /// Things that happened in the shop.
    #[metric(max_values(queu = 10))]
    orders: Counter<Labels>,
}

fn main() {}
