//! `baggage`, as the [W3C recommendation](https://www.w3.org/TR/baggage/) has
//! it.
//!
//! The propagator of `opentelemetry_sdk` 0.33 cuts a value at its second `=`,
//! decodes properties and writes them back as they are, so that one can smuggle
//! a member in, and leaves `%` as it is, so that a value that was read is
//! another one when it is written.

use opentelemetry::baggage::{Baggage, BaggageMetadata};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode, utf8_percent_encode};

use super::meta::{Header, RefusalReason, refused};

pub(super) const BAGGAGE: &str = "baggage";

/// Members that are passed on.
const MEMBERS: usize = 64;

/// Bytes that are passed on.
const BYTES: usize = 8_192;

/// What a value has to be without.
const ENCODED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b',')
    .add(b';')
    .add(b'\\')
    .add(b'%');

/// Reads all headers of the name. What is malformed is left out alone.
pub(super) fn read<'a>(headers: impl Iterator<Item = &'a [u8]>) -> Option<Baggage> {
    let mut baggage = Baggage::new();
    let (mut count, mut length) = (0, 0);
    let mut is_there = false;
    for member in headers.flat_map(|header| header.split(|byte| *byte == b',')) {
        is_there = true;
        length += member.len() + usize::from(length > 0);
        let member = member.trim_ascii();
        if member.is_empty() {
            continue;
        }
        count += 1;
        let reason = match read_member(member) {
            _ if length > BYTES => RefusalReason::TooLong,
            _ if count > MEMBERS => RefusalReason::TooMany,
            None => RefusalReason::Malformed,
            Some((key, value, properties)) => {
                let metadata = BaggageMetadata::from(properties);
                baggage.insert_with_metadata(key.to_owned(), value, metadata);
                continue;
            }
        };
        refused(Header::Baggage, reason);
        // What comes after the bound is one refusal, however much it is.
        if reason != RefusalReason::Malformed {
            break;
        }
    }
    is_there.then_some(baggage)
}

/// Key, value and properties, as in `key = value ; property = value`.
fn read_member(member: &[u8]) -> Option<(&str, String, &str)> {
    let member = std::str::from_utf8(member).ok()?;
    let (pair, properties) = member.split_once(';').unwrap_or((member, ""));
    let (key, value) = pair.split_once('=')?;
    let (key, value) = (key.trim_ascii(), value.trim_ascii());
    let properties = properties.trim_ascii();
    if !is_token(key) || !is_value(value) || !are_properties(properties) {
        return None;
    }
    // Bytes that are no text are replaced.
    let value = percent_decode(value.as_bytes()).decode_utf8_lossy();
    Some((key, value.into_owned(), properties))
}

fn are_properties(properties: &str) -> bool {
    let is_property = |property: &str| match property.split_once('=') {
        Some((key, value)) => is_token(key.trim_ascii()) && is_value(value.trim_ascii()),
        None => is_token(property.trim_ascii()),
    };
    properties.is_empty() || properties.split(';').all(is_property)
}

/// A token of [RFC 7230](https://www.rfc-editor.org/rfc/rfc7230#section-3.2.6).
fn is_token(text: &str) -> bool {
    let is_one = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_one)
}

fn is_value(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte))
}

/// The header, with members in the order of their keys; `None` where there are
/// none. What is past the bounds, or could not be read again, is left out.
pub(super) fn write(baggage: &Baggage) -> Option<String> {
    let mut members: Vec<_> = baggage.iter().collect();
    members.sort_unstable_by_key(|(key, _)| key.as_str());
    let mut header = String::new();
    for (key, (value, metadata)) in members.into_iter().take(MEMBERS) {
        let properties = metadata.as_str();
        if !is_token(key.as_str()) || !are_properties(properties) {
            refused(Header::Baggage, RefusalReason::Malformed);
            continue;
        }
        let start = header.len();
        if start > 0 {
            header.push(',');
        }
        header.push_str(key.as_str());
        header.push('=');
        header.extend(utf8_percent_encode(value.as_str(), ENCODED));
        if !properties.is_empty() {
            header.push(';');
            header.push_str(properties);
        }
        if header.len() > BYTES {
            header.truncate(start);
            refused(Header::Baggage, RefusalReason::TooLong);
        }
    }
    (!header.is_empty()).then_some(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(headers: &[&str]) -> Vec<(String, String, String)> {
        let baggage = read(headers.iter().map(|header| header.as_bytes())).unwrap_or_default();
        let mut all: Vec<_> = baggage
            .iter()
            .map(|(key, (value, metadata))| {
                (
                    key.to_string(),
                    value.to_string(),
                    metadata.as_str().to_owned(),
                )
            })
            .collect();
        all.sort();
        all
    }

    fn member(key: &str, value: &str, properties: &str) -> (String, String, String) {
        (key.to_owned(), value.to_owned(), properties.to_owned())
    }

    #[test]
    fn members_are_read_as_they_are_written() {
        let found = reads(&[
            "user = ada%20l ,a==b=c;p;q = 1",
            "é=x,empty=",
            "broken=%ff%41%4",
        ]);
        let expected = [
            member("a", "=b=c", "p;q = 1"),
            member("broken", "\u{fffd}A%4", ""),
            member("empty", "", ""),
            member("user", "ada l", ""),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_malformed_is_left_out_alone() {
        let malformed = "a,=1,b c=1,d=1 2,e=\"1\",f=1;=2,g=1;p=a b,h=1;;,i=\u{1},(=1,j=\\,ok=1";
        assert_eq!(reads(&[malformed]), [member("ok", "1", "")]);
        assert_eq!(reads(&[]), []);
        assert_eq!(reads(&["", " ,"]), []);
    }

    #[test]
    fn the_bounds_hold_when_it_is_read() {
        let many: Vec<_> = (0..100).map(|number| format!("k{number:03}=v")).collect();
        let found = reads(&[&many.join(",")]);
        assert_eq!(found.len(), 64);
        assert_eq!(found[63], member("k063", "v", ""));
        let long = format!("a=1,b={},c=1", "x".repeat(8_192));
        assert_eq!(reads(&[&long]), [member("a", "1", "")]);
        let exact = format!("a={}", "x".repeat(8_190));
        assert_eq!(reads(&[&exact]).len(), 1);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut baggage = Baggage::new();
        let values = ["", "a=b", "100%41", "ü ,;\"\\\r\n\u{0}", "say \u{7f}"];
        for (number, value) in values.iter().enumerate() {
            baggage.insert(format!("k{number}"), (*value).to_owned());
        }
        baggage.insert_with_metadata("p", "1", BaggageMetadata::from("q;r=%2C"));
        let header = write(&baggage).expect("a header");
        assert!(
            header.bytes().all(|byte| byte.is_ascii_graphic()),
            "{header}"
        );
        let mut expected: Vec<_> = (0..values.len())
            .map(|number| member(&format!("k{number}"), values[number], ""))
            .collect();
        expected.push(member("p", "1", "q;r=%2C"));
        assert_eq!(reads(&[&header]), expected);
    }

    #[test]
    fn nothing_is_smuggled_in_and_the_bounds_hold_when_it_is_written() {
        let mut baggage = Baggage::new();
        baggage.insert_with_metadata("a", "1", BaggageMetadata::from("p=1,admin=true"));
        baggage.insert_with_metadata("b", "1", BaggageMetadata::from("p\r\nCookie: x"));
        assert_eq!(write(&baggage), None);
        baggage.insert("c", "ü".repeat(2_000));
        baggage.insert("d", "short");
        assert_eq!(write(&baggage).as_deref(), Some("d=short"));
        assert_eq!(write(&Baggage::new()), None);
    }
}
