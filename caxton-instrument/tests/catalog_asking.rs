//! What asks metrics, beside the metrics that there are.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use caxton_instrument::prelude::*;
use caxton_instrument::query::{AnyQuery, minutes};
use caxton_instrument::recorder::Registry;
use caxton_instrument::{
    Alert, Catalog, CatalogError, Location, Panel, Record, Slo, alert, panel, recording_rule, slo,
};

#[derive(LabelSet)]
struct OrderLabels {
    /// Whether it came to nothing.
    failed: bool,
    /// Where it was taken.
    #[label(max_values = 5)]
    shop: Text,
    /// Who took it.
    #[label(max_values = 5)]
    waiter: Text,
    /// How it was paid.
    #[label(max_values = 5)]
    currency: Text,
}

/// Orders.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
#[allow(dead_code, reason = "they are only asked about")]
struct Shop {
    /// Orders that were taken.
    orders: Counter<OrderLabels>,
    /// Orders that wait.
    orders_waiting: Gauge,
    /// Time to take an order.
    #[metric(unit = seconds, buckets = [0.5, 1.0])]
    order_duration: Histogram<OrderLabels>,
}

/// {value} orders wait.
#[alert(severity = warning)]
static ORDERS_WAIT: Alert = Shop::ORDERS_WAITING.sum().above(10.0);

/// Orders are taken.
#[slo(objective = 99.0)]
static ORDERS_ARE_TAKEN: Slo = Shop::ORDERS.good(OrderLabels::FAILED.eq(false));

/// Orders of {shop} are taken in time.
#[slo(objective = 99.0)]
static ORDERS_IN_TIME: Slo = Shop::ORDER_DURATION.at_most(1.0).by(OrderLabels::SHOP);

/// Orders that fail.
#[recording_rule(name = "waiter:order_failures:ratio5m")]
static FAILURES: Record = Shop::ORDERS
    .share(OrderLabels::FAILED.eq(true), minutes(5))
    .by(OrderLabels::WAITER);

/// Orders that are paid in another currency.
#[panel]
static FOREIGN: Panel = Shop::ORDERS
    .matching(OrderLabels::CURRENCY.ne("EUR"))
    .rate(minutes(5));

/// Orders, all of them.
#[panel]
static ALL: Panel = Shop::ORDERS.rate(minutes(5));

fn catalog() -> Catalog {
    Catalog::collect().expect("sound declarations")
}

fn messages(error: &CatalogError) -> Vec<(&'static str, &str)> {
    let findings = error.findings().iter();
    findings.map(|it| (it.class, it.message.as_str())).collect()
}

#[test]
fn the_catalog_has_them_in_order() {
    let catalog = catalog();
    let slos: Vec<_> = catalog.slos().iter().map(|it| it.name).collect();
    assert_eq!(slos, ["OrdersAreTaken", "OrdersInTime"]);
    let records: Vec<_> = catalog.records().iter().map(|it| it.name).collect();
    assert_eq!(records, ["waiter:order_failures:ratio5m"]);
    // Panels as they stand in the code.
    let panels: Vec<_> = catalog.panels().iter().map(|it| it.title).collect();
    assert_eq!(
        panels,
        [
            "Orders that are paid in another currency",
            "Orders, all of them"
        ]
    );
    let labels: Vec<_> = catalog
        .slos()
        .iter()
        .map(|it| it.indicator.labels())
        .collect();
    assert_eq!(labels, [&[][..], &["shop"]]);
}

#[test]
fn one_name_is_declared_once() {
    let error = catalog().with_slos([&ORDERS_ARE_TAKEN]).unwrap_err();
    let expected = "objective `OrdersAreTaken` is declared 2 times: keep one, or rename one, \
                    `#[slo(name = \"..\")]`";
    assert_eq!(messages(&error), [("duplicate_objective", expected)]);
    assert_eq!(error.findings()[0].places, [ORDERS_ARE_TAKEN.location; 2]);

    let error = catalog().with_records([&FAILURES]).unwrap_err();
    assert_eq!(messages(&error)[0].0, "duplicate_record");
    let error = catalog().with_panels([&ALL]).unwrap_err();
    assert_eq!(messages(&error)[0].0, "duplicate_panel");
    let error = catalog().with_alerts([&ORDERS_WAIT]).unwrap_err();
    assert_eq!(messages(&error)[0].0, "duplicate_alert");
}

#[test]
fn what_is_asked_is_published() {
    let empty = || Catalog::of([], []).expect("nothing is wrong with nothing");
    let error = empty().with_slos([&ORDERS_IN_TIME]).unwrap_err();
    let expected = "objective `OrdersInTime` asks `shop_order_duration_seconds`, which nothing in \
                    this program publishes: use the set that has it, or remove the objective";
    assert_eq!(messages(&error), [("objective_without_metric", expected)]);
    assert_eq!(
        error.findings()[0].places,
        [
            ORDERS_IN_TIME.location,
            Shop::ORDER_DURATION.descriptor().location
        ]
    );
    let error = empty().with_records([&FAILURES]).unwrap_err();
    assert_eq!(messages(&error)[0].0, "record_without_metric");
    let error = empty().with_panels([&ALL]).unwrap_err();
    assert_eq!(messages(&error)[0].0, "panel_without_metric");
}

#[test]
fn a_recorded_series_is_no_metric() {
    static QUERY: &dyn AnyQuery = &Shop::ORDERS_WAITING.max();
    static HERE: Location = Location::new("src/lib.rs", 9, 1, "shop", "shop", "1.0.0");
    static CLASH: Record = Record::new("shop_orders_waiting", QUERY, "", HERE);
    let error = catalog().with_records([&CLASH]).unwrap_err();
    let expected = "recording rule `shop_orders_waiting` has the name of a metric, and its series \
                    would be among the metric's: write `level:metric:operations`";
    assert_eq!(messages(&error), [("record_is_metric", expected)]);
}

#[test]
fn a_label_that_is_asked_by_is_not_left_out() {
    let catalog = catalog();
    for (label, who) in [
        (
            "failed",
            "objective `OrdersAreTaken` asks `shop_orders_total`",
        ),
        (
            "shop",
            "objective `OrdersInTime` asks `shop_order_duration_seconds`",
        ),
        (
            "waiter",
            "recording rule `waiter:order_failures:ratio5m` asks",
        ),
        ("currency", "panel `Foreign` asks `shop_orders_total`"),
    ] {
        let finding = Registry::builder(&catalog)
            .without_label(label)
            .unwrap_err();
        assert_eq!(finding.class, "label_left_out");
        assert!(finding.message.contains(who), "{finding}");
        assert_eq!(finding.places.len(), 2, "{finding}");
    }
    let metrics = Catalog::of([<Shop as MetricSet>::SET], []).expect("sound declarations");
    for label in ["failed", "shop", "waiter", "currency"] {
        let left_out = Registry::builder(&metrics).without_label(label);
        assert!(left_out.is_ok(), "nothing asks by {label}");
    }
}
