use caxton_instrument::prelude::*;

#[derive(LabelSet)]
struct Labels {
    #[label(max_values = 0)]
    queue: Text,
}

fn main() {}
