use caxton_instrument::prelude::*;

/// The shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Metrics {
    /// Time that orders wait.
    #[metric(unit = seconds)]
    wait: Histogram,
}

fn count() {
    Metrics::global().wait.increment(1);
}

fn main() {}
