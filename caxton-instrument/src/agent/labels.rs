//! The labels of an agent's executions.

use crate::label::Text;
use crate::{LabelSet, LabelValue};

/// How an execution ended.
///
/// ```
/// use caxton_instrument::{LabelValue, Status};
///
/// assert_eq!(Status::VALUES, ["ok", "error", "cancelled", "panicked"]);
/// ```
#[derive(LabelValue, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[label(crate = crate)]
pub enum Status {
    /// It returned, and not an error.
    Ok,
    /// It returned an error.
    Error,
    /// Its future was dropped before it was done.
    Cancelled,
    /// Its own code panicked.
    Panicked,
}

/// The labels of a finished execution.
#[derive(LabelSet, Debug, Clone, PartialEq, Eq, Hash)]
#[label_set(crate = crate)]
pub struct AgentLabels {
    /// The kind of agent that the operation belongs to.
    #[label(max_values = 50)]
    pub agent_type: Text,
    /// The annotated function.
    #[label(max_values = 200)]
    pub operation: Text,
    /// How the execution ended.
    pub status: Status,
}

/// The labels of executions under way.
#[derive(LabelSet, Debug, Clone, PartialEq, Eq, Hash)]
#[label_set(crate = crate)]
pub struct ActiveLabels {
    /// The kind of agent that the operation belongs to.
    #[label(max_values = 50)]
    pub agent_type: Text,
    /// The annotated function.
    #[label(max_values = 200)]
    pub operation: Text,
}
