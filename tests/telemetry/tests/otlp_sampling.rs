//! Traces that are not chosen do not reach the collector, unless they end in an
//! error; each decision is counted.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::time::Duration;

use caxton_instrument::prelude::*;
use caxton_instrument_export::Resource;
use caxton_instrument_export::otlp::{Endpoint, Sampler, Strategies, Traces};
use caxton_telemetry_tests::collector::{Collector, Options};
use caxton_telemetry_tests::received;
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState,
};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

#[instrument_agent(agent_type = "guard")]
fn look(at: &str) -> Result<(), String> {
    match at {
        "gate" => Err(String::from("open")),
        _ => Ok(()),
    }
}

#[instrument_agent(agent_type = "guard")]
fn walk(places: &[&str]) {
    for place in places {
        // Somebody else looks after it.
        let _ = look(place);
    }
}

#[instrument_agent(agent_type = "guard")]
fn report() {}

#[instrument_agent(agent_type = "guard")]
fn rest() {}

const STRATEGIES: &str = r#"{
    "service_strategies": [{
        "service": "castle", "type": "probabilistic", "param": 0.0,
        "operation_strategies": [
            { "operation": "agent.report", "type": "ratelimiting", "param": 2 },
            { "operation": "agent.rest", "type": "probabilistic", "param": 0 }
        ]
    }]
}"#;

#[test]
fn errors_are_kept_and_decisions_are_counted() {
    let Some(collector) = Collector::start(Options::default()) else {
        return;
    };
    let strategies: Strategies = STRATEGIES.parse().expect("valid");
    let sampler = Sampler::strategies(strategies).keep_errors(64);
    let telemetry = caxton_instrument_export::builder()
        .resource(Resource::new("castle", "1"))
        .otlp_traces(Traces::to(Endpoint::grpc(collector.grpc())).sampler(sampler))
        .install()
        .expect("telemetry");

    walk(&["wall", "tower"]);
    walk(&["wall", "gate", "tower"]);
    for _ in 0..5 {
        report();
    }
    rest();
    // Chosen by another process.
    let remote = SpanContext::new(
        TraceId::from(7),
        SpanId::from(7),
        TraceFlags::SAMPLED,
        true,
        TraceState::NONE,
    );
    let asked = tracing::info_span!("asked");
    let parent = opentelemetry::Context::new().with_remote_span_context(remote);
    asked.set_parent(parent).expect("not started yet");
    asked.in_scope(|| walk(&[]));
    drop(asked);
    telemetry
        .flush(Duration::from_secs(20))
        .expect("all arrived");

    let spans = received::spans(&collector);
    let count = |name: &str| spans.iter().filter(|span| span.name == name).count();
    // The walk past the gate, from the first span to the root; no other.
    let failed = spans
        .iter()
        .find(|span| span.json["status"]["code"] == 2)
        .expect("an error");
    let kept: Vec<_> = spans
        .iter()
        .filter(|span| span.trace == failed.trace)
        .collect();
    assert_eq!(kept.len(), 4, "{kept:#?}");
    for span in &kept {
        assert_eq!(span.attributes["caxton.kept_for"], "error");
        let flags = span.json["flags"].as_u64().expect("flags");
        assert_eq!(flags & 1, 0, "not sampled: {span:?}");
    }
    assert_eq!(count("agent.look"), 3);
    // Within the limit, and what another process chose.
    assert_eq!(count("agent.report"), 2);
    assert_eq!(count("agent.rest"), 0);
    let asked = received::span(&collector, "asked");
    assert_eq!(asked.parent, "0000000000000007");
    let asked_walk = spans.iter().find(|span| span.parent == asked.id);
    assert_eq!(asked_walk.expect("a child").name, "agent.walk");
    assert!(!asked.attributes.contains_key("caxton.kept_for"));
    assert_eq!(spans.len(), 4 + 2 + 2);

    let text = telemetry.render();
    for (sampler, expected) in [
        // Two walks.
        ("ratio", 2),
        ("operation_rate_limit", 3),
        ("operation_ratio", 1),
        // The looks of the walks.
        ("parent", 5),
    ] {
        let line = format!(
            "caxton_instrument_spans_not_sampled_total{{sampler=\"{sampler}\"}} {expected}\n"
        );
        assert!(text.contains(&line), "{line}{text}");
    }
    let kept = "caxton_instrument_spans_kept_for_errors_total 4\n";
    assert!(text.contains(kept), "{text}");
    // An exemplar names a trace that is there: of those that were chosen.
    drop(telemetry);
}
