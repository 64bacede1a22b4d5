//! Requests that come in.

use std::task::{Context as TaskContext, Poll};

use http::header::HeaderMap;
use http::{Extensions, Request, Response};
use opentelemetry::Context;
use tower::{Layer, Service};
use tracing::Span;
use tracing::field::Empty;

use super::context::{extract, with_parent};
use super::request::{RequestFuture, Side, method};

/// Goes on with the trace of each request: its span has the caller's as its
/// parent, and the caller's baggage is in the current context. Without headers
/// the request begins a trace.
///
/// ```
/// use axum::Router;
/// use axum::routing::get;
/// use caxton_instrument_export::propagation::ServerLayer;
///
/// let app: Router = Router::new()
///     .route("/orders/{id}", get(|| async { "an order" }))
///     .layer(ServerLayer::new());
/// ```
///
/// The span is called `request`, and `GET` or the like for OpenTelemetry; its
/// fields are `http.request.method`, `http.route`, `url.path`,
/// `http.response.status_code` and, from the header `x-request-id`,
/// `request_id`.
#[derive(Debug, Clone)]
pub struct ServerLayer {
    opens_span: bool,
    route: Route,
}

type Route = fn(&Extensions) -> Option<&str>;

impl ServerLayer {
    /// Opens a span for each request.
    #[must_use]
    pub fn new() -> Self {
        Self {
            opens_span: true,
            route: |_| None,
        }
    }

    /// Opens none: the next span that is opened has the caller's as its parent.
    /// For a service that opens a span of its own, such as tower-http's
    /// `TraceLayer`: put this layer around it.
    #[must_use]
    pub fn without_span() -> Self {
        Self {
            opens_span: false,
            ..Self::new()
        }
    }

    /// Where the route's template is found, for `http.route` and the span's
    /// name: in axum, `extensions.get().map(MatchedPath::as_str)`.
    ///
    /// ```
    /// use caxton_instrument_export::propagation::ServerLayer;
    ///
    /// #[derive(Clone)]
    /// struct Template(&'static str);
    ///
    /// let layer = ServerLayer::new()
    ///     .route(|extensions| extensions.get().map(|Template(route)| *route));
    /// # _ = layer;
    /// ```
    #[must_use]
    pub fn route(mut self, route: fn(&Extensions) -> Option<&str>) -> Self {
        self.route = route;
        self
    }

    fn span<B>(&self, request: &Request<B>, parent: &Context) -> Span {
        if !self.opens_span {
            return Span::none();
        }
        let method = method(request.method());
        let route = (self.route)(request.extensions());
        let name = match (method, route) {
            ("_OTHER", None) => String::from("HTTP"),
            ("_OTHER", Some(route)) => format!("HTTP {route}"),
            (method, None) => String::from(method),
            (method, Some(route)) => format!("{method} {route}"),
        };
        let span = tracing::info_span!(
            "request",
            otel.name = name,
            otel.kind = "server",
            otel.status_code = Empty,
            http.request.method = method,
            http.route = route,
            url.path = request.uri().path(),
            http.response.status_code = Empty,
            request_id = request_id(request.headers()),
        );
        with_parent(span, parent.clone())
    }
}

impl Default for ServerLayer {
    fn default() -> Self {
        Self::new()
    }
}

/// At most 128 visible characters: it comes from anybody.
fn request_id(headers: &HeaderMap) -> Option<&str> {
    let id = headers.get("x-request-id")?.as_bytes();
    let is_sound = (1..=128).contains(&id.len()) && id.iter().all(u8::is_ascii_graphic);
    std::str::from_utf8(id).ok().filter(|_| is_sound)
}

impl<S> Layer<S> for ServerLayer {
    type Service = ServerService<S>;

    fn layer(&self, inner: S) -> ServerService<S> {
        ServerService {
            inner,
            layer: self.clone(),
        }
    }
}

/// What [`ServerLayer`] makes of a service.
#[derive(Debug, Clone)]
pub struct ServerService<S> {
    inner: S,
    layer: ServerLayer,
}

impl<S, B, R> Service<Request<B>> for ServerService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = RequestFuture<S::Future>;

    fn poll_ready(&mut self, task: &mut TaskContext<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(task)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let context = extract(request.headers());
        let span = self.layer.span(&request, &context);
        RequestFuture::new(span, context, Side::Server, || self.inner.call(request))
    }
}
