use caxton_instrument::prelude::*;

#[instrument_agent("planner")]
fn plan(n: u32) -> u32 {
    n
}

fn main() {
    plan(1);
}
