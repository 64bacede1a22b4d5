use caxton_instrument::prelude::*;

#[derive(LabelValue, Clone, Copy)]
struct Wrapped<T>(T);

fn main() {}
