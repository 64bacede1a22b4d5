use caxton_instrument::prelude::*;

struct Planner;

#[instrument_agent(agent_type = "planner", metrics = Planner)]
fn plan(n: u32) -> u32 {
    n
}

fn main() {
    let _ = Planner;
    plan(1);
}
