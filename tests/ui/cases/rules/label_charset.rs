use caxton_instrument::prelude::*;

#[derive(LabelSet)]
struct Labels {
    #[label(rename = "Urgent")]
    urgent: bool,
}

fn main() {}
