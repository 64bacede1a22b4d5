use caxton_instrument::prelude::*;

#[derive(LabelSet)]
struct Labels {
    #[label(max_values = 5_000_000_000)]
    queue: Text,
}

fn main() {}
