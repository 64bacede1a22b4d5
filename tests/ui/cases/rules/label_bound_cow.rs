use caxton_instrument::prelude::*;

#[derive(LabelSet)]
struct Labels {
    agent_id: std::borrow::Cow<'static, str>,
}

fn main() {}
