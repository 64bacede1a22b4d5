//! A real Prometheus scrapes a program that evicts idle series: they go, and
//! what comes back is understood.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod http;
mod prometheus;

use std::thread;
use std::time::Duration;

use caxton_instrument::prelude::*;
use prometheus::{Folder, Job, Prometheus, servers};

/// A hotel.
#[derive(MetricSet)]
#[metric_set(namespace = "hotel")]
struct HotelMetrics {
    /// Nights booked.
    nights: Counter,
}

/// The jobs whose formats say when a series began.
const JOBS: [Job; 2] = [
    (
        "open_metrics",
        &["scrape_protocols: [OpenMetricsText1.0.0]"],
    ),
    ("protobuf", &["scrape_protocols: [PrometheusProto]"]),
];

/// On a thread of its own, with which what it remembers goes.
fn visit(guests: u64) {
    let count = move || {
        metrics::counter!("hotel_visits_total", "guest" => "7").increment(guests);
        metrics::histogram!("hotel_visit_seconds", "guest" => "7").record(0.5);
    };
    thread::spawn(count).join().expect("no panic");
}

#[test]
fn prometheus_sees_idle_series_go_and_come_back() {
    let Some(servers) = servers() else { return };
    let folder = Folder::new();
    let telemetry = caxton_instrument_export::builder()
        .listen("127.0.0.1:0")
        .evict_idle_after(Duration::from_secs(2))
        .install()
        .expect("a free port and a sound catalog");
    let target = telemetry.local_addr().expect("it listens");
    let prometheus = Prometheus::start(&servers, &folder.0, target, &JOBS);
    let all = JOBS.len();
    prometheus.wait_for(&format!("count(up == 1) == {all}"));

    let nights = HotelMetrics::global().nights.bind();
    nights.increment(3);
    visit(7);
    prometheus.wait_for(&format!("count(hotel_visits_total == 7) == {all}"));
    prometheus.wait_for(&format!("count(hotel_nights_total == 3) == {all}"));
    for name in [
        "hotel_visits_total",
        "hotel_visit_seconds_count",
        "hotel_nights_total",
    ] {
        prometheus.wait_for(&format!("absent({name})"));
    }
    assert!(!telemetry.render().contains("\nhotel_"));

    // More than before: by its value alone it would be taken to go on.
    visit(9);
    nights.increment(2);
    prometheus.wait_for(&format!("count(hotel_visits_total == 9) == {all}"));
    prometheus.wait_for(&format!("count(hotel_nights_total == 5) == {all}"));
    for (job, _) in JOBS {
        let changes = |name: &str| {
            let query = format!("{name}{{job=\"{job}\"}}[5m]");
            let rows = prometheus.query(&query);
            assert_eq!(rows.len(), 1, "{query}: {rows:?}");
            let samples = rows[0]["values"].as_array().expect("samples");
            let mut values: Vec<_> = samples
                .iter()
                .map(|sample| sample[1].as_str().expect("a value").to_owned())
                .collect();
            values.dedup();
            values
        };
        // Removed and registered again: from 0.
        assert_eq!(changes("hotel_visits_total"), ["0", "7", "0", "9"], "{job}");
        // Held by a handle: it goes on.
        let nights = changes("hotel_nights_total");
        assert!(
            nights.ends_with(&["3".to_owned(), "5".to_owned()]),
            "{job}: {nights:?}"
        );
        assert!(!nights[1..].contains(&"0".to_owned()), "{job}: {nights:?}");
    }
    let resets = "count(resets(hotel_visits_total[5m]) == 1)";
    prometheus.wait_for(&format!("{resets} == {all}"));
}
