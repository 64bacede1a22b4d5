use caxton_instrument::prelude::*;

#[derive(LabelValue, Clone, Copy)]
#[label(max_values = 4)]
enum Outcome {
    Done,
    Failed,
}

fn main() {}
