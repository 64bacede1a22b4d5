//! Metrics arrive at a real OpenTelemetry collector, and behind it in
//! `VictoriaMetrics`, as the exposition says them at the same moment.
//!
//! A program installs telemetry once, so each case runs one of its own: this
//! test's executable again, told by its environment where to export to.
//!
//! The servers come from `scripts/get-servers.sh`. Without them the tests say
//! so and pass, unless `CI` is set.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

#[path = "otlp_metrics/program.rs"]
mod program;

use std::collections::BTreeMap;

use caxton_telemetry_tests::certificates::Authority;
use caxton_telemetry_tests::collector::{Collector, Options};
use caxton_telemetry_tests::process::wait_until;
use caxton_telemetry_tests::samples::{self, Sample, Samples, not_of_the_export};
use caxton_telemetry_tests::victoria::Victoria;
use program::Run;

#[test]
fn over_grpc_and_http() {
    let Some(collector) = Collector::start(Options::default()) else {
        return;
    };
    for (protocol, url) in [("grpc", collector.grpc()), ("http", collector.http())] {
        for compression in ["none", "gzip", "zstd"] {
            let before = collector.received("metrics").len();
            let run = Run::new(protocol, &url).compression(compression).run();
            assert_eq!(run.error, None, "{protocol} {compression}");
            arrived(
                &collector,
                before,
                &run.scraped,
                &format!("{protocol} {compression}"),
            );
        }
    }
}

#[test]
fn over_tls_and_mutual_tls() {
    let authority = Authority::new();
    let issued = authority.issue(&["localhost", "127.0.0.1"]);
    let plain = Options {
        certificate: Some(&issued),
        ..Options::default()
    };
    let mutual = Options {
        client_authority: Some(authority.ca_file()),
        ..plain
    };
    let client = authority.issue(&["shop"]);
    for (options, identity) in [(plain, None), (mutual, Some(&client))] {
        let Some(collector) = Collector::start(options) else {
            return;
        };
        for (protocol, url) in [("grpc", collector.grpc()), ("http", collector.http())] {
            let before = collector.received("metrics").len();
            let run = Run::new(protocol, &url)
                .authority(authority.ca_file())
                .identity(identity)
                .run();
            assert_eq!(run.error, None, "{protocol} {}", collector.log());
            arrived(&collector, before, &run.scraped, protocol);
        }
    }
}

/// Without the client's certificate, with one of another authority, and with a
/// collector that is not who it should be nothing is sent, and all is counted.
#[test]
fn refused_without_the_right_certificates() {
    let (authority, other) = (Authority::new(), Authority::new());
    let issued = authority.issue(&["localhost", "127.0.0.1"]);
    let options = Options {
        certificate: Some(&issued),
        client_authority: Some(authority.ca_file()),
        ..Options::default()
    };
    let Some(collector) = Collector::start(options) else {
        return;
    };
    let (right, wrong) = (authority.issue(&["shop"]), other.issue(&["thief"]));
    for (protocol, url) in [("grpc", collector.grpc()), ("http", collector.http())] {
        for (trusted, identity) in [
            (&authority, None),
            (&authority, Some(&wrong)),
            (&other, Some(&right)),
        ] {
            let run = Run::new(protocol, &url)
                .authority(trusted.ca_file())
                .identity(identity)
                .run();
            let error = run.error.expect("nothing is taken");
            assert!(error.starts_with("metrics not "), "{error}");
            let lost = run
                .after
                .iter()
                .filter(|((name, ..), _)| name == "caxton_instrument_lost_items_total");
            assert!(
                lost.map(|(_, items)| items).sum::<f64>() > 0.0,
                "{protocol} {error}"
            );
        }
    }
    assert!(collector.received("metrics").is_empty());
}

#[test]
fn what_the_collector_has_beside_the_numbers() {
    let Some(collector) = Collector::start(Options::default()) else {
        return;
    };
    let run = Run::new("grpc", &collector.grpc()).run();
    assert_eq!(run.error, None);
    let batch = &collector.received("metrics")[0]["resourceMetrics"][0];
    let resource = samples::attributes(&batch["resource"]["attributes"]);
    assert_eq!(resource["service.name"], "shop");
    assert_eq!(resource["service.version"], "1.2.0");
    assert!(
        resource["process.pid"].parse::<u32>().is_ok(),
        "{resource:?}"
    );
    let scope = &batch["scopeMetrics"][0]["scope"];
    assert_eq!(scope["name"], "caxton-instrument");
    assert_eq!(scope["version"], env!("CARGO_PKG_VERSION"));
    let metrics: BTreeMap<_, _> = samples::list(&batch["scopeMetrics"][0]["metrics"])
        .iter()
        .map(|metric| (metric["name"].as_str().expect("a name"), metric))
        .collect();
    let units: Vec<_> = metrics
        .iter()
        .filter(|(name, _)| name.starts_with("shop_"))
        .map(|(name, metric)| (*name, metric["unit"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(
        units,
        [
            ("shop_build_info", ""),
            ("shop_cart_full_ratio", "1"),
            ("shop_carts", "{count}"),
            ("shop_order_duration_seconds", "s"),
            ("shop_orders_total", "{count}"),
            ("shop_page_size_bytes", "By"),
            ("shop_sent_bytes_total", "By"),
        ]
    );
    assert_eq!(metrics["shop_orders_total"]["description"], "Orders taken.");
    let duration = &metrics["shop_order_duration_seconds"]["histogram"]["dataPoints"][0];
    let exemplar = &duration["exemplars"][0];
    assert_eq!(
        exemplar["traceId"].as_str().map(str::len),
        Some(32),
        "{exemplar}"
    );
    assert_eq!(
        exemplar["spanId"].as_str().map(str::len),
        Some(16),
        "{exemplar}"
    );
    assert!(
        exemplar["asDouble"]
            .as_f64()
            .is_some_and(|value| value >= 0.0),
        "{exemplar}"
    );
    let info = &metrics["shop_build_info"];
    assert_eq!(
        samples::attributes(&info["metadata"])["prometheus.type"],
        "info"
    );
    assert_eq!(info["sum"]["isMonotonic"], serde_json::Value::Null);
}

/// Small batches: everything in many requests, none of them too large.
#[test]
fn split_into_batches() {
    let Some(collector) = Collector::start(Options::default()) else {
        return;
    };
    let run = Run::new("http", &collector.http()).batch_bytes(1_500).run();
    assert_eq!(run.error, None);
    let batches = collector.received("metrics").len();
    assert!(batches > 3, "{batches}");
    arrived(&collector, 0, &run.scraped, "in batches");
}

/// Of native histograms `VictoriaMetrics` makes buckets of its own; their counts
/// and sums are the same.
#[test]
fn on_into_victoria_metrics() {
    let Some(victoria) = Victoria::start() else {
        return;
    };
    let forward = victoria.otlp();
    let options = Options {
        forward: Some(&forward),
        ..Options::default()
    };
    let Some(collector) = Collector::start(options) else {
        return;
    };
    let run = Run::new("grpc", &collector.grpc()).run();
    assert_eq!(run.error, None, "{}", collector.log());
    let mut found = Samples::new();
    wait_until("all series are found", || {
        found = of_victoria(&victoria, "{service_name=\"shop\"}");
        found.len() >= comparable(&run.scraped).len()
    });
    assert_eq!(comparable(&found), comparable(&run.scraped));

    // What a person asks.
    for (query, expected) in [
        ("sum(shop_orders_total)", "shop_orders_total"),
        (
            "sum(shop_order_duration_seconds_count)",
            "shop_order_duration_seconds_count",
        ),
        (
            "sum(shop_page_size_bytes_count)",
            "shop_page_size_bytes_count",
        ),
        ("sum(shop_sent_bytes_total)", "shop_sent_bytes_total"),
        ("sum(jobs_done_total)", "jobs_done_total"),
    ] {
        let rows = victoria.query(query);
        let value = rows[0]["value"][1].as_str().expect("a value");
        let of_name = run
            .scraped
            .iter()
            .filter(|((name, ..), _)| name == expected);
        assert_eq!(
            value.parse(),
            Ok(of_name.map(|(_, value)| value).sum::<f64>()),
            "{query}"
        );
    }
    let buckets = victoria.query("sum(shop_page_size_bytes_bucket)");
    let counts = victoria.query("sum(shop_page_size_bytes_count)");
    assert_eq!(
        buckets[0]["value"][1], counts[0]["value"][1],
        "no sample is in no bucket"
    );
}

/// Every sample that was scraped, and no other, is in what came since.
#[track_caller]
fn arrived(collector: &Collector, before: usize, scraped: &Samples, case: &str) {
    let batches = &collector.received("metrics")[before..];
    assert!(!batches.is_empty(), "{case}");
    let exported = samples::of_batches(batches);
    assert_eq!(
        not_of_the_export(&exported),
        not_of_the_export(scraped),
        "{case}"
    );
}

/// Without what the export counts of itself, and buckets of native histograms.
fn comparable(samples: &Samples) -> Samples {
    let mut samples = not_of_the_export(samples);
    samples.retain(|(name, ..), _| name != "shop_page_size_bytes_bucket");
    samples
}

fn of_victoria(victoria: &Victoria, query: &str) -> Samples {
    let rows = victoria.query(query);
    rows.iter()
        .filter_map(|row| {
            let labels = row["metric"].as_object().expect("labels");
            let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
            let mut labels: BTreeMap<_, _> = labels
                .iter()
                .map(|(name, value)| (name.clone(), text(value)))
                .collect();
            let name = labels.remove("__name__")?;
            let bound = labels
                .remove("le")
                .and_then(|bound| bound.parse::<f64>().ok());
            // Of the resource, and of the scope.
            labels.retain(|name, _| {
                ![
                    "host_",
                    "service_",
                    "process_",
                    "telemetry_",
                    "scope_",
                    "otel_",
                ]
                .iter()
                .any(|of| name.starts_with(of))
            });
            labels.retain(|name, _| name != "job" && name != "instance");
            let sample: Sample = (name, labels, bound.map(f64::to_bits));
            Some((sample, row["value"][1].as_str()?.parse().ok()?))
        })
        .collect()
}
