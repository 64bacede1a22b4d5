use caxton_instrument::prelude::*;

#[instrument_agent(agent_type = "planner")]
async fn plan(n: u32) -> Result<u32, String> {
    Ok(n.to_string())
}

fn main() {
    let _ = plan(1);
}
