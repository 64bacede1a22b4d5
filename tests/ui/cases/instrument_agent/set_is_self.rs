use caxton_instrument::prelude::*;

struct Planner;

impl Planner {
    #[instrument_agent(agent_type = "planner", metrics = Self::Metrics)]
    fn plan(&self) {}
}

fn main() {
    Planner.plan();
}
