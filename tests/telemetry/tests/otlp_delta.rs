//! Differences at a real collector add up to what was counted, over a time in
//! which it was gone.
//!
//! The collector comes from `scripts/get-servers.sh`. Without it the test says so
//! and passes, unless `CI` is set.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::collections::BTreeMap;
use std::time::Duration;

use caxton_instrument::prelude::*;
use caxton_instrument_export::otlp::{Endpoint, Metrics, Retry, Temporality};
use caxton_telemetry_tests::collector::{Collector, Options};
use caxton_telemetry_tests::samples::{self, attributes, list, number};
use serde_json::Value;

#[derive(LabelValue, Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Line {
    Inner,
    Outer,
}

#[derive(LabelSet)]
struct Stop {
    line: Line,
}

/// Trams.
#[derive(MetricSet)]
#[metric_set(namespace = "tram")]
struct Trams {
    /// Passengers that got on.
    boarded: Counter<Stop>,
    /// Time at a stop.
    #[metric(unit = seconds, buckets = [0.5, 1.0, 30.0])]
    stop_duration: Histogram<Stop>,
    /// Time from one stop to the next.
    #[metric(unit = seconds, native)]
    ride_duration: Histogram,
    /// Passengers on board.
    aboard: Gauge,
}

#[test]
fn differences_add_up() {
    let Some(mut collector) = Collector::start(Options::default()) else {
        return;
    };
    let endpoint = Endpoint::grpc(collector.grpc()).retry(Retry {
        elapsed: Duration::ZERO,
        ..Retry::default()
    });
    let metrics = Metrics::to(endpoint)
        .interval(Duration::from_secs(3_600))
        .temporality(Temporality::Delta);
    let telemetry = caxton_instrument_export::builder()
        .otlp_metrics(metrics)
        .flush_timeout(Duration::from_secs(10))
        .install()
        .expect("telemetry starts");
    let minute = Duration::from_secs(60);

    ride(100);
    assert_eq!(telemetry.flush(minute), Ok(()));
    ride(20);
    assert_eq!(telemetry.flush(minute), Ok(()));

    collector.stop();
    ride(3);
    let error = telemetry.flush(minute).expect_err("nobody listens");
    assert!(
        error.to_string().starts_with("metrics not taken"),
        "{error}"
    );
    collector.restart();
    ride(50);
    assert_eq!(telemetry.flush(minute), Ok(()));

    ride(7);
    // Exports once more.
    drop(telemetry);

    let batches = collector.received("metrics");
    let mut sums: BTreeMap<String, f64> = BTreeMap::new();
    let mut ends: BTreeMap<String, f64> = BTreeMap::new();
    let mut points = BTreeMap::new();
    for metric in samples::metrics(&batches) {
        let name = metric["name"].as_str().expect("a name");
        for (kind, value) in [
            ("sum", "asInt"),
            ("histogram", "count"),
            ("exponentialHistogram", "count"),
        ] {
            if !name.starts_with("tram_") || metric[kind].is_null() {
                continue;
            }
            assert_eq!(metric[kind]["aggregationTemporality"], 1, "{name}");
            for point in list(&metric[kind]["dataPoints"]) {
                let series = format!("{name} {:?}", attributes(&point["attributes"]));
                *sums.entry(series.clone()).or_default() += number(&point[value]);
                *points.entry(series.clone()).or_insert(0) += 1;
                buckets_add_up(point);
                let (start, end) = (
                    number(&point["startTimeUnixNano"]),
                    number(&point["timeUnixNano"]),
                );
                if let Some(before) = ends.insert(series, end) {
                    assert_eq!(start, before, "one follows the other");
                }
            }
        }
    }
    // 180 rides, of which every third is on the outer line.
    assert_eq!(
        sums.into_iter().collect::<Vec<_>>(),
        [
            (
                String::from(r#"tram_boarded_total {"line": "inner"}"#),
                118.0
            ),
            (
                String::from(r#"tram_boarded_total {"line": "outer"}"#),
                62.0
            ),
            (String::from("tram_ride_duration_seconds {}"), 180.0),
            (
                String::from(r#"tram_stop_duration_seconds {"line": "inner"}"#),
                118.0
            ),
            (
                String::from(r#"tram_stop_duration_seconds {"line": "outer"}"#),
                62.0
            ),
        ]
    );
    assert!(
        points.values().all(|points| *points == 4),
        "four arrived: {points:?}"
    );
}

fn ride(times: u32) {
    let trams = Trams::global();
    for n in 0..times {
        let stop = Stop::of(if n % 3 == 0 { Line::Outer } else { Line::Inner });
        trams.boarded.at(&stop).increment(1);
        trams.stop_duration.at(&stop).record(f64::from(n) / 4.0);
        trams.ride_duration.record(f64::from(n));
    }
    trams.aboard.set(times);
}

fn buckets_add_up(point: &Value) {
    if point["count"].is_null() {
        return;
    }
    let classic = list(&point["bucketCounts"]).iter();
    let positive = list(&point["positive"]["bucketCounts"]).iter();
    let all: f64 = classic
        .chain(positive)
        .chain([&point["zeroCount"]])
        .map(number)
        .sum();
    assert_eq!(all, number(&point["count"]), "{point}");
}
