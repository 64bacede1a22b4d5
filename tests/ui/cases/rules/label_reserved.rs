use caxton_instrument::prelude::*;

#[derive(LabelSet)]
struct Labels {
    #[label(max_values = 10)]
    instance: Text,
}

fn main() {}
