//! What series differ in.

use caxton_instrument::prelude::*;

use crate::performative::Performative;

/// The agent type of what the orchestrator says itself.
pub const ORCHESTRATOR: &str = "orchestrator";

/// The agent type that reads files; it is no module.
pub const READER: &str = "reader";

/// How a task or a document ended.
#[derive(LabelValue, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Done.
    Ok,
    /// The input is wrong: unreadable, no text, not understood.
    Error,
    /// A queue was full.
    Refused,
    /// It took too long, or its agent was stopped.
    Cancelled,
    /// The module trapped, ran out of fuel or out of memory.
    Failure,
}

/// Why a message was not delivered or not handled.
#[derive(LabelValue, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The receiver's queue was full.
    QueueFull,
    /// There is no such agent and no agent of such a type.
    NoReceiver,
    /// The receiver was stopped before it handled the message.
    Stopped,
    /// Nobody waits for the conversation's results any more.
    Abandoned,
    /// The receiver does not know what to do with it.
    NotUnderstood,
    /// The receiver could not do it, and said so.
    Failed,
    /// The module trapped.
    Trapped,
    /// The module used up its fuel.
    OutOfFuel,
    /// The module had no room for the message.
    OutOfMemory,
    /// The module took too long.
    TimedOut,
}

/// Agents of one type.
#[derive(LabelSet)]
pub struct TypeLabels {
    /// The kind of agent.
    #[label(max_values = 16)]
    agent_type: Text,
}

/// One agent.
#[derive(LabelSet)]
pub struct AgentLabels {
    /// The agent; its series ends with it.
    #[label(max_values = 256)]
    agent_id: Text,
    /// The kind of agent.
    #[label(max_values = 16)]
    agent_type: Text,
}

/// Tasks that ended.
#[derive(LabelSet)]
pub struct TaskLabels {
    /// The kind of agent that had the task.
    #[label(max_values = 16)]
    agent_type: Text,
    /// How it ended.
    outcome: Outcome,
}

/// Messages.
#[derive(LabelSet)]
pub struct MessageLabels {
    /// The kind of agent that sent it, or that received it.
    #[label(max_values = 16)]
    agent_type: Text,
    /// What it is for.
    performative: Performative,
}

/// Messages that came to nothing.
#[derive(LabelSet)]
pub struct MessageErrorLabels {
    /// The kind of agent that it was for; where there is none, that sent it.
    #[label(max_values = 16)]
    agent_type: Text,
    /// Why.
    cause: Cause,
}

/// Documents.
#[derive(LabelSet)]
pub struct DocumentLabels {
    /// How it ended.
    outcome: Outcome,
}
