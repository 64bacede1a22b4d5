use caxton_instrument::prelude::*;

#[derive(LabelSet)]
struct Labels {
    #[label(max_value = 10)]
    queue: Text,
}

fn main() {}
