use caxton_instrument::prelude::*;

#[derive(LabelSet)]
struct Labels {}

fn main() {}
