use caxton_instrument::prelude::*;

/// The shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Metrics {
    /// Time to serve a customer.
    #[metric(unit = seconds, native, native)]
    serving: Histogram,
}

fn main() {}
