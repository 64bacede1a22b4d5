//! Sets, handles and labels can be members of types that derive `Debug`.

use caxton_instrument::prelude::*;
use caxton_instrument::testing::TestRecorder;

#[derive(LabelValue, Clone, Copy)]
enum Size {
    Small,
    Large,
}

#[derive(LabelSet, Debug)]
struct Labels {
    urgent: bool,
    #[label(max_values = 5)]
    queue: Text,
    #[label(rename = "order_size")]
    size: Size,
    gift: bool,
    #[label(max_values = 5)]
    shop: Text,
}

impl std::fmt::Debug for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not asked for")
    }
}

/// The shop.
#[derive(MetricSet, Debug)]
#[metric_set(namespace = "shop")]
#[allow(dead_code)] // shown, not updated
struct Shop {
    /// Orders that were placed.
    orders: Counter<Labels>,
    /// Orders that wait.
    orders_waiting: Gauge,
    /// Time to pack one order.
    #[metric(unit = seconds)]
    packing_duration: Histogram,
    /// Version that runs.
    build: Info,
}

#[test]
fn a_set_names_its_metrics() {
    let shop = Shop::new_in(TestRecorder::new().shared());
    assert_eq!(
        format!("{shop:?}"),
        "Shop { orders: Counter(\"shop_orders_total\"), \
         orders_waiting: Gauge(\"shop_orders_waiting\"), \
         packing_duration: Histogram(\"shop_packing_duration_seconds\"), \
         build: Info(\"shop_build_info\") }"
    );
}

#[test]
fn guards_name_their_metric() {
    let shop = Shop::new_in(TestRecorder::new().shared());
    let guards = (
        shop.orders_waiting.track(1),
        shop.packing_duration.bind().start_timer(),
    );
    assert_eq!(
        format!("{guards:?}"),
        "(Tracked(\"shop_orders_waiting\"), OwnedTimer(\"shop_packing_duration_seconds\"))"
    );
}

#[test]
fn borrowed_labels_read_as_they_are_exposed() {
    for (urgent, size, gift, text) in [
        (true, Size::Small, false, ["true", "small", "false"]),
        (false, Size::Large, true, ["false", "large", "true"]),
    ] {
        let [urgent_text, size_text, gift_text] = text;
        assert_eq!(
            format!("{:?}", Labels::of(urgent, "a\n", size, gift, "b")),
            format!(
                "LabelsRef {{ urgent: {urgent_text:?}, queue: \"a\\n\", \
                 order_size: {size_text:?}, gift: {gift_text:?}, shop: \"b\" }}"
            )
        );
    }
}
