use caxton_instrument::prelude::*;

#[derive(LabelSet)]
#[label(crate = caxton_instrument)]
struct Labels {
    urgent: bool,
}

fn main() {}
