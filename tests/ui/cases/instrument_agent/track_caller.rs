use caxton_instrument::prelude::*;

#[instrument_agent(agent_type = "planner")]
#[track_caller]
fn plan(steps: Option<u32>) -> u32 {
    steps.unwrap()
}

fn main() {
    plan(Some(1));
}
