use caxton_instrument::prelude::*;

#[derive(LabelSet)]
struct Labels {
    urgent: bool,
    #[label(rename = "urgent")]
    pressing: bool,
}

fn main() {}
