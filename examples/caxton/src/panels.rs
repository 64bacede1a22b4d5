//! What a dashboard shows of the runtime beside each metric by itself.

use caxton_instrument::query::minutes;
use caxton_instrument::{Panel, panel};

use crate::metrics::{
    AgentLabels, AgentMetrics, CorpusMetrics, MessageLabels, MessageMetrics, TaskLabels,
    TaskMetrics,
};

/// Messages for each task, by agent type.
///
/// More of them for the same task are a conversation that does not come to an end.
#[panel]
pub static MESSAGES_A_TASK: Panel = MessageMetrics::MESSAGES_RECEIVED
    .rate(minutes(5))
    .by(MessageLabels::AGENT_TYPE)
    .divided_by(
        TaskMetrics::TASKS
            .rate(minutes(5))
            .by(TaskLabels::AGENT_TYPE),
    );

/// Text read for each document.
#[panel]
pub static TEXT_A_DOCUMENT: Panel = CorpusMetrics::READ
    .rate(minutes(5))
    .divided_by(CorpusMetrics::DOCUMENTS.rate(minutes(5)));

/// Memory of the largest agent, by type.
///
/// A module that reaches its limit is stopped.
#[panel]
pub static LARGEST_AGENT: Panel = AgentMetrics::AGENT_MEMORY.max().by(AgentLabels::AGENT_TYPE);
