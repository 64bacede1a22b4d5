use caxton_instrument::prelude::*;

#[instrument_agent(agent_type = "planner")]
fn plan(n: u32) {
    n
}

fn main() {
    plan(1);
}
