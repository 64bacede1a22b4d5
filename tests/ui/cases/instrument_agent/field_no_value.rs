use caxton_instrument::prelude::*;

struct Task;

#[instrument_agent(agent_type = "planner", fields(size = 3, task = task))]
fn plan(task: Task) {
    drop(task);
}

#[instrument_agent(agent_type = "planner", fields(task))]
fn plan_again(task: Task) {
    drop(task);
}

fn main() {
    plan(Task);
    plan_again(Task);
}
