use caxton_instrument::prelude::*;

#[instrument_agent(agent_type = "planner", fields(agent.id = n))]
fn plan(n: u32) -> u32 {
    n
}

fn main() {
    plan(1);
}
