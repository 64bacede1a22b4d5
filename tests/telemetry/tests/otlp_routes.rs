//! A query finds its metrics where they arrive over OTLP, in a real
//! `VictoriaMetrics` with and without the names of Prometheus, under those that
//! the route gives them. (Debian's Prometheus is built without a receiver.)
//!
//! A program installs telemetry once, so each case runs one of its own: this
//! test's executable again, told by its environment where to export to.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::process::Command;
use std::time::Duration;

use caxton_instrument::prelude::*;
use caxton_instrument::query::{AnyQuery, minutes};
use caxton_instrument_export::Resource;
use caxton_instrument_export::otlp::{Endpoint, Metrics};
use caxton_instrument_export::promql::{self, Route, Translation};
use caxton_telemetry_tests::process::wait_until;
use caxton_telemetry_tests::victoria::Victoria;
use serde_json::Value;

#[derive(LabelSet)]
struct Order {
    #[label(max_values = 20)]
    town: Text,
}

/// Orders of a shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Shop {
    /// Orders taken.
    orders: Counter<Order>,
    /// Orders in total, all towns together.
    total_orders: Counter,
    /// Time that customers waited.
    #[metric(
        unit = seconds,
        name = "shop_seconds_waited_total",
        allow(unit_suffix),
        reason = "a name from before"
    )]
    waited: FloatCounter,
    /// Carts with something in them.
    carts: Gauge,
    /// How full the fullest cart is.
    #[metric(unit = ratio)]
    cart_full: Gauge,
    /// Size of a picture.
    #[metric(unit = bytes, buckets = [0.5, 10.0, 1_000_000.0])]
    picture_size: Histogram<Order>,
}

static QUERIES: [&dyn AnyQuery; 7] = [
    &Shop::ORDERS.rate(minutes(5)).by(Order::TOWN).by_instance(),
    &Shop::TOTAL_ORDERS.increase(minutes(5)),
    &Shop::WAITED.rate(minutes(5)),
    &Shop::CARTS.max().by_instance(),
    &Shop::CART_FULL.max(),
    &Shop::PICTURE_SIZE.share_at_most(1_000_000.0, minutes(5)),
    &Shop::PICTURE_SIZE.share_at_most(10.0, minutes(5)),
];

const URL: &str = "CAXTON_TEST_ROUTE_URL";

/// Nothing unless it is told where to export to.
#[test]
fn the_program() {
    let Ok(url) = std::env::var(URL) else {
        return;
    };
    let metrics = Metrics::to(Endpoint::http(url)).interval(Duration::from_secs(3_600));
    let telemetry = caxton_instrument_export::builder()
        .resource(Resource::new("shop", "1.2.0"))
        .otlp_metrics(metrics)
        .install()
        .expect("telemetry starts");
    let shop = Shop::global();
    for _ in 0..3 {
        let order = Order::of("Ulm");
        shop.orders.at(&order).increment(10);
        shop.total_orders.increment(10);
        shop.waited.increment(2.5);
        shop.carts.set(7);
        shop.cart_full.set(0.25);
        shop.picture_size.at(&order).record(2.0);
        // A rate is between samples.
        std::thread::sleep(Duration::from_millis(1_100));
        telemetry
            .flush(Duration::from_secs(20))
            .expect("it arrives");
    }
    std::mem::forget(telemetry);
}

fn run(url: &str) {
    let test = std::env::current_exe().expect("this test is a file");
    let output = Command::new(test)
        .args(["--exact", "the_program", "--nocapture"])
        .env(URL, url)
        .output()
        .expect("the program runs");
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{log}");
}

/// Every query has an answer.
fn answers(route: &Route, query: impl Fn(&str) -> Vec<Value>) {
    for asked in QUERIES {
        let text = promql::render_for(asked, route);
        wait_until(&text, || !query(&text).is_empty());
    }
}

fn found(victoria: &Victoria, translation: Translation) {
    run(&victoria.otlp());
    answers(&Route::Otlp(translation), |query| victoria.query(query));
}

#[test]
fn with_the_names_of_prometheus() {
    let Some(victoria) = Victoria::start() else {
        return;
    };
    found(&victoria, Translation::UnderscoreEscapingWithSuffixes);
    // The name of a scrape would find nothing.
    assert!(victoria.query(Shop::TOTAL_ORDERS.name()).is_empty());
}

#[test]
fn with_the_names_that_are_sent() {
    let Some(victoria) = Victoria::without_translation() else {
        return;
    };
    found(&victoria, Translation::NoTranslation);
    assert!(!victoria.query(Shop::TOTAL_ORDERS.name()).is_empty());
}
