use caxton_instrument::prelude::*;

#[derive(LabelValue, Clone, Copy)]
struct Outcome {
    done: bool,
}

fn main() {}
