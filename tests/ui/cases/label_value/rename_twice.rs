use caxton_instrument::prelude::*;

#[derive(LabelValue, Clone, Copy)]
enum Outcome {
    #[label(rename = "done", rename = "finished")]
    Done,
    Failed,
}

fn main() {}
