use caxton_instrument::prelude::*;

#[derive(LabelSet)]
struct Labels {
    isUrgent: bool,
}

fn main() {}
