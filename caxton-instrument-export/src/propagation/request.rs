//! A request under way, in its span and its context.

use std::pin::Pin;
use std::task::{Context as TaskContext, Poll, ready};

use http::{Method, Response, StatusCode};
use opentelemetry::Context;
use pin_project_lite::pin_project;
use tracing::Span;

/// Which end of a request this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Client,
    Server,
}

pin_project! {
    /// The answer to a request, worked on in the request's span and context.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct RequestFuture<F> {
        #[pin]
        future: F,
        span: Span,
        context: Context,
        side: Side,
    }
}

impl<F> RequestFuture<F> {
    /// Begins the work in the span and the context too.
    pub(super) fn new(span: Span, context: Context, side: Side, begin: impl FnOnce() -> F) -> Self {
        let attached = context.clone().attach();
        let future = span.in_scope(begin);
        drop(attached);
        Self {
            future,
            span,
            context,
            side,
        }
    }
}

impl<F, B, E> Future for RequestFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _attached = this.context.clone().attach();
        let _entered = this.span.enter();
        let answer = ready!(this.future.poll(task));
        match &answer {
            Ok(answer) => ended(this.span, answer.status(), *this.side),
            Err(_) => _ = this.span.record("otel.status_code", "ERROR"),
        }
        Poll::Ready(answer)
    }
}

/// An error is what the other end cannot mend: to a server 4xx is an answer
/// like others.
fn ended(span: &Span, status: StatusCode, side: Side) {
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() || (side == Side::Client && status.is_client_error()) {
        span.record("otel.status_code", "ERROR");
    }
}

/// The method as the [semantic conventions][http] name it: a client may invent
/// others, and each would be another value.
///
/// [http]: https://opentelemetry.io/docs/specs/semconv/http/http-spans/
pub(super) fn method(method: &Method) -> &'static str {
    const KNOWN: [&str; 9] = [
        "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE",
    ];
    let known = KNOWN.into_iter().find(|known| *known == method.as_str());
    known.unwrap_or("_OTHER")
}
