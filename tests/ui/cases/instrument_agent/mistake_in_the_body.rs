use caxton_instrument::prelude::*;

#[instrument_agent(agent_type = "planner")]
fn plan(n: u32) -> u32 {
    if n > 1 {
        return "one";
    }
    n
}

fn main() {
    plan(1);
}
