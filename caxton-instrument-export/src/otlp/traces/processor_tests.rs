//! The description of an error.

use opentelemetry::KeyValue;

use super::super::kept::tests::span;
use super::*;

fn described(status: Status, attributes: Vec<KeyValue>) -> Status {
    let mut span = span(1, "plan", status);
    span.attributes = attributes;
    describe(&mut span);
    span.status
}

#[test]
fn the_field_error_is_the_description() {
    let attributes = vec![
        KeyValue::new("status", "error"),
        KeyValue::new("error", "no way"),
    ];
    let status = described(Status::error(""), attributes);
    assert_eq!(status, Status::error("no way"));
}

#[test]
fn a_panic_is_called_one() {
    let attributes = vec![KeyValue::new("status", "panicked")];
    assert_eq!(
        described(Status::error(""), attributes),
        Status::error("panicked")
    );
}

#[test]
fn what_the_program_said_stays() {
    let attributes = vec![KeyValue::new("error", "no way")];
    let status = described(Status::error("mine"), attributes.clone());
    assert_eq!(status, Status::error("mine"));
    assert_eq!(described(Status::Ok, attributes.clone()), Status::Ok);
    assert_eq!(described(Status::Unset, attributes), Status::Unset);
}

#[test]
fn an_error_that_says_nothing_has_no_description() {
    let attributes = vec![KeyValue::new("error", true), KeyValue::new("status", "ok")];
    assert_eq!(described(Status::error(""), attributes), Status::error(""));
}
