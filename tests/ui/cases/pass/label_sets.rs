#![deny(warnings)]

use std::borrow::Cow;
use std::sync::Arc;

use caxton_instrument::prelude::*;
use caxton_instrument::{LabelDescriptor, LabelRef};

#[derive(LabelValue, Clone, Copy)]
enum Status {
    Done,
    Failed,
    Gone,
}

/// All that a label can be.
#[derive(LabelSet)]
#[label_set(crate = ::caxton_instrument)]
struct Everything {
    /// How it ended.
    ///
    /// The first paragraph is the help.
    status: Status,
    urgent: bool,
    #[label(max_values = 10)]
    text: Text,
    #[label(max_values = 10, rename = "queue_name")]
    string: String,
    #[label(max_values = 1_000)]
    cow: Cow<'static, str>,
    #[label(max_values = 10)]
    r#type: &'static str,
    #[label(max_values = 10)]
    shared: Arc<str>,
    #[label(max_values = 5, allow(label_identity), reason = "five test users")]
    user_id: Box<str>,
}

#[derive(LabelSet)]
struct Closed {
    status: Status,
    urgent: bool,
}

const STATUS: LabelRef<Closed, Status> = Closed::STATUS;
const LABELS: &[LabelDescriptor] = Everything::LABELS;

fn main() {
    assert_eq!(STATUS.name(), "status");
    assert_eq!(Everything::TYPE.name(), "type");
    assert_eq!(Everything::STRING.name(), "queue_name");
    assert_eq!(LABELS[0].help, "How it ended.");
    assert_eq!(LABELS[1].help, "");
    assert_eq!(LABELS[7].allowed[0].reason, "five test users");

    let owned = Everything {
        status: Status::Failed,
        urgent: true,
        text: Text::from("a"),
        string: String::from("b"),
        cow: Cow::Borrowed("c"),
        r#type: "d",
        shared: Arc::from("e"),
        user_id: Box::from("f"),
    };
    let borrowed = owned.borrowed();
    assert_eq!(Everything::closed_index(borrowed), 3);
    assert_eq!(Everything::open_values(borrowed), ["a", "b", "c", "d", "e", "f"]);
    assert_eq!(borrowed.r#type, "d");

    let local = String::from("a");
    let made = Everything::of(Status::Gone, false, &local, "b", "c", "d", "e", "f");
    assert_eq!(Everything::closed_index(made), 4);

    assert_eq!(Closed::closed_index(Closed::of(Status::Done, true)), 1);
    assert!(Closed::open_values(Closed::of(Status::Done, true)).is_empty());
    let _ = Closed { status: Status::Done, urgent: true }.borrowed();
}
