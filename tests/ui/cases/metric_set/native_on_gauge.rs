use caxton_instrument::prelude::*;

/// The shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Metrics {
    /// Customers in the shop.
    #[metric(native)]
    customers: Gauge,
}

fn main() {}
