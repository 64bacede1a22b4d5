use caxton_instrument::prelude::*;

fn is_small(n: &u64) -> bool {
    *n < 9
}

#[instrument_agent(agent_type = "planner", ok_if = is_small)]
fn plan(n: u32) -> u32 {
    n
}

#[instrument_agent(agent_type = "planner", error_if = true)]
fn plan_again(n: u32) -> u32 {
    n
}

#[instrument_agent(agent_type = "planner", ok_if = Option::is_some)]
async fn plan_late(n: u32) -> Result<u32, String> {
    Ok(n)
}

fn main() {
    plan(1);
    plan_again(1);
    let _ = plan_late(1);
}
