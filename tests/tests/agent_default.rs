//! A crate's own default set, and the catalog's list of annotated functions.

// A test fails by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use caxton_instrument::prelude::*;
use caxton_instrument::testing::TestRecorder;
use caxton_instrument::{AgentType, Catalog};

agent_metrics! {
    /// Executions of the laboratory's agents.
    pub struct LabAgents {
        namespace = "lab",
        max_agent_types = 5,
        max_operations = 20,
        max_series = 1_000,
        default
    }
}

#[instrument_agent(agent_type = "root")]
fn at_the_root() {}

mod inner {
    use super::{LabAgents, instrument_agent};

    // Names of a crate's root do not reach into the user's expressions.
    const KIND: &str = "inner";

    #[instrument_agent(agent_type = KIND)]
    pub(crate) fn in_a_module() -> Option<u32> {
        Some(1)
    }

    #[instrument_agent(agent_type = "inner", metrics = LabAgents)]
    pub(crate) async fn by_type<T>(value: T) -> Result<T, u32> {
        Ok(value)
    }

    pub(crate) trait Agent {
        #[instrument_agent(agent_type = "inner")]
        fn by_default(&self) -> Result<(), u32> {
            Err(1)
        }
    }

    pub(crate) struct Nobody;

    impl Agent for Nobody {}
}

const KIND: &str = "of the root";

mod built_in {
    use caxton_instrument::{AgentMetrics, instrument_agent};

    #[instrument_agent(agent_type = "guest", metrics = AgentMetrics)]
    pub(crate) fn elsewhere() {}
}

mod own {
    use caxton_instrument::prelude::*;

    agent_metrics! {
        /// Executions of guests.
        pub struct GuestAgents {
            namespace = "guest",
            max_agent_types = 5,
            max_operations = 20,
            max_series = 1_000,
        }
    }

    pub(crate) struct Guest {
        pub(crate) metrics: GuestAgents,
    }

    impl Guest {
        #[instrument_agent(agent_type = "guest", metrics = self.metrics as GuestAgents)]
        pub(crate) fn visit(&self) {}
    }
}

#[test]
fn executions_reach_the_crates_set_in_the_installed_recorder() {
    use inner::Agent as _;

    let _ = KIND;
    // Before there is a recorder nothing is kept, and nothing is frozen.
    at_the_root();
    let recorder = TestRecorder::new();
    caxton_instrument::install(recorder.shared()).unwrap();
    at_the_root();
    at_the_root();
    inner::in_a_module();
    let _ = std::pin::pin!(inner::by_type(1))
        .as_mut()
        .poll(&mut std::task::Context::from_waker(std::task::Waker::noop()));
    let _ = inner::Nobody.by_default();
    built_in::elsewhere();
    let count = |agent_type, operation, status| {
        recorder.counter(
            LabAgents::EXECUTIONS,
            &AgentLabels::of(agent_type, operation, status),
        )
    };
    assert_eq!(count("root", "at_the_root", Status::Ok), 2);
    assert_eq!(count("inner", "in_a_module", Status::Ok), 1);
    assert_eq!(count("inner", "by_type", Status::Ok), 1);
    assert_eq!(count("inner", "by_default", Status::Error), 1);
    let elsewhere = AgentLabels::of("guest", "elsewhere", Status::Ok);
    assert_eq!(recorder.counter(AgentMetrics::EXECUTIONS, &elsewhere), 1);

    let guests = TestRecorder::new();
    own::Guest {
        metrics: own::GuestAgents::new_in(guests.shared()),
    }
    .visit();
    let visit = AgentLabels::of("guest", "visit", Status::Ok);
    assert_eq!(guests.counter(own::GuestAgents::EXECUTIONS, &visit), 1);
    assert_eq!(recorder.counter(own::GuestAgents::EXECUTIONS, &visit), 0);
}

#[test]
fn the_catalog_lists_each_annotated_function_once() {
    let catalog = Catalog::collect().unwrap();
    let mut listed: Vec<_> = catalog
        .operations()
        .iter()
        .map(|operation| {
            let agent_type = match operation.agent_type {
                AgentType::Literal(text) => text,
                _ => "(open)",
            };
            (
                agent_type,
                operation.operation,
                operation.span,
                operation.is_async,
                operation.set.namespace,
            )
        })
        .collect();
    listed.sort_unstable();
    assert_eq!(
        listed,
        [
            ("(open)", "in_a_module", "agent.in_a_module", false, "lab"),
            ("guest", "elsewhere", "agent.elsewhere", false, "caxton"),
            ("guest", "visit", "agent.visit", false, "guest"),
            ("inner", "by_default", "agent.by_default", false, "lab"),
            ("inner", "by_type", "agent.by_type", true, "lab"),
            ("root", "at_the_root", "agent.at_the_root", false, "lab"),
        ]
    );
    let root = catalog
        .operations()
        .iter()
        .find(|operation| operation.operation == "at_the_root")
        .unwrap();
    let place = root.location;
    assert!(place.file.ends_with("agent_default.rs"), "{place:?}");
    assert_eq!(place.module, "agent_default");
    let source = include_str!("agent_default.rs")
        .lines()
        .nth(place.line as usize - 1)
        .unwrap();
    assert_eq!(
        source.get(place.column as usize - 1..),
        Some("at_the_root() {}")
    );
}
