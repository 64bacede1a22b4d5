use caxton_instrument::prelude::*;

#[derive(LabelValue, Clone, Copy)]
enum Outcome {
    #[label(renamed = "done")]
    Done,
    Failed,
}

fn main() {}
