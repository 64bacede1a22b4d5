//! A collector that takes connections and says nothing: the program goes on,
//! exports are left out and counted, and the end comes in its time.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::net::TcpListener;
use std::time::{Duration, Instant};

use caxton_instrument::prelude::*;
use caxton_instrument_export::Telemetry;
use caxton_instrument_export::otlp::{Endpoint, Metrics};
use caxton_telemetry_tests::process::wait_until;

/// Orders of a shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Shop {
    /// Orders taken.
    orders: Counter,
}

#[test]
fn a_collector_that_hangs_holds_nobody() {
    // Its backlog takes connections that nobody accepts.
    let hangs = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", hangs.local_addr().expect("bound"));
    let metrics = Metrics::to(Endpoint::http(url).timeout(Duration::from_millis(200)))
        .interval(Duration::from_millis(50))
        .timeout(Duration::from_millis(400));
    let telemetry = caxton_instrument_export::builder()
        .otlp_metrics(metrics)
        .flush_timeout(Duration::from_millis(700))
        .install()
        .expect("telemetry starts");
    Shop::global().orders.increment(3);

    wait_until("exports are left out, and counted as lost", || {
        value(&telemetry, "caxton_instrument_metric_exports_skipped_total") > 0.0
            && value(
                &telemetry,
                "caxton_instrument_lost_items_total{signal=\"metrics\"",
            ) > 0.0
    });
    let start = Instant::now();
    let error = telemetry
        .flush(Duration::from_millis(600))
        .expect_err("nothing arrives");
    assert!(
        start.elapsed() < Duration::from_secs(3),
        "{:?}",
        start.elapsed()
    );
    assert!(error.to_string().starts_with("metrics not "), "{error}");

    let start = Instant::now();
    drop(telemetry);
    // The deadline, and a second for the thread.
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
    drop(hangs);
}

/// The sum of the series that begin so.
fn value(telemetry: &Telemetry, series: &str) -> f64 {
    let text = telemetry.render();
    let lines = text.lines().filter(|line| line.starts_with(series));
    lines
        .filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok())
        .sum()
}
