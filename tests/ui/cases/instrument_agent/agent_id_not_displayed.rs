use caxton_instrument::prelude::*;

struct Id;

#[instrument_agent(agent_type = "planner", agent_id = id)]
fn plan(id: Id) {
    let _ = id;
}

fn main() {
    plan(Id);
}
