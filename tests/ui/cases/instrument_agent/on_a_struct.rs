use caxton_instrument::prelude::*;

#[instrument_agent(agent_type = "planner")]
struct Planner;

fn main() {
    let _ = Planner;
}
