use caxton_instrument::prelude::*;

#[instrument_agent(agent_type = "planner")]
const fn plan(n: u32) -> u32 {
    n
}

const N: u32 = plan(1);

fn main() {
    let _ = N;
}
