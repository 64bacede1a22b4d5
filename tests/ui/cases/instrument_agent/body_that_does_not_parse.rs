use caxton_instrument::prelude::*;

#[instrument_agent(agent_type = "planner")]
fn plan(n: u32) -> u32 {
    let m = n +;
    m
}

fn main() {
    plan(1);
}
