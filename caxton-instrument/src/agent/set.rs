//! The metrics of agents: the trait that any such set implements, and the set
//! that is used where a crate declares none.

use crate::{ActiveLabels, AgentLabels, Counter, Gauge, Histogram, MetricRef, MetricSet};

/// A set that `#[instrument_agent]` can record in.
///
/// [`agent_metrics!`](crate::agent_metrics) declares one with a namespace and
/// bounds of one's own; [`AgentMetrics`] is the built-in one. An instance of
/// one's own isolates a test:
///
/// ```
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::testing::TestRecorder;
/// use caxton_instrument::{AgentLabels, AgentMetrics, Status};
///
/// struct Planner {
///     metrics: AgentMetrics,
/// }
///
/// impl Planner {
///     #[instrument_agent(agent_type = "planner", metrics = self.metrics)]
///     fn plan(&self, steps: u32) -> Result<u32, &'static str> {
///         if steps == 0 { Err("nothing to plan") } else { Ok(steps) }
///     }
/// }
///
/// let recorder = TestRecorder::new();
/// let planner = Planner { metrics: AgentMetrics::new_in(recorder.shared()) };
/// planner.plan(3).unwrap();
/// planner.plan(0).unwrap_err();
///
/// let failed = AgentLabels::of("planner", "plan", Status::Error);
/// assert_eq!(recorder.counter(AgentMetrics::EXECUTIONS, &failed), 1);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of agent metrics",
    label = "not a set of agent metrics",
    note = "declare one with `agent_metrics!`, or leave `metrics` out"
)]
pub trait AgentMetricSet: MetricSet {
    /// Executions that ended, for queries.
    const EXECUTIONS: MetricRef<Counter<AgentLabels>>;

    /// How long they took, for queries.
    const EXECUTION_DURATION: MetricRef<Histogram<AgentLabels>>;

    /// Executions under way, for queries.
    const EXECUTIONS_ACTIVE: MetricRef<Gauge<ActiveLabels>>;

    /// Executions that ended, by status.
    fn executions(&self) -> &Counter<AgentLabels>;

    /// How long they took, in seconds, by status.
    fn execution_duration(&self) -> &Histogram<AgentLabels>;

    /// Executions under way.
    fn executions_active(&self) -> &Gauge<ActiveLabels>;
}

/// Executions of annotated functions.
#[derive(MetricSet, Debug)]
#[metric_set(namespace = "caxton", crate = crate, unlisted)]
pub struct AgentMetrics {
    /// Executions of annotated functions that ended.
    #[metric(max_series = 40_000)]
    pub agent_executions: Counter<AgentLabels>,
    /// Time from the start of an execution to its end.
    #[metric(unit = seconds, max_series = 40_000)]
    pub agent_execution_duration: Histogram<AgentLabels>,
    /// Executions of annotated functions under way.
    #[metric(max_series = 10_000)]
    pub agent_executions_active: Gauge<ActiveLabels>,
}

impl AgentMetrics {
    /// Executions that ended.
    pub const EXECUTIONS: MetricRef<Counter<AgentLabels>> = Self::AGENT_EXECUTIONS;
    /// How long they took.
    pub const EXECUTION_DURATION: MetricRef<Histogram<AgentLabels>> =
        Self::AGENT_EXECUTION_DURATION;
    /// Executions under way.
    pub const EXECUTIONS_ACTIVE: MetricRef<Gauge<ActiveLabels>> = Self::AGENT_EXECUTIONS_ACTIVE;
}

impl AgentMetricSet for AgentMetrics {
    const EXECUTIONS: MetricRef<Counter<AgentLabels>> = Self::AGENT_EXECUTIONS;
    const EXECUTION_DURATION: MetricRef<Histogram<AgentLabels>> = Self::AGENT_EXECUTION_DURATION;
    const EXECUTIONS_ACTIVE: MetricRef<Gauge<ActiveLabels>> = Self::AGENT_EXECUTIONS_ACTIVE;

    fn executions(&self) -> &Counter<AgentLabels> {
        &self.agent_executions
    }

    fn execution_duration(&self) -> &Histogram<AgentLabels> {
        &self.agent_execution_duration
    }

    fn executions_active(&self) -> &Gauge<ActiveLabels> {
        &self.agent_executions_active
    }
}
