use caxton_instrument::prelude::*;

#[derive(LabelValue, Clone, Copy)]
enum Nothing {}

fn main() {}
