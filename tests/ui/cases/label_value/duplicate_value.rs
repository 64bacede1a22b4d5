use caxton_instrument::prelude::*;

#[derive(LabelValue, Clone, Copy)]
enum Outcome {
    Done,
    #[label(rename = "done")]
    Finished,
}

fn main() {}
