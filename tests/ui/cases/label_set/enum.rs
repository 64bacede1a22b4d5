use caxton_instrument::prelude::*;

#[derive(LabelSet)]
enum Labels {
    Done,
}

fn main() {}
