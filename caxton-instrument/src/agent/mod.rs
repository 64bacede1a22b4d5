//! Executions of annotated functions: their labels, their metrics, how an
//! outcome is told, and what `#[instrument_agent]` expands to calls of.
//!
//! The files follow one execution: a [site](site) names the function, an
//! [execution](execution) holds its gauge, clock and [span](span), a
//! [future](future) is polled inside it, and the [outcome](outcome) of what
//! the function returned ends it.

mod execution;
mod future;
mod known;
mod labels;
mod outcome;
mod returned;
mod set;
mod site;
mod span;

pub use labels::{ActiveLabels, ActiveLabelsRef, AgentLabels, AgentLabelsRef, Status};
pub use outcome::Outcome;
pub use set::{AgentMetricSet, AgentMetrics};

/// What the expansion of `#[instrument_agent]` names.
#[doc(hidden)]
pub mod expansion {
    pub use std::primitive::str as Str;

    pub use super::default_agents;
    pub use super::execution::Execution;
    pub use super::future::{call, future_of, measured, poll_in};
    pub use super::outcome::{
        AnyOutcome, ByDebug, ByDisplay, ByOutcome, Probe, Verdict, error_if, ok_if,
    };
    pub use super::returned::{AnyFuture, LocalFuture, NoFuture, Returned, SendFuture};
    pub use super::site::{SetHandle, Site, SiteOf};
    pub use super::span::{AgentId, NONE, field};
}

/// The set of a crate that declares no default of its own; the expansion
/// looks here last.
#[doc(hidden)]
pub mod default_agents {
    pub use super::set::AgentMetrics as __DefaultAgentMetrics;
}
