//! Annotated agents, of the built-in set and of one's own.

use caxton_instrument::prelude::*;
use caxton_instrument::{agent_alerts, query::minutes};

agent_metrics! {
    /// Agents that keep the garden.
    pub struct GardenAgents {
        namespace = "garden",
        max_agent_types = 5,
        buckets = [1.0, 60.0, 3600.0],
    }
}

agent_alerts!(AgentMetrics, owner = "agents");
agent_alerts!(
    GardenAgents,
    error_share = 0.2,
    hang_after = minutes(60),
    owner = "gardeners",
    runbook = "https://example.org/garden",
);

#[instrument_agent(agent_type = "planner")]
#[allow(dead_code, reason = "it is only asked about")]
fn plan() {}

#[instrument_agent(agent_type = "mower", metrics = GardenAgents)]
#[allow(dead_code, reason = "it is only asked about")]
fn mow() {}
