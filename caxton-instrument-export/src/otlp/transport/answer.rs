//! What a collector answers, in terms that both protocols share.

use std::error::Error;
use std::fmt::Write as _;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message as _;

use crate::otlp::meta::LossReason;

/// More of an answer is not read: it is a few numbers and a message.
pub(super) const MAX_ANSWER: usize = 64 * 1024;

/// Of a message from elsewhere, this many characters are passed on.
const MAX_TEXT: usize = 300;

/// A collector took a batch, or a part of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) rejected: u64,
    /// Why, or a warning about what was taken.
    pub(super) message: String,
}

impl Taken {
    /// Reads the response of the service. Those of the three signals are one on
    /// the wire: a count of rejected items and a message.
    pub(super) fn decode(answer: &[u8]) -> Option<Self> {
        let answer = ExportTraceServiceResponse::decode(answer).ok()?;
        let Some(partial) = answer.partial_success else {
            return Some(Self::default());
        };
        Some(Self {
            rejected: u64::try_from(partial.rejected_spans).unwrap_or(0),
            message: excerpt(&partial.error_message),
        })
    }
}

/// An attempt came to nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) reason: LossReason,
    pub(super) message: String,
    /// The pause that the collector asks for.
    pub(super) after: Option<Duration>,
}

impl Failure {
    pub(super) fn new(reason: LossReason, message: impl AsRef<str>) -> Self {
        Self {
            reason,
            message: excerpt(message.as_ref()),
            after: None,
        }
    }

    pub(super) fn of_error(reason: LossReason, error: &(dyn Error + 'static)) -> Self {
        Self::new(reason, chain(error))
    }
}

/// Text from elsewhere on one line, without what a terminal would obey.
pub(super) fn excerpt(text: &str) -> String {
    let mut kept = String::new();
    for (at, character) in text.trim().chars().enumerate() {
        if at == MAX_TEXT {
            kept.push('…');
            break;
        }
        kept.push(if character.is_control() {
            ' '
        } else {
            character
        });
    }
    kept
}

/// An error with its causes, each once.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.contains(&said) {
            let _ = write!(text, ": {said}");
        }
        cause = error.source();
    }
    text
}

/// Whether an error, or a cause of it, is of a type.
pub(super) fn is_caused_by<T: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<T>() {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partial_success_says_how_many_and_why() {
        // Field 1 is a message of field 1, a varint of 3, and field 2, "no".
        let answer = [0x0a, 0x06, 0x08, 3, 0x12, 0x02, b'n', b'o'];
        let taken = Taken {
            rejected: 3,
            message: String::from("no"),
        };
        assert_eq!(Taken::decode(&answer), Some(taken));
        assert_eq!(Taken::decode(&[]), Some(Taken::default()));
        assert_eq!(Taken::decode(b"<html>"), None);
    }

    #[test]
    fn a_negative_count_is_none() {
        let mut answer = vec![0x0a, 11, 0x08];
        answer.extend([0xff; 9]);
        answer.push(1);
        assert_eq!(Taken::decode(&answer), Some(Taken::default()));
    }

    #[test]
    fn text_from_elsewhere_is_short_and_on_one_line() {
        assert_eq!(excerpt(" a\nb\u{1b}[2J "), "a b [2J");
        assert_eq!(excerpt(&"ä".repeat(1_000)).chars().count(), MAX_TEXT + 1);
    }
}
