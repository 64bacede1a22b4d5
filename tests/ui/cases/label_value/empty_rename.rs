use caxton_instrument::prelude::*;

#[derive(LabelValue, Clone, Copy)]
enum Outcome {
    #[label(rename = "")]
    Done,
    Failed,
}

fn main() {}
