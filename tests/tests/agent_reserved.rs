//! An agent type that is a literal keeps its place among the label's values,
//! however many others come before it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use caxton_instrument::prelude::*;
use caxton_instrument::testing::TestRecorder;
use caxton_instrument::{AgentLabels, AgentMetrics, Status};

#[instrument_agent(agent_type = "planner")]
fn plan() {}

#[instrument_agent(agent_type = kind, skip_span)]
fn run(kind: &str) {
    std::hint::black_box(kind);
}

#[test]
fn a_literal_agent_type_is_never_overflow() {
    let recorder = TestRecorder::new();
    caxton_instrument::install(recorder.shared()).unwrap();
    // The label takes 50.
    for kind in 0..60 {
        run(&format!("kind-{kind}"));
    }
    plan();
    let of = |agent_type, operation| {
        let labels = AgentLabels::of(agent_type, operation, Status::Ok);
        recorder.counter(AgentMetrics::EXECUTIONS, &labels)
    };
    assert_eq!(of("planner", "plan"), 1);
    assert_eq!(of("kind-48", "run"), 1);
    assert_eq!(of("kind-49", "run"), 0, "the bound holds");
}
