use caxton_instrument::prelude::*;

#[derive(LabelValue, Clone, Copy)]
enum Outcome {
    #[label(rename = done)]
    Done,
    Failed,
}

fn main() {}
