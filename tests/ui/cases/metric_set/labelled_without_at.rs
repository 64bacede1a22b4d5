use caxton_instrument::prelude::*;

#[derive(LabelSet)]
pub struct MessageLabels {
    urgent: bool,
}

/// What the shop sells.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
pub struct Shop {
    /// Orders that were placed.
    pub orders: Counter<MessageLabels>,
}

fn main() {
    Shop::global().orders.increment(1);
}
