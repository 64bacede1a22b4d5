use caxton_instrument::prelude::*;

#[derive(LabelValue)]
enum Outcome {
    Done,
    Failed,
}

fn main() {}
