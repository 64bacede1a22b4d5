//! One attempt over HTTP: protobuf in a POST request.

use std::time::SystemTime;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderValue, StatusCode};
use prost::Message as _;
use reqwest::{Client, Response, redirect};
use serde_json::Value;

use super::answer::{Failure, MAX_ANSWER, Taken};
use super::body;
use super::retry;
use super::tls::Tls;
use super::{IDLE, USER_AGENT};
use crate::otlp::endpoint::{Checked, EndpointError, shown};
use crate::otlp::meta::LossReason;

const PROTOBUF: &str = "application/x-protobuf";

pub(super) struct Http {
    client: Client,
    url: url::Url,
    headers: HeaderMap,
}

impl Http {
    pub(super) fn new(checked: &Checked, tls: Option<&Tls>) -> Result<Self, EndpointError> {
        let mut headers = checked.headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROTOBUF));
        if let Some(encoding) = body::encoding(checked.compression) {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        // A connection of HTTP/1.1 whose answer does not come is closed, not
        // used again.
        let mut client = Client::builder()
            .http1_only()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .user_agent(USER_AGENT)
            .pool_max_idle_per_host(1)
            .pool_idle_timeout(IDLE);
        if let Some(tls) = tls {
            client = client.tls_backend_preconfigured(tls.rustls());
        }
        let client = client.build().map_err(|error| EndpointError::Tls {
            endpoint: checked.shown.clone(),
            reason: Failure::of_error(LossReason::Unreachable, &error).message,
        })?;
        Ok(Self {
            client,
            url: checked.url.clone(),
            headers,
        })
    }

    pub(super) async fn attempt(&self, body: Bytes) -> Result<Taken, Failure> {
        let request = self
            .client
            .post(self.url.clone())
            .headers(self.headers.clone());
        let mut response = request.body(body).send().await.map_err(failed)?;
        let status = response.status();
        let answer = read(&mut response).await;
        if status.is_success() {
            return taken(response.headers(), &answer?);
        }
        // The status says enough, should the message be unreadable.
        let message = message(response.headers(), answer.as_deref().unwrap_or_default());
        Err(refused(status, response.headers(), &message))
    }
}

/// The body, as far as one is read.
async fn read(response: &mut Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(Failure::new(
                LossReason::BadAnswer,
                "the answer is larger than any of OTLP",
            ));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn failed(error: reqwest::Error) -> Failure {
    let kind = if error.is_connect() {
        LossReason::Unreachable
    } else {
        LossReason::Disconnected
    };
    // The address may have a secret in its query.
    Failure::of_error(kind, &error.without_url())
}

fn media_type(headers: &HeaderMap) -> &str {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    value
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim()
}

/// What a success says. Receivers that are not the collector answer with
/// nothing, with JSON, or with a word; a page is no receiver's.
fn taken(headers: &HeaderMap, body: &[u8]) -> Result<Taken, Failure> {
    let bad = |what: &str| Failure::new(LossReason::BadAnswer, what);
    match media_type(headers) {
        _ if body.is_empty() => Ok(Taken::default()),
        "text/html" => Err(bad(
            "the answer is a page for people, so this is no OTLP receiver",
        )),
        "application/json" => {
            taken_json(body).ok_or_else(|| bad("the answer says that it is JSON and is not OTLP's"))
        }
        PROTOBUF | "" => {
            Taken::decode(body).ok_or_else(|| bad("the answer is no protobuf of OTLP"))
        }
        _ => Ok(Taken::default()),
    }
}

fn taken_json(body: &[u8]) -> Option<Taken> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let Some(partial) = answer.as_object()?.get("partialSuccess") else {
        return Some(Taken::default());
    };
    let names = ["rejectedDataPoints", "rejectedSpans", "rejectedLogRecords"];
    let rejected = names.iter().find_map(|name| match partial.get(name)? {
        Value::String(number) => number.parse().ok(),
        number => number.as_u64(),
    });
    let message = partial.get("errorMessage").and_then(Value::as_str);
    Some(Taken {
        rejected: rejected.unwrap_or(0),
        message: super::answer::excerpt(message.unwrap_or_default()),
    })
}

/// The message of a failure: `google.rpc.Status` in protobuf or JSON, or text.
fn message(headers: &HeaderMap, body: &[u8]) -> String {
    match media_type(headers) {
        PROTOBUF => tonic_types::Status::decode(body)
            .map(|status| status.message)
            .unwrap_or_default(),
        "application/json" => serde_json::from_slice(body)
            .ok()
            .and_then(|status: Value| Some(String::from(status.get("message")?.as_str()?)))
            .unwrap_or_default(),
        "text/plain" => String::from_utf8_lossy(body).into_owned(),
        _ => String::new(),
    }
}

/// <https://opentelemetry.io/docs/specs/otlp/#failures-1>
fn refused(status: StatusCode, headers: &HeaderMap, message: &str) -> Failure {
    let kind = match status.as_u16() {
        300..=399 => LossReason::Redirected,
        401 | 403 => LossReason::Unauthorized,
        404 | 405 | 415 | 501 => LossReason::Unsupported,
        413 => LossReason::TooLarge,
        429 => LossReason::Throttled,
        502..=504 => LossReason::Unavailable,
        500..=599 => LossReason::ServerError,
        _ => LossReason::Rejected,
    };
    let mut text = format!("HTTP status {status}");
    if kind == LossReason::Redirected {
        let target = headers
            .get(LOCATION)
            .and_then(|target| target.to_str().ok());
        if let Some(target) = target {
            text = format!("{text} to `{}`", shown(target));
        }
    }
    if !message.trim().is_empty() {
        text = format!("{text}, {message}");
    }
    let mut failure = Failure::new(kind, text);
    if kind.is_retried() {
        failure.after = retry::retry_after(headers, SystemTime::now());
    }
    failure
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_whether_to_come_again() {
        let cases = [
            (400, LossReason::Rejected, false),
            (401, LossReason::Unauthorized, false),
            (404, LossReason::Unsupported, false),
            (408, LossReason::Rejected, false),
            (413, LossReason::TooLarge, false),
            (429, LossReason::Throttled, true),
            (500, LossReason::ServerError, false),
            (502, LossReason::Unavailable, true),
            (503, LossReason::Unavailable, true),
            (504, LossReason::Unavailable, true),
            (505, LossReason::ServerError, false),
            (307, LossReason::Redirected, false),
        ];
        for (code, kind, is_retried) in cases {
            let status = StatusCode::from_u16(code).unwrap_or_default();
            let failure = refused(status, &HeaderMap::new(), "");
            assert_eq!(
                (failure.reason, failure.reason.is_retried()),
                (kind, is_retried),
                "{code}"
            );
        }
    }

    fn of_type(media_type: &'static str, body: &[u8]) -> Result<Taken, Failure> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        taken(&headers, body)
    }

    #[test]
    fn a_success_in_json_is_read() {
        let partial = br#"{"partialSuccess":{"rejectedSpans":"2","errorMessage":"old"}}"#;
        let expected = Taken {
            rejected: 2,
            message: String::from("old"),
        };
        assert_eq!(
            of_type("application/json; charset=utf-8", partial),
            Ok(expected)
        );
        assert_eq!(of_type("application/json", b"{}"), Ok(Taken::default()));
        assert!(of_type("application/json", b"[1]").is_err());
    }

    #[test]
    fn a_page_or_garbage_is_no_success() {
        assert!(of_type("text/html; charset=utf-8", b"<html>").is_err());
        assert!(of_type(PROTOBUF, b"garbage").is_err());
        assert_eq!(of_type("text/plain", b"ok"), Ok(Taken::default()));
        assert_eq!(of_type(PROTOBUF, b""), Ok(Taken::default()));
    }
}
