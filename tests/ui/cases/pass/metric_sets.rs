#![deny(warnings)]

use caxton_instrument::prelude::*;
use caxton_instrument::testing::TestRecorder;
use caxton_instrument::{MetricKind, MetricRef, NativeBuckets, Stability, Unit};

#[derive(LabelValue, Clone, Copy)]
enum Status {
    Done,
    Failed,
}

#[derive(LabelSet)]
struct Labels {
    status: Status,
    #[label(max_values = 50)]
    queue: Text,
}

#[derive(LabelSet)]
struct Build {
    #[label(max_values = 1)]
    version: Text,
}

const SIZES: &[f64] = &[1.0, 1024.0];

/// Every option of every type.
///
/// Only the first paragraph is the help.
#[derive(MetricSet)]
#[metric_set(namespace = "shop", subsystem = "front", labels(component = "api", "zone" = "a"))]
#[metric_set(crate = caxton_instrument)]
struct Metrics {
    /// Orders taken
    /// at the counter.
    orders: Counter<Labels>,
    /// Bytes sent to customers.
    #[metric(unit = bytes)]
    sent: Counter,
    /// Refunds that were paid.
    refunds_total: Counter<()>,
    /// People in the shop.
    #[metric(max_series = 10, stability = experimental)]
    people: Gauge,
    /// Share of seats that are taken.
    #[metric(unit = ratio, stability = stable)]
    seats_taken: Gauge,
    /// Time to serve one customer.
    #[metric(unit = seconds)]
    serving: Histogram<Labels>,
    /// Time to clean a table.
    #[metric(unit = seconds, buckets = [0.1, 1, 10.0], max_values(queue = 5))]
    cleaning_seconds: Histogram<Labels>,
    /// Sizes of bills.
    #[metric(unit = bytes, buckets = SIZES)]
    bill: Histogram,
    /// Temperatures of soups.
    #[metric(unit = celsius, buckets = linear(-10, 10.5, 3))]
    soup: Histogram,
    /// Weights of cakes.
    #[metric(unit = grams, buckets = exponential(10, 10, 3))]
    cake: Histogram,
    /// Time to wash up.
    #[metric(unit = seconds, native)]
    washing: Histogram<Labels>,
    /// Plates on a pile.
    #[metric(native, max_values(queue = 5))]
    pile: Histogram<Labels>,
    /// What runs here.
    build: Info<Build>,
    /// Orders of the old shop.
    #[metric(
        name = "shop_old_orders_total",
        stability = deprecated(since = "1.2.0", note = "use `shop_front_orders_total`"),
        replaces = ["shop_sold_total", "sold_total"],
        replaces("shop_sales_total", reason = "orders are no sales"),
        allow(charset, precomputed),
        reason = "kept for older dashboards"
    )]
    #[metric(allow(help), reason = "nobody reads it")]
    old_orders: Counter,
}

const SERVING: MetricRef<Histogram<Labels>> = Metrics::SERVING;
const CLEANING_BOUNDS: &[f64] = Metrics::CLEANING_SECONDS.bounds();
const WASHING_BOUNDS: &[f64] = Metrics::WASHING.bounds();

fn main() {
    let names: Vec<_> = Metrics::SET.metrics.iter().map(|metric| metric.name).collect();
    assert_eq!(
        names,
        [
            "shop_front_orders_total",
            "shop_front_sent_bytes_total",
            "shop_front_refunds_total",
            "shop_front_people",
            "shop_front_seats_taken_ratio",
            "shop_front_serving_seconds",
            "shop_front_cleaning_seconds",
            "shop_front_bill_bytes",
            "shop_front_soup_celsius",
            "shop_front_cake_grams",
            "shop_front_washing_seconds",
            "shop_front_pile",
            "shop_front_build_info",
            "shop_old_orders_total",
        ]
    );
    assert_eq!(Metrics::SET.help, "Every option of every type.");
    assert_eq!(Metrics::SET.name, "Metrics");

    let orders = Metrics::ORDERS.descriptor();
    assert_eq!(orders.kind, MetricKind::Counter);
    assert_eq!(orders.help, "Orders taken at the counter.");
    assert_eq!(orders.constant_labels, [("component", "api"), ("zone", "a")]);
    assert_eq!(orders.location.line, 37);
    assert_eq!(orders.location.column, 5);
    assert!(orders.location.file.ends_with("metric_sets.rs"));

    assert_eq!(SERVING.bounds().len(), 11);
    assert_eq!(SERVING.unit(), Unit::Seconds);
    assert_eq!(CLEANING_BOUNDS, [0.1, 1.0, 10.0]);
    assert_eq!(Metrics::BILL.bounds(), SIZES);
    assert_eq!(Metrics::SOUP.bounds(), [-10.0, 0.5, 11.0]);
    assert_eq!(Metrics::CAKE.bounds(), [10.0, 100.0, 1000.0]);
    assert_eq!(Metrics::CAKE.descriptor().native, None);
    assert_eq!(Metrics::WASHING.descriptor().native, Some(NativeBuckets::of(Unit::Seconds)));
    assert_eq!(Metrics::PILE.descriptor().native, Some(NativeBuckets::of(Unit::None)));
    assert_eq!(WASHING_BOUNDS, NativeBuckets::of(Unit::Seconds).classic_bounds());
    assert_eq!(Metrics::CLEANING_SECONDS.descriptor().series_bound(), 10);
    assert_eq!(Metrics::SERVING.descriptor().series_bound(), 100);
    assert_eq!(Metrics::PEOPLE.descriptor().stability, Stability::Experimental);

    let old = Metrics::OLD_ORDERS.descriptor();
    assert_eq!(
        old.stability,
        Stability::Deprecated { since: "1.2.0", note: "use `shop_front_orders_total`" }
    );
    assert_eq!(old.replaces.len(), 3);
    assert_eq!(old.replaces[2].reason, "orders are no sales");
    assert_eq!(old.allowed.len(), 3);

    let recorder = TestRecorder::new();
    let metrics = Metrics::new_in(recorder.shared());
    let labels = Labels::of(Status::Done, "mail");
    metrics.orders.at(&labels).increment(2);
    metrics.orders.at(&Labels { status: Status::Failed, queue: Text::from("mail") }).increment(1);
    metrics.sent.increment(1);
    metrics.refunds_total.increment(1);
    metrics.people.set(3);
    metrics.seats_taken.set(0.5);
    metrics.serving.at(&labels).record(0.2);
    metrics.cleaning_seconds.at(&labels).record(0.2);
    metrics.bill.record(10);
    metrics.soup.record(1);
    metrics.cake.record(1);
    metrics.washing.at(&labels).record(2.5);
    metrics.pile.at(&labels).record(12);
    metrics.build.set(&Build { version: Text::from("1.2.3") });
    metrics.old_orders.increment(1);
    assert_eq!(recorder.counter(Metrics::ORDERS, &labels), 2);
    let _ = Metrics::global();
}
