use caxton_instrument::prelude::*;

use std::future::Future;

#[instrument_agent(agent_type = "planner")]
fn plan(n: u32) -> Box<dyn Future<Output = u32> + Unpin> {
    Box::new(std::future::ready(n))
}

fn main() {
    let _ = plan(1);
}
