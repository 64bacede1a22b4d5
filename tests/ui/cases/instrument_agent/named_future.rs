use caxton_instrument::prelude::*;

use std::future::{Ready, ready};

#[instrument_agent(agent_type = "planner")]
fn plan(n: u32) -> Ready<u32> {
    ready(n)
}

fn main() {
    let _ = plan(1);
}
