use std::pin::Pin;

use caxton_instrument::prelude::*;

trait Stream {
    type Item;
}

struct Steps;

impl Stream for Steps {
    type Item = u32;
}

#[instrument_agent(agent_type = "planner")]
fn steps() -> impl Stream<Item = u32> {
    Steps
}

#[instrument_agent(agent_type = "planner")]
fn boxed_steps() -> Pin<Box<dyn Stream<Item = u32> + Send>> {
    Box::pin(Steps)
}

fn main() {
    let _ = steps();
    let _ = boxed_steps();
}
