use caxton_instrument::prelude::*;

#[derive(LabelSet)]
struct Labels {
    #[label(max_values = 10 rename = "queue_name")]
    queue: Text,
}

fn main() {}
