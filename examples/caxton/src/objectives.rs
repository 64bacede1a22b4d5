//! What is promised of the runtime, and what Prometheus is to remember of it.
//! `catalog generate` writes the rules that watch it.

use caxton_instrument::query::{days, minutes};
use caxton_instrument::{Record, Slo, recording_rule, slo};

use crate::metrics::{Outcome, TaskLabels, TaskMetrics};

/// A task ends within a second.
///
/// Waiting in the queue of the agent is part of it: where the agents are not slow,
/// there are too few of them.
#[slo(objective = 99.0, window = days(30), owner = "agents")]
pub static TASKS_ARE_FAST: Slo = TaskMetrics::TASK_DURATION.at_most(1.0);

/// Agents of type {agent_type} do what they are asked.
///
/// Wrong input is not their fault: a task that ends with an error is done.
#[slo(objective = 99.5, window = days(30), owner = "agents", min_events = 50)]
pub static TASKS_ARE_DONE: Slo = TaskMetrics::TASKS
    .good(TaskLabels::OUTCOME.one_of(&[Outcome::Ok, Outcome::Error]))
    .by(TaskLabels::AGENT_TYPE);

/// The share of tasks that do not end well, by agent type.
#[recording_rule(name = "agent_type:caxton_tasks_not_ok:ratio_rate5m")]
pub static TASKS_NOT_OK: Record = TaskMetrics::TASKS
    .share(TaskLabels::OUTCOME.ne(Outcome::Ok), minutes(5))
    .by(TaskLabels::AGENT_TYPE);
