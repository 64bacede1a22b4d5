use caxton_instrument::prelude::*;

#[derive(LabelValue, Clone, Copy)]
enum Status {
    Done,
    Failed,
}

#[derive(LabelSet)]
struct Labels {
    status: Status,
}

/// The shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop", labels(status = "done"))]
struct Metrics {
    /// Things that happened in the shop.
    orders: Counter<Labels>,
}

fn main() {}
