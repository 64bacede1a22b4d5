//! Requests that go out.

use std::task::{Context as TaskContext, Poll};

use http::{Request, Response};
use tower::{Layer, Service};
use tracing::Span;
use tracing::field::Empty;

use super::context::{current, inject};
use super::request::{RequestFuture, Side, method};

/// Gives each request the trace and the baggage of what goes on, and a span
/// that the callee's is a child of.
///
/// ```
/// use caxton_instrument_export::propagation::ClientLayer;
/// use tower::Layer;
///
/// # #[derive(Clone)]
/// # struct HttpClient;
/// // Any service of `http::Request`, such as hyper-util's client.
/// let client = ClientLayer::new().layer(HttpClient);
/// # _ = client;
/// ```
///
/// The span is called `request`, and `GET` or the like for OpenTelemetry; its
/// fields are `http.request.method`, `server.address`, `server.port` and
/// `http.response.status_code`. Neither path nor query are among them: a client
/// puts secrets there.
#[derive(Debug, Clone)]
pub struct ClientLayer {
    opens_span: bool,
}

impl ClientLayer {
    /// Opens a span for each request.
    #[must_use]
    pub const fn new() -> Self {
        Self { opens_span: true }
    }

    /// Opens none: the callee's is a child of the current one.
    #[must_use]
    pub const fn without_span() -> Self {
        Self { opens_span: false }
    }

    fn span<B>(&self, request: &Request<B>) -> Span {
        if !self.opens_span {
            return Span::none();
        }
        let method = method(request.method());
        let name = if method == "_OTHER" { "HTTP" } else { method };
        let uri = request.uri();
        tracing::info_span!(
            "request",
            otel.name = name,
            otel.kind = "client",
            otel.status_code = Empty,
            http.request.method = method,
            server.address = uri.host(),
            server.port = uri.port_u16(),
            http.response.status_code = Empty,
        )
    }
}

impl Default for ClientLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Layer<S> for ClientLayer {
    type Service = ClientService<S>;

    fn layer(&self, inner: S) -> ClientService<S> {
        ClientService {
            inner,
            layer: self.clone(),
        }
    }
}

/// What [`ClientLayer`] makes of a service.
#[derive(Debug, Clone)]
pub struct ClientService<S> {
    inner: S,
    layer: ClientLayer,
}

impl<S, B, R> Service<Request<B>> for ClientService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = RequestFuture<S::Future>;

    fn poll_ready(&mut self, task: &mut TaskContext<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(task)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let span = self.layer.span(&request);
        let context = current();
        span.in_scope(|| inject(request.headers_mut()));
        RequestFuture::new(span, context, Side::Client, || self.inner.call(request))
    }
}
