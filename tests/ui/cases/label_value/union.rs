use caxton_instrument::prelude::*;

#[derive(LabelValue, Clone, Copy)]
union Outcome {
    done: u8,
    failed: u8,
}

fn main() {}
