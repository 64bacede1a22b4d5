use caxton_instrument::prelude::*;

#[derive(LabelValue)]
enum Outcome {
    Done,
    Failed,
}

#[derive(LabelSet)]
struct Labels {
    outcome: Outcome,
    urgent: bool,
}

fn main() {
    let labels = Labels::of(Outcome::Done, true);
    let _again = &labels;
}
