use caxton_instrument::prelude::*;

#[derive(LabelValue, Clone, Copy)]
enum Outcome {
    Done,
    Failed(u8),
}

fn main() {}
