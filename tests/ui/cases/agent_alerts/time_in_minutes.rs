use caxton_instrument::agent_alerts;
use caxton_instrument::prelude::*;

#[instrument_agent(agent_type = "planner")]
fn plan() {}

agent_alerts!(AgentMetrics, hang_after = 15);

fn main() {
    plan();
}
