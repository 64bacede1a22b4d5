use caxton_instrument::prelude::*;

#[derive(LabelSet)]
struct Labels {
    agent_id: Text,
}

fn main() {}
