use caxton_instrument::prelude::*;

agent_metrics! {
    /// The planners.
    pub struct Planners {
        namespace = "planners",
        default,
    }
}

agent_metrics! {
    /// The readers.
    pub struct Readers {
        namespace = "readers",
        default,
    }
}

#[instrument_agent(agent_type = "planner")]
fn plan() {}

fn main() {
    plan();
}
