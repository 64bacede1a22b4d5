use caxton_instrument::prelude::*;

#[derive(LabelSet)]
struct Labels {
    attempt: u64,
}

fn main() {}
