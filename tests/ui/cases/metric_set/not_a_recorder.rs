use caxton_instrument::prelude::*;

/// Shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Shop {
    /// Orders taken.
    orders: Counter,
}

fn main() {
    let _ = Shop::new_in("recorder");
}
