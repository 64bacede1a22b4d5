use caxton_instrument::prelude::*;

#[derive(LabelValue, Clone, Copy)]
struct Outcome(u8);

fn main() {}
