//! Bodies that count what goes through them.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Buf;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::labels::RouteLabels;
use super::request::{InFlight, Labels};
use super::set::HttpMetricSet;

pin_project! {
    /// The body of a request: its size is recorded when the service is done with
    /// it.
    pub struct RequestBody<B, S: HttpMetricSet> {
        #[pin]
        body: B,
        received: Received<S>,
    }
}

/// What was read of a request's body.
struct Received<S: HttpMetricSet> {
    labels: Labels<S>,
    bytes: u64,
}

impl<S: HttpMetricSet> Drop for Received<S> {
    fn drop(&mut self) {
        let Labels {
            set,
            method,
            template,
        } = &self.labels;
        let by = RouteLabels::of(*method, template.as_str());
        set.request_size().at(&by).record(self.bytes);
    }
}

impl<B, S: HttpMetricSet> RequestBody<B, S> {
    pub(super) const fn new(body: B, labels: Labels<S>) -> Self {
        Self {
            body,
            received: Received { labels, bytes: 0 },
        }
    }
}

impl<B: Body, S: HttpMetricSet> Body for RequestBody<B, S> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = self.project();
        let frame = this.body.poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &frame
            && let Some(data) = frame.data_ref()
        {
            let bytes = &mut this.received.bytes;
            *bytes = bytes.saturating_add(data.remaining() as u64);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

pin_project! {
    /// The body of an answer: when its last byte went to the server, the request
    /// is over; dropped before that, it was cancelled.
    pub struct ResponseBody<B, S: HttpMetricSet> {
        #[pin]
        body: B,
        // `None` once it is over.
        request: Option<InFlight<S>>,
    }
}

impl<B: Body, S: HttpMetricSet> ResponseBody<B, S> {
    pub(super) const fn new(body: B, request: Option<InFlight<S>>) -> Self {
        Self { body, request }
    }
}

impl<B: Body, S: HttpMetricSet> Body for ResponseBody<B, S> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let mut this = self.project();
        if let Some(request) = this.request {
            request.enter();
        }
        let polled = this.body.as_mut().poll_frame(cx);
        let Some(mut request) = this.request.take() else {
            return polled;
        };
        request.leave();
        match &polled {
            Poll::Pending => *this.request = Some(request),
            Poll::Ready(None) => request.finish(),
            Poll::Ready(Some(Err(_))) => request.fail(),
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Buf::remaining);
                // Where the body says that this was the last, nobody asks again.
                if request.sent(bytes) || this.body.is_end_stream() {
                    request.finish();
                } else {
                    *this.request = Some(request);
                }
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
