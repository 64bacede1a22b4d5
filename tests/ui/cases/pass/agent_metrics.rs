#![deny(warnings)]

use caxton_instrument::testing::TestRecorder;
use caxton_instrument::{
    AgentLabels, AgentMetricSet, MetricSet, NativeBuckets, Status, Unit, agent_metrics,
};

agent_metrics! {
    /// Our agents.
    pub struct LightningAgents {
        namespace = "lightning",
        subsystem = "core",
        labels(component = "trainer"),
        max_agent_types = 5,
        max_operations = 20,
        max_series = 10_000,
        buckets = [0.1, 1, 10],
        default,
    }
}

mod inner {
    caxton_instrument::agent_metrics! {
        /// Other agents, with everything left out.
        pub(crate) struct PlainAgents {
            namespace = "plain",
        }
    }

    caxton_instrument::agent_metrics! {
        /// Agents timed in buckets of their own.
        pub(crate) struct NativeAgents {
            namespace = "native",
            native,
        }
    }
}

fn main() {
    assert_eq!(LightningAgents::EXECUTIONS.name(), "lightning_core_agent_executions_total");
    assert_eq!(
        LightningAgents::EXECUTION_DURATION.name(),
        "lightning_core_agent_execution_duration_seconds"
    );
    assert_eq!(LightningAgents::EXECUTIONS_ACTIVE.name(), "lightning_core_agent_executions_active");
    assert_eq!(LightningAgents::EXECUTION_DURATION.bounds(), [0.1, 1.0, 10.0]);
    assert_eq!(LightningAgents::EXECUTIONS.descriptor().series_bound(), 5 * 20 * 4);
    assert_eq!(inner::PlainAgents::EXECUTIONS.descriptor().max_series, 50 * 200 * 4);
    assert_eq!(inner::PlainAgents::EXECUTION_DURATION.bounds().len(), 11);
    assert_eq!(inner::PlainAgents::EXECUTION_DURATION.descriptor().native, None);
    let native = inner::NativeAgents::EXECUTION_DURATION.descriptor().native;
    assert_eq!(native, Some(NativeBuckets::of(Unit::Seconds)));

    let recorder = TestRecorder::new();
    let agents = LightningAgents::new_in(recorder.shared());
    let labels = AgentLabels::of("planner", "plan", Status::Ok);
    agents.executions().at(&labels).increment(1);
    assert_eq!(recorder.counter(LightningAgents::EXECUTIONS, &labels), 1);
    let _ = __DefaultAgentMetrics::global().execution_duration();
    let _ = agents.executions_active();
}
