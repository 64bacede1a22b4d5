//! One attempt over gRPC: a unary call on a channel of tonic's.
//!
//! The call itself is written out here, five bytes before the message and a
//! status after it (<https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md>),
//! because a batch is compressed once for all attempts, an answer is read up to
//! a bound, and a status that is malformed must not end the thread.

mod status;

use std::future::poll_fn;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::{BufMut as _, Bytes, BytesMut};
use http::header::{CONTENT_TYPE, TE};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Method, Request, Version};
use http_body_util::Full;
use tonic::ConnectError;
use tonic::body::Body;
use tonic::transport::{Channel, Endpoint};
use tower::Service as _;

use status::Answer;

use super::USER_AGENT;
use super::answer::{Failure, Taken, is_caused_by};
use super::body;
use super::tls::Tls;
use crate::otlp::endpoint::{Checked, Compression, EndpointError};
use crate::otlp::meta::LossReason;

/// A flag, and the length in four bytes.
const PREFIX: usize = 5;

pub(super) struct Grpc {
    endpoint: Endpoint,
    path: PathAndQuery,
    headers: HeaderMap,
    is_compressed: bool,
    /// Made by the first attempt, on the runtime that drives it, and again after
    /// a connection has failed.
    channel: Mutex<Option<Channel>>,
}

impl Grpc {
    pub(super) fn new(
        checked: &Checked,
        tls: Option<&Tls>,
        path: &'static str,
    ) -> Result<Self, EndpointError> {
        let failed = |error: tonic::transport::Error| EndpointError::Tls {
            endpoint: checked.shown.clone(),
            reason: Failure::of_error(LossReason::Unreachable, &error).message,
        };
        let mut endpoint = Endpoint::from_shared(checked.url.to_string())
            .and_then(|endpoint| endpoint.user_agent(USER_AGENT))
            .map_err(failed)?
            .connect_timeout(checked.timeout)
            .http2_max_header_list_size(16 * 1024);
        if let Some(tls) = tls {
            endpoint = endpoint.tls_config(tls.tonic()).map_err(failed)?;
        }
        let mut headers = checked.headers.clone();
        headers.insert(TE, HeaderValue::from_static("trailers"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        if let Some(encoding) = body::encoding(checked.compression) {
            headers.insert("grpc-encoding", HeaderValue::from_static(encoding));
        }
        Ok(Self {
            endpoint,
            path: PathAndQuery::from_static(path),
            headers,
            is_compressed: checked.compression != Compression::None,
            channel: Mutex::new(None),
        })
    }

    pub(super) async fn attempt(&self, body: &Bytes, timeout: Duration) -> Result<Taken, Failure> {
        let mut trial = Trial {
            grpc: self,
            is_passed: false,
        };
        let answer = self.call(self.channel(), body, timeout).await?;
        // Whatever it says, the connection is good.
        trial.is_passed = true;
        answer.read()
    }

    fn channel(&self) -> Channel {
        let mut channel = self.channel.lock().unwrap_or_else(PoisonError::into_inner);
        channel
            .get_or_insert_with(|| self.endpoint.connect_lazy())
            .clone()
    }

    async fn call(
        &self,
        mut channel: Channel,
        body: &Bytes,
        timeout: Duration,
    ) -> Result<Answer, Failure> {
        poll_fn(|cx| channel.poll_ready(cx))
            .await
            .map_err(|error| failed(&error))?;
        let request = self.request(body, timeout)?;
        let response = channel
            .call(request)
            .await
            .map_err(|error| failed(&error))?;
        Answer::receive(response).await
    }

    fn request(&self, body: &Bytes, timeout: Duration) -> Result<Request<Body>, Failure> {
        let Ok(length) = u32::try_from(body.len()) else {
            return Err(Failure::new(
                LossReason::TooLarge,
                "gRPC messages end at 4 GiB",
            ));
        };
        let mut framed = BytesMut::with_capacity(PREFIX + body.len());
        framed.put_u8(u8::from(self.is_compressed));
        framed.put_u32(length);
        framed.put_slice(body);
        let mut request = Request::new(Body::new(Full::new(framed.freeze())));
        *request.method_mut() = Method::POST;
        *request.version_mut() = Version::HTTP_2;
        *request.uri_mut() = self.path.clone().into();
        *request.headers_mut() = self.headers.clone();
        // At most eight digits.
        let milliseconds = timeout.as_millis().clamp(1, 99_999_999);
        if let Ok(value) = HeaderValue::try_from(format!("{milliseconds}m")) {
            request.headers_mut().insert("grpc-timeout", value);
        }
        Ok(request)
    }
}

/// An attempt on the channel. Unless it has an answer, the next one makes a
/// channel anew: a connection that hangs, and one whose attempt is dropped at
/// its timeout, is not used again.
struct Trial<'a> {
    grpc: &'a Grpc,
    is_passed: bool,
}

impl Drop for Trial<'_> {
    fn drop(&mut self) {
        if !self.is_passed {
            let mut channel = self
                .grpc
                .channel
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            *channel = None;
        }
    }
}

fn failed(error: &tonic::transport::Error) -> Failure {
    let kind = if is_caused_by::<ConnectError>(error) {
        LossReason::Unreachable
    } else {
        LossReason::Disconnected
    };
    Failure::of_error(kind, error)
}
