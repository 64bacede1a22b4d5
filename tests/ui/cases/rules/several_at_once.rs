use caxton_instrument::prelude::*;

#[derive(LabelSet)]
struct Labels {
    #[label(max_values = 10)]
    user_id: Text,
    agent_id: Text,
}

/// The shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Metrics {
    /// Agents that run.
    agents_total: Gauge,
    /// Time that orders wait.
    #[metric(unit = milliseconds, buckets = [0.1, 1.0])]
    wait: Histogram,
    /// Sizes of orders.
    #[metric(unit = bytes, buckets = [10, 1])]
    order_size: Histogram<Labels>,
}

fn main() {}
