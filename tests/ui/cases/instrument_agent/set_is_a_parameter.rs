use caxton_instrument::prelude::*;

#[instrument_agent(agent_type = "planner", metrics = S)]
fn plan<S: AgentMetricSet>(_: &S) {}

fn main() {
    plan(AgentMetrics::global());
}
