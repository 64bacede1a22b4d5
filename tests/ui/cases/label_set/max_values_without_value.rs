use caxton_instrument::prelude::*;

#[derive(LabelSet)]
struct Labels {
    #[label(max_values)]
    queue: Text,
}

fn main() {}
