use caxton_instrument::prelude::*;

#[derive(LabelValue, Clone, Copy)]
#[label(rename_all = "kebab_case")]
enum Outcome {
    Done,
    NotDone,
}

fn main() {}
