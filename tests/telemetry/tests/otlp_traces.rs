//! A request through three agents is one trace in a real collector, with the
//! right parents, status, errors and links, and its log records have its ids.
//!
//! The collector comes from `scripts/get-servers.sh`. Without it the test says
//! that it was skipped; where `CI` is set it fails.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::time::Duration;

use caxton_instrument::prelude::*;
use caxton_instrument_export::Resource;
use caxton_instrument_export::otlp::{Endpoint, Logs, Traces};
use caxton_telemetry_tests::collector::{Collector, Options};
use caxton_telemetry_tests::received::{self, list};
use tracing::{Instrument as _, Span};

/// OTLP's `STATUS_CODE_ERROR`, `SEVERITY_NUMBER_INFO`, `_WARN`, `_DEBUG`.
const ERROR: u64 = 2;
const INFO: u64 = 9;
const WARN: u64 = 13;

#[instrument_agent(agent_type = "planner", agent_id = id)]
async fn plan(id: &str, before: &Span) -> Result<u32, String> {
    Span::current().follows_from(before);
    tracing::info!(steps = 2, "planned");
    let found = search("weather").await?;
    // On another thread of the runtime.
    let told = tokio::spawn(write(found).instrument(Span::current()));
    told.await.map_err(|error| error.to_string())?
}

#[instrument_agent(agent_type = "searcher")]
async fn search(what: &str) -> Result<u32, String> {
    tokio::time::sleep(Duration::from_millis(5)).await;
    tracing::warn!(what, found = 3.5, "few results");
    tracing::debug!("not looked at by traces, looked at by logs");
    Ok(7)
}

#[instrument_agent(agent_type = "writer")]
async fn write(results: u32) -> Result<u32, String> {
    tokio::task::yield_now().await;
    Err(format!("no paper for {results} results"))
}

#[instrument_agent(agent_type = "writer")]
fn spill() {
    panic!("ink everywhere");
}

#[test]
fn a_request_is_one_trace_with_its_logs() {
    let Some(collector) = Collector::start(Options::default()) else {
        return;
    };
    let resource =
        Resource::new("newsroom", "1.2.0").with("deployment.environment.name", "testing");
    let traces = Traces::to(Endpoint::grpc(collector.grpc()));
    let logs = Logs::to(Endpoint::http(collector.http()));
    let telemetry = caxton_instrument_export::builder()
        .resource(resource)
        .otlp_traces(traces)
        .otlp_logs(logs.filter("otlp_traces=debug"))
        .install()
        .expect("telemetry");

    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .expect("a runtime");
    let before = tracing::info_span!("nightly");
    let request = tracing::info_span!("GET /news", otel.kind = "server");
    let failed = runtime
        .block_on(plan("planner-1", &before).instrument(request))
        .expect_err("no paper");
    // Where the event says so, its record is of another span, or of none.
    let elsewhere = tracing::info_span!("elsewhere");
    elsewhere.in_scope(|| {
        tracing::info!(parent: &before, "of nightly");
        tracing::info!(parent: None, "of nothing");
    });
    drop(elsewhere);
    drop(before);
    let panicked = std::thread::spawn(spill).join();
    assert!(panicked.is_err());
    tracing::info!("outside of any span");

    // From a thread of a runtime too.
    let flushed = runtime.block_on(async { telemetry.flush(Duration::from_secs(20)) });
    flushed.expect("all arrived");

    check_spans(&collector, &failed);
    check_records(&collector);
    check_resources(&collector);

    let text = telemetry.render();
    let lost = text
        .lines()
        .filter(|line| line.starts_with("caxton_instrument_lost_items_total{"))
        .filter(|line| !line.ends_with(" 0"))
        .collect::<Vec<_>>();
    assert!(lost.is_empty(), "{lost:?}");
    assert!(text.contains("caxton_instrument_exported_items_total{signal=\"traces\"} 7"));
    assert!(text.contains("caxton_instrument_exported_items_total{signal=\"logs\"} 6"));
    drop(telemetry);
}

fn check_spans(collector: &Collector, failed: &str) {
    let request = received::span(collector, "GET /news");
    let planned = received::span(collector, "agent.plan");
    let searched = received::span(collector, "agent.search");
    let written = received::span(collector, "agent.write");
    assert_eq!(request.parent, "");
    assert_eq!(request.json["kind"], 2, "{request:?}");
    assert_eq!(planned.parent, request.id);
    assert_eq!(searched.parent, planned.id);
    assert_eq!(written.parent, planned.id);
    for span in [&planned, &searched, &written] {
        assert_eq!(span.trace, request.trace);
    }

    assert_eq!(written.json["status"]["code"], ERROR);
    assert_eq!(written.json["status"]["message"], failed);
    assert_eq!(written.attributes["error"], failed);
    assert_eq!(written.attributes["status"], "error");
    assert_eq!(written.attributes["agent_type"], "writer");
    assert_eq!(written.attributes["operation"], "write");
    assert_eq!(planned.json["status"]["code"], ERROR);
    assert_eq!(planned.attributes["agent.id"], "planner-1");
    // Nothing went wrong there: neither code nor message.
    assert_eq!(searched.json["status"], serde_json::json!({}));
    assert_eq!(searched.attributes["status"], "ok");
    let file = searched.attributes["code.file.path"].as_str();
    assert!(file.is_some_and(|file| file.ends_with("otlp_traces.rs")));

    let before = received::span(collector, "nightly");
    assert_ne!(before.trace, request.trace);
    let links = list(&planned.json["links"]);
    assert_eq!(links.len(), 1, "{planned:?}");
    assert_eq!(links[0]["spanId"], before.id);
    assert_eq!(links[0]["traceId"], before.trace);

    let events = |json: &serde_json::Value| -> Vec<serde_json::Value> {
        let events = list(&json["events"]).iter();
        events.map(|event| event["name"].clone()).collect()
    };
    assert_eq!(events(&planned.json), ["planned"]);
    assert_eq!(events(&searched.json), ["few results"]);

    let spilled = received::span(collector, "agent.spill");
    assert_ne!(spilled.trace, request.trace);
    assert_eq!(spilled.json["status"]["code"], ERROR);
    assert_eq!(spilled.json["status"]["message"], "panicked");
    assert_eq!(spilled.attributes["status"], "panicked");
    // Of ours, of the transport, there is nothing.
    assert_eq!(
        received::spans(collector).len(),
        7,
        "{:#?}",
        received::spans(collector)
    );
}

fn check_records(collector: &Collector) {
    let records = received::records(collector);
    let record = |body: &str| {
        let mut found = records.iter().filter(|record| record.body == body);
        match (found.next(), found.next()) {
            (Some(record), None) => record,
            _ => panic!("not one record `{body}` in {records:#?}"),
        }
    };
    let planned = received::span(collector, "agent.plan");
    let searched = received::span(collector, "agent.search");

    let of_plan = record("planned");
    assert_eq!(of_plan.trace, planned.trace);
    assert_eq!(of_plan.span, planned.id);
    assert_eq!(of_plan.json["flags"], 1);
    assert_eq!(of_plan.json["severityNumber"], INFO);
    assert_eq!(of_plan.json["severityText"], "INFO");
    assert_eq!(of_plan.attributes["steps"], "2");
    assert_eq!(of_plan.scope, "otlp_traces");
    assert_eq!(
        of_plan.json["timeUnixNano"],
        of_plan.json["observedTimeUnixNano"]
    );
    assert_eq!(of_plan.json.get("eventName"), None, "{of_plan:?}");
    let names: Vec<_> = of_plan.attributes.keys().collect();
    assert_eq!(
        names,
        [
            "code.file.path",
            "code.line.number",
            "code.module.name",
            "steps"
        ]
    );
    assert_eq!(of_plan.attributes["code.module.name"], "otlp_traces");

    let of_search = record("few results");
    assert_eq!(of_search.span, searched.id);
    assert_eq!(of_search.trace, searched.trace);
    assert_eq!(of_search.json["severityNumber"], WARN);
    assert_eq!(of_search.attributes["what"], "weather");
    assert_eq!(of_search.attributes["found"], 3.5);

    let debug = record("not looked at by traces, looked at by logs");
    assert_eq!(debug.span, searched.id);
    let outside = record("outside of any span");
    assert_eq!((outside.trace.as_str(), outside.span.as_str()), ("", ""));
    let nightly = record("of nightly");
    assert_eq!(nightly.span, received::span(collector, "nightly").id);
    assert_eq!(record("of nothing").span, "");
    assert_eq!(records.len(), 6, "{records:#?}");
}

fn check_resources(collector: &Collector) {
    for signal in ["traces", "logs"] {
        let resources = received::resources(collector, signal);
        assert!(!resources.is_empty());
        for resource in resources {
            let attributes = received::attributes(&resource["resource"]["attributes"]);
            assert_eq!(attributes["service.name"], "newsroom");
            assert_eq!(attributes["service.version"], "1.2.0");
            assert_eq!(attributes["deployment.environment.name"], "testing");
            let pid = std::process::id().to_string();
            // A whole number: OTLP/JSON writes it as text under `intValue`.
            assert_eq!(attributes["process.pid"], pid);
        }
    }
}
