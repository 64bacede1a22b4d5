//! What a script can say, and how it looks over each protocol.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use bytes::{BufMut as _, Bytes, BytesMut};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE, LOCATION, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use hyper::body::{Body, Frame, SizeHint};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use prost::Message as _;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use super::request::{Encoding, Received};

/// What becomes of one request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// It is kept.
    Accept,
    /// It is kept, but for so many items, for a reason; or all is kept with a
    /// warning.
    Partial(u64, &'static str),
    /// It is kept, and the answer takes its time.
    Slow(Duration),
    /// It is read and never answered.
    Hang,
    /// It is read, and nothing is answered any more on its connection.
    HangConnection,
    /// It is read, and the connection reset.
    Reset,
    /// It is kept, and the connection reset in the middle of the answer.
    ResetMidAnswer,
    /// It is kept, and the connection closed in the middle of the answer.
    CloseMidAnswer,
    /// Come back after so many seconds: 429, `RESOURCE_EXHAUSTED` with a pause.
    Throttle(u64),
    /// The same over HTTP with the dates of a clock that is a year behind.
    ThrottleByDate(u64),
    /// 503 or `UNAVAILABLE`, perhaps with a pause.
    Unavailable(Option<u64>),
    /// Something is wrong with the items: 400 or `INVALID_ARGUMENT`.
    Refuse(&'static str),
    /// 401, `UNAUTHENTICATED`.
    Unauthorized,
    /// 404, `UNIMPLEMENTED`.
    Unsupported,
    /// 500, `INTERNAL`.
    Internal,
    /// It is kept if its message has at most so many bytes, else 413 or
    /// `RESOURCE_EXHAUSTED`.
    Limit(usize),
    /// To another address.
    Redirect(String),
    /// A success that is no message of OTLP.
    Garbage,
    /// A success whose message does not end.
    Endless,
    /// A status over gRPC whose details are not base64; 503 with a `Retry-After`
    /// that is none over HTTP.
    Malformed,
}

/// How the connection goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    Stays,
    Hangs,
    Resets,
    Closes,
}

/// What is sent, and what happens then.
pub(super) struct Answer {
    pub(super) response: Option<Response<Frames>>,
    pub(super) is_kept: bool,
    pub(super) then: Then,
    pub(super) pause: Duration,
}

impl Reply {
    pub(super) fn answer(self, received: &Received) -> Answer {
        let message = received.message.len();
        let protocol = Protocol {
            is_grpc: received.is_grpc,
            encoding: received.encoding(),
        };
        let mut answer = Answer {
            response: None,
            is_kept: false,
            then: Then::Stays,
            pause: Duration::ZERO,
        };
        let response = match self {
            Self::Accept => {
                answer.is_kept = true;
                protocol.success(&[])
            }
            Self::Partial(rejected, message) => {
                answer.is_kept = true;
                protocol.success(&partial(rejected, message))
            }
            Self::Slow(pause) => {
                answer.is_kept = true;
                answer.pause = pause;
                protocol.success(&[])
            }
            Self::Hang => return answer,
            Self::HangConnection => {
                answer.then = Then::Hangs;
                return answer;
            }
            Self::Reset => {
                answer.then = Then::Resets;
                return answer;
            }
            Self::ResetMidAnswer | Self::CloseMidAnswer => {
                answer.is_kept = true;
                answer.then = if matches!(self, Self::CloseMidAnswer) {
                    Then::Closes
                } else {
                    Then::Resets
                };
                protocol.begun()
            }
            Self::Throttle(seconds) => {
                let details = pause(Some(seconds));
                protocol.failure(429, Code::ResourceExhausted, "come back later", details)
            }
            Self::ThrottleByDate(seconds) => {
                let details = pause(Some(seconds));
                let mut response =
                    protocol.failure(429, Code::ResourceExhausted, "come back later", details);
                let then = SystemTime::now() - Duration::from_secs(365 * 24 * 3_600);
                let date = |time| value(&httpdate::fmt_http_date(time));
                let headers = response.headers_mut();
                headers.insert(DATE, date(then));
                headers.insert(RETRY_AFTER, date(then + Duration::from_secs(seconds)));
                response
            }
            Self::Unavailable(seconds) => {
                protocol.failure(503, Code::Unavailable, "not now", pause(seconds))
            }
            Self::Refuse(message) => {
                protocol.failure(400, Code::InvalidArgument, message, ErrorDetails::new())
            }
            Self::Unauthorized => {
                protocol.failure(401, Code::Unauthenticated, "who is it", ErrorDetails::new())
            }
            Self::Unsupported => protocol.failure(
                404,
                Code::Unimplemented,
                "unknown service",
                ErrorDetails::new(),
            ),
            Self::Internal => protocol.failure(500, Code::Internal, "a bug", ErrorDetails::new()),
            Self::Limit(limit) if message <= limit => {
                answer.is_kept = true;
                protocol.success(&[])
            }
            Self::Limit(limit) => {
                let text =
                    format!("grpc: received message larger than max ({message} vs. {limit})");
                protocol.failure(413, Code::ResourceExhausted, &text, ErrorDetails::new())
            }
            Self::Redirect(target) => {
                let mut response = Response::new(Frames::default());
                *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
                response.headers_mut().insert(LOCATION, value(&target));
                response
            }
            Self::Garbage => protocol.success(&[0xff; 20]),
            Self::Endless => protocol.endless(),
            Self::Malformed => {
                let mut response =
                    protocol.failure(503, Code::Unavailable, "%%%", ErrorDetails::new());
                let headers = response.headers_mut();
                headers.insert(RETRY_AFTER, value("a while"));
                headers.insert("grpc-status-details-bin", value("*not base64*"));
                response
            }
        };
        answer.response = Some(response);
        answer
    }
}

/// The response message, which is the same on the wire for all signals.
fn partial(rejected: u64, message: &str) -> Vec<u8> {
    let partial_success = Some(ExportTracePartialSuccess {
        rejected_spans: i64::try_from(rejected).unwrap_or(i64::MAX),
        error_message: String::from(message),
    });
    ExportTraceServiceResponse { partial_success }.encode_to_vec()
}

fn pause(seconds: Option<u64>) -> ErrorDetails {
    let mut details = ErrorDetails::new();
    if let Some(seconds) = seconds {
        details.set_retry_info(Some(Duration::from_secs(seconds)));
    }
    details
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[derive(Debug, Clone, Copy)]
struct Protocol {
    is_grpc: bool,
    encoding: Option<Encoding>,
}

impl Protocol {
    fn success(self, message: &[u8]) -> Response<Frames> {
        let mut frames = Frames::default();
        if self.is_grpc {
            // As Go's server does, which does not look at what is accepted.
            let message = match self.encoding {
                Some(encoding) => encoding.compress(message),
                None => message.to_vec(),
            };
            let mut data = BytesMut::with_capacity(5 + message.len());
            data.put_u8(u8::from(self.encoding.is_some()));
            data.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
            data.put_slice(&message);
            let status = HeaderName::from_static("grpc-status");
            let trailers = HeaderMap::from_iter([(status, HeaderValue::from_static("0"))]);
            frames
                .parts
                .extend([Frame::data(data.freeze()), Frame::trailers(trailers)]);
        } else {
            frames
                .parts
                .push_back(Frame::data(Bytes::copy_from_slice(message)));
        }
        self.typed(frames)
    }

    fn endless(self) -> Response<Frames> {
        self.typed(Frames {
            repeated: Some(Bytes::from_static(&[0xff; 16 * 1024])),
            ..Frames::default()
        })
    }

    /// A response of which a part is missing.
    fn begun(self) -> Response<Frames> {
        let mut frames = Frames {
            hangs: true,
            ..Frames::default()
        };
        frames
            .parts
            .push_back(Frame::data(Bytes::from_static(&[0, 0])));
        let mut response = self.typed(frames);
        if !self.is_grpc {
            response
                .headers_mut()
                .insert(CONTENT_LENGTH, HeaderValue::from_static("1000"));
        }
        response
    }

    fn failure(
        self,
        status: u16,
        code: Code,
        message: &str,
        details: ErrorDetails,
    ) -> Response<Frames> {
        let retry = details.retry_info().and_then(|info| info.retry_delay);
        let grpc = Status::with_error_details(code, message, details);
        if self.is_grpc {
            return grpc.into_http();
        }
        // What the specification has in the body of a failure.
        let body = tonic_types::Status::decode(grpc.details()).unwrap_or_default();
        let mut frames = Frames::default();
        frames
            .parts
            .push_back(Frame::data(Bytes::from(body.encode_to_vec())));
        let mut response = self.typed(frames);
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
        if let Some(retry) = retry {
            let seconds = HeaderValue::from(retry.as_secs());
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
        response
    }

    fn typed(self, frames: Frames) -> Response<Frames> {
        let media_type = if self.is_grpc {
            "application/grpc"
        } else {
            "application/x-protobuf"
        };
        let mut response = Response::new(frames);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        if let Some(encoding) = self.encoding.filter(|_| self.is_grpc) {
            headers.insert("grpc-encoding", HeaderValue::from_static(encoding.name()));
        }
        response
    }
}

/// A body made of frames.
#[derive(Default)]
pub(super) struct Frames {
    parts: VecDeque<Frame<Bytes>>,
    /// What comes after the parts, again and again.
    repeated: Option<Bytes>,
    /// Nothing comes after the parts, and no end.
    hangs: bool,
}

impl Body for Frames {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match self.parts.pop_front() {
            Some(frame) => Poll::Ready(Some(Ok(frame))),
            None if self.hangs => Poll::Pending,
            None => Poll::Ready(self.repeated.clone().map(|data| Ok(Frame::data(data)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.parts.is_empty() && !self.hangs && self.repeated.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}
