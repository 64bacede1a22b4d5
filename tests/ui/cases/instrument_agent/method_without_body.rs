use caxton_instrument::prelude::*;

trait Planner {
    #[instrument_agent(agent_type = "planner")]
    fn plan(&self, n: u32) -> u32;
}

impl Planner for u32 {
    fn plan(&self, n: u32) -> u32 {
        n
    }
}

fn main() {
    1.plan(1);
}
