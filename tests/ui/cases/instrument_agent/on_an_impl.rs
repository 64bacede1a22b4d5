use caxton_instrument::prelude::*;

struct Planner;

#[instrument_agent(agent_type = "planner")]
impl Planner {
    fn plan(&self) {}
}

fn main() {
    Planner.plan();
}
