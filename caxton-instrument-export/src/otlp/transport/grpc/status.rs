//! What comes back from a call: a message and a status, or a status alone.

use std::time::Duration;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::{Buf as _, Bytes, BytesMut};
use http::{HeaderMap, Response, StatusCode};
use http_body_util::BodyExt as _;
use percent_encoding::percent_decode;
use prost::Message as _;
use tonic::Code;
use tonic::body::Body;
use tonic_types::pb::RetryInfo;

use super::PREFIX;
use crate::otlp::meta::LossReason;
use crate::otlp::transport::answer::{Failure, MAX_ANSWER, Taken};
use crate::otlp::transport::retry::MAX_ASKED;

/// Padding is optional in metadata.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

const RETRY_INFO: &str = "type.googleapis.com/google.rpc.RetryInfo";

/// What came back, whole.
pub(super) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    trailers: Option<HeaderMap>,
}

impl Answer {
    pub(super) async fn receive(response: Response<Body>) -> Result<Self, Failure> {
        let (parts, mut body) = response.into_parts();
        let (mut bytes, mut trailers) = (BytesMut::new(), None);
        while let Some(frame) = body.frame().await {
            let frame =
                frame.map_err(|status| Failure::of_error(LossReason::Disconnected, &status))?;
            match frame.into_data() {
                Ok(data) if bytes.len() + data.len() > MAX_ANSWER => {
                    return Err(Failure::new(
                        LossReason::BadAnswer,
                        "the answer is larger than any of OTLP",
                    ));
                }
                Ok(data) => bytes.extend_from_slice(&data),
                Err(frame) => trailers = frame.into_trailers().ok().or(trailers),
            }
        }
        Ok(Self {
            status: parts.status,
            headers: parts.headers,
            body: bytes.freeze(),
            trailers,
        })
    }

    pub(super) fn read(mut self) -> Result<Taken, Failure> {
        // An answer without a message has its status among the headers.
        let status = match &self.trailers {
            Some(trailers) if trailers.contains_key("grpc-status") => trailers,
            _ => &self.headers,
        };
        let Some(code) = status.get("grpc-status") else {
            return Err(without_status(self.status));
        };
        let code = Code::from_bytes(code.as_bytes());
        if code != Code::Ok {
            return Err(refused(code, &text(status), &details(status)));
        }
        let bad = || Failure::new(LossReason::BadAnswer, "the answer is no message of OTLP");
        if self.body.is_empty() {
            return Ok(Taken::default());
        }
        if self.body.len() < PREFIX {
            return Err(bad());
        }
        // Nothing else was offered than a message that is not compressed.
        let (is_compressed, length) = (self.body.get_u8(), self.body.get_u32());
        if is_compressed != 0 || usize::try_from(length) != Ok(self.body.len()) {
            return Err(bad());
        }
        Taken::decode(&self.body).ok_or_else(bad)
    }
}

fn text(headers: &HeaderMap) -> String {
    let encoded = headers
        .get("grpc-message")
        .map_or(&[][..], |text| text.as_bytes());
    percent_decode(encoded).decode_utf8_lossy().into_owned()
}

fn details(headers: &HeaderMap) -> Vec<u8> {
    let encoded = headers.get("grpc-status-details-bin");
    encoded
        .and_then(|encoded| BASE64.decode(encoded.as_bytes()).ok())
        .unwrap_or_default()
}

/// The pause that the details of a status ask for.
fn retry_info(details: &[u8]) -> Option<Duration> {
    let status = tonic_types::Status::decode(details).ok()?;
    let info = status
        .details
        .iter()
        .find(|detail| detail.type_url == RETRY_INFO)?;
    let pause = RetryInfo::decode(&*info.value).ok()?.retry_delay?;
    let seconds = u64::try_from(pause.seconds).unwrap_or(0);
    let nanos = u32::try_from(pause.nanos).unwrap_or(0).min(999_999_999);
    Some(Duration::new(seconds, nanos).min(MAX_ASKED))
}

/// Receivers say "too large" in the code for exhausted resources (Go), or in
/// the one for values out of range (tonic), which otherwise are worth a retry.
fn says_too_large(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    [
        "larger than max",
        "too large",
        "exceeds maximum",
        "exceeds max",
        "maximum size",
    ]
    .iter()
    .any(|sign| message.contains(sign))
}

/// <https://opentelemetry.io/docs/specs/otlp/#failures>
fn refused(code: Code, message: &str, details: &[u8]) -> Failure {
    let after = retry_info(details);
    let kind = match code {
        Code::ResourceExhausted | Code::OutOfRange if says_too_large(message) => {
            LossReason::TooLarge
        }
        Code::ResourceExhausted | Code::Unavailable if after.is_some() => LossReason::Throttled,
        Code::DeadlineExceeded => LossReason::TimedOut,
        Code::Cancelled | Code::Aborted | Code::OutOfRange | Code::Unavailable | Code::DataLoss => {
            LossReason::Unavailable
        }
        Code::Unauthenticated | Code::PermissionDenied => LossReason::Unauthorized,
        Code::Unimplemented => LossReason::Unsupported,
        Code::Unknown | Code::Internal => LossReason::ServerError,
        _ => LossReason::Rejected,
    };
    let mut text = format!("gRPC status {}", name(code));
    if !message.is_empty() {
        text = format!("{text}, {message}");
    }
    let mut failure = Failure::new(kind, text);
    if kind.is_retried() {
        failure.after = after;
    }
    failure
}

/// A proxy on the way, or a server that speaks no gRPC, answers so.
/// <https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md>
fn without_status(status: StatusCode) -> Failure {
    let kind = match status.as_u16() {
        300..=399 => LossReason::Redirected,
        401 | 403 => LossReason::Unauthorized,
        404 | 405 | 415 => LossReason::Unsupported,
        413 => LossReason::TooLarge,
        429 | 502..=504 => LossReason::Unavailable,
        400 | 500..=599 => LossReason::ServerError,
        _ => LossReason::BadAnswer,
    };
    Failure::new(
        kind,
        format!("an answer without a gRPC status, HTTP status {status}"),
    )
}

/// As the specification spells it.
const fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use tonic_types::{ErrorDetails, StatusExt as _};

    use super::*;

    fn answer(headers: &[(&'static str, &'static str)], body: &[u8]) -> Result<Taken, Failure> {
        let headers = headers.iter().map(|&(name, value)| {
            (
                http::HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        });
        let answer = Answer {
            status: StatusCode::OK,
            headers: headers.collect(),
            body: Bytes::copy_from_slice(body),
            trailers: None,
        };
        answer.read()
    }

    #[test]
    fn a_code_says_whether_to_come_again() {
        let retried = [
            Code::Cancelled,
            Code::DeadlineExceeded,
            Code::Aborted,
            Code::OutOfRange,
            Code::Unavailable,
            Code::DataLoss,
        ];
        for number in 1..=16 {
            let code = Code::from_i32(number);
            let failure = refused(code, "", &[]);
            assert_eq!(
                failure.reason.is_retried(),
                retried.contains(&code),
                "{code:?}"
            );
        }
    }

    #[test]
    fn exhausted_resources_are_retried_with_a_pause_and_split_if_too_large() {
        let pause = ErrorDetails::with_retry_info(Some(Duration::from_secs(2)));
        let status = tonic::Status::with_error_details(Code::ResourceExhausted, "", pause);
        let failure = refused(Code::ResourceExhausted, "", status.details());
        assert_eq!(failure.reason, LossReason::Throttled);
        assert_eq!(failure.after, Some(Duration::from_secs(2)));
        let messages = [
            (
                Code::ResourceExhausted,
                "grpc: received message larger than max (5 vs. 4)",
            ),
            (
                Code::OutOfRange,
                "Error, decoded message length too large: found 5 bytes",
            ),
        ];
        for (code, message) in messages {
            assert_eq!(refused(code, message, &[]).reason, LossReason::TooLarge);
        }
        assert!(
            !refused(Code::ResourceExhausted, "quota", &[])
                .reason
                .is_retried()
        );
    }

    #[test]
    fn a_malformed_answer_is_a_failure_and_no_panic() {
        let ok = [("grpc-status", "0")];
        assert_eq!(answer(&ok, &[]), Ok(Taken::default()));
        assert_eq!(answer(&ok, &[0, 0, 0, 0, 0]), Ok(Taken::default()));
        for body in [
            &[0, 0][..],
            &[1, 0, 0, 0, 0],
            &[0, 0xff, 0xff, 0xff, 0xff],
            &[0, 0, 0, 0, 1, 0xff],
        ] {
            let kind = answer(&ok, body).map_err(|failure| failure.reason);
            assert_eq!(kind, Err(LossReason::BadAnswer), "{body:?}");
        }
        let broken = [
            ("grpc-status", "14"),
            ("grpc-status-details-bin", "*not base64*"),
        ];
        let failure = answer(&broken, &[]).map_err(|failure| (failure.reason, failure.after));
        assert_eq!(failure, Err((LossReason::Unavailable, None)));
        let nameless = answer(&[("grpc-status", "hello")], &[]).map_err(|failure| failure.reason);
        assert_eq!(nameless, Err(LossReason::ServerError));
        let none = answer(&[], b"<html>").map_err(|failure| failure.reason);
        assert_eq!(none, Err(LossReason::BadAnswer));
    }

    #[test]
    fn a_message_is_percent_decoded() {
        let status = [
            ("grpc-status", "3"),
            ("grpc-message", "no%0Aname %E2%9C%93"),
        ];
        let message = answer(&status, &[]).map_err(|failure| failure.message);
        assert_eq!(
            message,
            Err(String::from("gRPC status INVALID_ARGUMENT, no name ✓")),
        );
    }
}
