#![deny(warnings)]

use caxton_instrument::prelude::*;

#[derive(LabelValue, Clone, Copy)]
pub enum Performative {
    Request,
    NotUnderstood,
    #[label(rename = "cfp")]
    CallForProposals,
    HTTPError,
    r#Self_ = 40,
}

#[derive(LabelValue, Clone, Copy)]
#[label(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Screaming {
    NotDone,
}

#[derive(LabelValue, Clone, Copy)]
#[label(rename_all = "kebab-case", crate = ::caxton_instrument)]
pub enum Kebab {
    NotDone,
    #[label(rename = "other one")]
    Other,
}

#[derive(LabelValue, Clone, Copy)]
pub struct Newtype(pub Kebab);

#[derive(LabelValue, Clone, Copy)]
pub struct Flag(pub bool);

fn main() {
    assert_eq!(
        Performative::VALUES,
        ["request", "not_understood", "cfp", "http_error", "self"]
    );
    assert_eq!(Performative::r#Self_.index(), 4);
    assert_eq!(Performative::CallForProposals.as_str(), "cfp");
    assert_eq!(Screaming::NotDone.as_str(), "NOT_DONE");
    assert_eq!(Kebab::VALUES, ["not-done", "other one"]);
    assert_eq!(Newtype(Kebab::Other).as_str(), "other one");
    assert_eq!(Newtype(Kebab::NotDone).index(), 0);
    assert_eq!(Flag(true).as_str(), "true");
    let _ = (Performative::Request, Performative::NotUnderstood, Performative::HTTPError);
}
