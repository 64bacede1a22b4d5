//! The runtime's telemetry in a real OpenTelemetry collector, and behind it in
//! VictoriaMetrics: sums are those of `/metrics`, and a message that came over
//! HTTP and went through three agents is one trace.
//!
//! The servers come from `scripts/get-servers.sh`. Without them the tests say
//! so and pass, unless `CI` is set.
#![cfg(feature = "instrumented")]
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod parts;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use caxton_telemetry_tests::certificates::Authority;
use caxton_telemetry_tests::collector::{Collector, Options};
use caxton_telemetry_tests::process::wait_until;
use caxton_telemetry_tests::samples::{self, Samples};
use caxton_telemetry_tests::victoria::Victoria;
use parts::{Serving, file, http, http_with, path};
use serde_json::Value;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

/// The program listens on ports that are free at the moment, and so does a
/// collector: one at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What does not change any more when the program ends.
fn counted(samples: &Samples) -> Samples {
    let ends = ["_total", "_bucket", "_sum", "_count"];
    let mut samples = samples.clone();
    samples.retain(|(name, ..), _| {
        name.starts_with("caxton_")
            && !name.starts_with("caxton_instrument_")
            && !name.starts_with("caxton_network_")
            && ends.iter().any(|end| name.ends_with(end))
    });
    samples
}

/// Runs the program with a file of its own; what `/metrics` said before it was
/// ended, in text and in OpenMetrics.
fn run(name: &str, destination: &str) -> (Samples, String) {
    let document = file(&format!("{name}/document.md"), "alpha beta alpha\n\ngamma");
    let log = path(&format!("{name}/log.jsonl"));
    let _ = std::fs::remove_file(&log);
    let config = file(
        &format!("{name}/caxton.toml"),
        format!(
            "[observability]\nservice_name = \"caxton\"\n{destination}\n\
             trace_sample_rate = 1.0\nmetrics_export_interval = \"1h\"\n\
             [observability.logging]\nlevel = \"info\"\noutput = \"{}\"\n\
             levels = {{ caxton_runtime = \"debug\" }}\n",
            log.display()
        ),
    );
    let mut serving = Serving::start(&["--config", &config, &document]);
    serving.read_until("Index");
    let address = serving.address;
    // Between two scrapes each bucket takes its exemplar of one sample.
    let accept = "Accept: application/openmetrics-text;version=1.0.0\r\n";
    http_with(accept, "GET", address, "/metrics", "");
    let caller = format!("traceparent: 00-{TRACE}-{CALLER}-01\r\n");
    let body = "{\"performative\": \"request\", \"content\": \"delta epsilon delta\"}";
    let to = "/api/agents/splitter-1/messages";
    let (code, answer) = http_with(&caller, "POST", address, to, body);
    assert_eq!(code, 200, "{answer}");
    let (_, open_metrics) = http_with(accept, "GET", address, "/metrics", "");
    let (_, text) = http("GET", address, "/metrics", "");
    serving.signal("INT");
    let (code, rest) = serving.end();
    assert_eq!(code, 0, "{rest}");
    (counted(&samples::of_text(&text)), open_metrics)
}

/// By its port alone it would be HTTP.
fn over_grpc(collector: &Collector) -> String {
    let url = collector.grpc();
    format!("otlp_endpoint = \"{url}\"\notlp_protocol = \"grpc\"")
}

fn same_sums(collector: &Collector, scraped: &Samples, case: &str) {
    let arrived = || counted(&samples::of_batches(&collector.received("metrics")));
    wait_until("the last export", || !arrived().is_empty());
    let arrived = arrived();
    assert!(scraped.len() > 50, "{case}: {} samples", scraped.len());
    for (sample, value) in scraped {
        let found = arrived.get(sample);
        let found = *found.unwrap_or_else(|| panic!("{case}: no {sample:?}"));
        // Fractions are added up in another order when a thread has ended.
        let rounding = if sample.0.ends_with("_sum") {
            value.abs() * 1e-12
        } else {
            0.0
        };
        assert!(
            (found - value).abs() <= rounding,
            "{case}: {sample:?} is {found}, not {value}"
        );
    }
}

#[test]
fn every_sum_arrives_over_grpc_http_and_tls() {
    let _alone = alone();
    let authority = Authority::new();
    let issued = authority.issue(&["localhost", "127.0.0.1"]);
    let client = authority.issue(&["caxton"]);
    let plain = Options::default();
    let tls = Options {
        certificate: Some(&issued),
        ..plain
    };
    let mutual = Options {
        client_authority: Some(authority.ca_file()),
        ..tls
    };
    let ca = format!("otlp_ca_file = \"{}\"", authority.ca_file().display());
    let identity = format!(
        "{ca}\notlp_client_cert = \"{}\"\notlp_client_key = \"{}\"",
        client.certificate.display(),
        client.key.display()
    );
    let cases = [
        ("grpc", plain, ""),
        ("http/protobuf", plain, ""),
        ("grpc", tls, &*ca),
        ("http/protobuf", tls, &*ca),
        ("grpc", mutual, &*identity),
        ("http/protobuf", mutual, &*identity),
    ];
    for (at, (protocol, options, keys)) in cases.into_iter().enumerate() {
        let Some(collector) = Collector::start(options) else {
            return;
        };
        let url = if protocol == "grpc" {
            collector.grpc()
        } else {
            collector.http()
        };
        let destination =
            format!("otlp_endpoint = \"{url}\"\notlp_protocol = \"{protocol}\"\n{keys}");
        let name = format!("telemetry-{at}");
        let (scraped, _) = run(&name, &destination);
        same_sums(&collector, &scraped, &format!("{protocol} {keys}"));
        wait_until("traces", || !collector.received("traces").is_empty());
        wait_until("logs", || !collector.received("logs").is_empty());
    }
}

#[test]
fn sums_go_on_into_victoria_metrics() {
    let _alone = alone();
    let Some(victoria) = Victoria::start() else {
        return;
    };
    let forward = victoria.otlp();
    let Some(collector) = Collector::start(Options {
        forward: Some(&forward),
        ..Options::default()
    }) else {
        return;
    };
    let destination = over_grpc(&collector);
    let (scraped, _) = run("telemetry-victoria", &destination);
    same_sums(&collector, &scraped, "VictoriaMetrics");
    let mut totals: BTreeMap<&str, f64> = BTreeMap::new();
    for ((name, _, bound), value) in &scraped {
        if bound.is_none() {
            *totals.entry(name).or_default() += value;
        }
    }
    for (name, total) in totals {
        let found = || {
            let rows = victoria.query(&format!("sum({name})"));
            rows.first()?["value"][1].as_str()?.parse::<f64>().ok()
        };
        wait_until(name, || found().is_some());
        let found = found().expect("it was there");
        assert!(
            (found - total).abs() <= total.abs() * 1e-12,
            "{name}: {found}, not {total}"
        );
    }
}

#[test]
fn a_message_through_three_agents_is_one_trace() {
    let _alone = alone();
    let Some(collector) = Collector::start(Options::default()) else {
        return;
    };
    let destination = over_grpc(&collector);
    let (_, open_metrics) = run("telemetry-trace", &destination);
    let batches = collector.received("traces");
    let spans: BTreeMap<String, &Value> = of(&batches, "resourceSpans", "scopeSpans", "spans")
        .filter(|span| span["traceId"] == TRACE)
        .map(|span| (text(&span["spanId"]), span))
        .collect();
    // From the indexer up to who called over HTTP.
    let agent = |span: &Value| {
        attributes(span)
            .get("agent_type")
            .cloned()
            .unwrap_or_default()
    };
    let leaf = spans
        .values()
        .find(|span| agent(span) == "indexer")
        .unwrap_or_else(|| panic!("no span of the indexer in {spans:?}"));
    let mut agents = Vec::new();
    let mut span = *leaf;
    loop {
        agents.push(agent(span));
        let parent = text(&span["parentSpanId"]);
        if parent == CALLER {
            break;
        }
        span = spans
            .get(&parent)
            .unwrap_or_else(|| panic!("no parent {parent} of {span}"));
    }
    agents.retain(|agent| !agent.is_empty());
    assert_eq!(agents, ["indexer", "tokeniser", "splitter"]);

    // Its lines in the log, and its records at the collector, say the same.
    let log = std::fs::read_to_string(path("telemetry-trace/log.jsonl")).expect("a log");
    let lines = log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"))
        .filter(|line| line["trace_id"] == TRACE)
        .count();
    assert!(lines > 0, "{log}");
    let batches = collector.received("logs");
    let records = of(&batches, "resourceLogs", "scopeLogs", "logRecords")
        .filter(|record| record["traceId"] == TRACE)
        .count();
    assert!(records > 0, "no record of the trace");

    // A bucket of the time that an execution took names it.
    let exemplar = open_metrics
        .lines()
        .filter(|line| line.starts_with("caxton_agent_execution_duration_seconds_bucket"))
        .any(|line| line.contains(&format!("trace_id=\"{TRACE}\"")));
    assert!(exemplar, "{open_metrics}");
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The items of all batches, below the three levels that they are in.
fn of<'a>(
    batches: &'a [Value],
    resources: &'a str,
    scopes: &'a str,
    items: &'a str,
) -> impl Iterator<Item = &'a Value> {
    batches
        .iter()
        .flat_map(move |batch| samples::list(&batch[resources]))
        .flat_map(move |resource| samples::list(&resource[scopes]))
        .flat_map(move |scope| samples::list(&scope[items]))
}

/// The attributes that are text.
fn attributes(span: &Value) -> BTreeMap<String, String> {
    samples::list(&span["attributes"])
        .iter()
        .filter_map(|attribute| {
            let value = attribute["value"]["stringValue"].as_str()?;
            Some((text(&attribute["key"]), value.to_owned()))
        })
        .collect()
}
