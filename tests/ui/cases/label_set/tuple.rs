use caxton_instrument::prelude::*;

#[derive(LabelSet)]
struct Labels(bool);

fn main() {}
