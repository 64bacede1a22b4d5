use caxton_instrument::prelude::*;

#[derive(LabelValue, Clone, Copy)]
enum Outcome {
    Done,
    #[label(rename = "_overflow")]
    Overflow,
}

fn main() {}
