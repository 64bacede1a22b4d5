use caxton_instrument::prelude::*;

#[derive(LabelSet)]
struct Labels<'a> {
    #[label(max_values = 10)]
    queue: &'a str,
}

fn main() {}
