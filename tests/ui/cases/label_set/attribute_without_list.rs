use caxton_instrument::prelude::*;

#[derive(LabelSet)]
struct Labels {
    #[label]
    urgent: bool,
}

fn main() {}
