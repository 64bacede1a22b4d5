//! How much of everything there may be.

use std::time::Duration;

/// The bounds of a runtime; memory and time are bounded by their product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Fuel of one execution; an instruction takes about one.
    pub fuel: u64,
    /// Linear memory of one agent, in bytes.
    pub memory: usize,
    /// Time of one execution, waiting for a processor included.
    pub timeout: Duration,
    /// Time of one document's conversation, and of one sent over HTTP.
    pub deadline: Duration,
    /// Messages that may wait for one agent.
    pub queue: usize,
    /// How long an agent waits for room in another's queue before it is refused.
    pub patience: Duration,
    /// Size of a document, in bytes.
    pub document: u64,
    /// Documents worked on at a time.
    pub in_progress: usize,
}

impl Limits {
    /// Agents at a time; `agent_id` has as many values.
    pub const AGENTS: usize = 256;
    /// Types of agents: `agent_type` has four values more, for the orchestrator,
    /// for the reader, and two to spare.
    pub const TYPES: usize = 12;
    /// Content of one message, in bytes.
    pub const MESSAGE: usize = 8 << 20;
    /// Content of all messages that wait, in bytes.
    pub const QUEUED: usize = 64 << 20;
    /// Messages that one execution may send.
    pub const SENT_AT_ONCE: usize = 4_096;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            fuel: 200_000_000,
            memory: 32 << 20,
            timeout: Duration::from_secs(5),
            deadline: Duration::from_secs(30),
            queue: 1_024,
            patience: Duration::from_secs(5),
            document: 4 << 20,
            in_progress: 8,
        }
    }
}
