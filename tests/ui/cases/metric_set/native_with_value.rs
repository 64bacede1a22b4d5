use caxton_instrument::prelude::*;

/// The shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Metrics {
    /// Time to serve a customer.
    #[metric(native = true, unit = seconds)]
    serving: Histogram,
    /// Sizes of bills.
    #[metric(native(3))]
    bill: Histogram,
}

fn main() {}
