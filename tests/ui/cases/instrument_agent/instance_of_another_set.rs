use caxton_instrument::prelude::*;

agent_metrics! {
    /// Executions of guests.
    pub struct GuestAgents {
        namespace = "guest",
        max_agent_types = 5,
        max_operations = 20,
        max_series = 1_000,
    }
}

#[instrument_agent(agent_type = "planner", metrics = metrics)]
fn plan(metrics: &GuestAgents) {
    let _ = metrics;
}

fn main() {
    plan(GuestAgents::global());
}
