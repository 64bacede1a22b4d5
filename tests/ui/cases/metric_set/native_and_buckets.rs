use caxton_instrument::prelude::*;

/// The shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Metrics {
    /// Time to serve a customer.
    #[metric(unit = seconds, buckets = [0.1, 1.0], native)]
    serving: Histogram,
    /// Sizes of bills.
    #[metric(native, buckets = exponential(1, 10, 6))]
    bill: Histogram,
}

fn main() {}
