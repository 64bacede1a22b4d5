//! The layer, the service that it makes, and the future of one call.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use caxton_instrument::{OwnedTracked, SetInstance};
use http::{Request, Response};
use http_body::Body;
use pin_project_lite::pin_project;
use tower::{Layer, Service};

use super::body::{RequestBody, ResponseBody};
use super::connections::{Connection, Connections};
use super::labels::Method;
use super::request::{InFlight, Labels};
use super::route::{Route, Template};
use super::set::HttpMetricSet;

/// Measures every request of a service; see [`http`](crate::http).
///
/// Add it last, so that it is outermost: it sees then what other layers answer
/// themselves, such as timeouts and limits.
pub struct HttpLayer<S: 'static> {
    set: SetInstance<S>,
    route: Option<Route>,
}

impl<S: HttpMetricSet> HttpLayer<S> {
    /// Records in the program's recorder.
    #[must_use]
    pub fn new() -> Self {
        Self::with_metrics(SetInstance::global())
    }

    /// Records in an instance of the set, as a test does that has a recorder of
    /// its own:
    ///
    /// ```
    /// # use caxton_instrument_export::http::HttpLayer;
    /// # use caxton_instrument_export::http_metrics;
    /// use caxton_instrument::prelude::*;
    /// use caxton_instrument::testing::TestRecorder;
    ///
    /// # http_metrics! { pub struct ShopHttp { namespace = "shop" } }
    /// let recorder = TestRecorder::new();
    /// let http = HttpLayer::with_metrics(ShopHttp::new_in(&recorder));
    /// ```
    #[must_use]
    pub fn with_metrics(metrics: impl Into<SetInstance<S>>) -> Self {
        Self {
            set: metrics.into(),
            route: None,
        }
    }

    /// The same for a service that has one template for all requests, or none
    /// that it could tell.
    #[must_use]
    pub fn route(mut self, route: impl Into<Route>) -> Self {
        self.route = Some(route.into());
        self
    }

    /// Counts the connections that `listener` accepts, for as long as they are
    /// open:
    ///
    /// ```no_run
    /// # use caxton_instrument_export::http::HttpLayer;
    /// # use caxton_instrument_export::http_metrics;
    /// # http_metrics! { pub struct ShopHttp { namespace = "shop" } }
    /// # async fn serve(app: axum::Router) -> std::io::Result<()> {
    /// let http = HttpLayer::<ShopHttp>::new();
    /// let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    /// axum::serve(http.listen(listener), app.layer(http)).await
    /// # }
    /// ```
    pub fn listen<L>(&self, listener: L) -> Connections<L, S> {
        Connections::new(listener, self.set.clone())
    }

    /// Counts one connection for as long as the stream is there; see
    /// [`listen`](Self::listen) for axum.
    pub fn connection<I>(&self, stream: I) -> Connection<I> {
        Connection::new(stream, &*self.set)
    }

    /// Counts one WebSocket until the guard is dropped: take it into what runs
    /// after the upgrade.
    pub fn websocket(&self) -> OwnedTracked {
        self.set.websocket_connections().bind().track(1)
    }
}

impl<S: HttpMetricSet> Default for HttpLayer<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Clone for HttpLayer<S> {
    fn clone(&self) -> Self {
        Self {
            set: self.set.clone(),
            route: self.route.clone(),
        }
    }
}

impl<S> fmt::Debug for HttpLayer<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpLayer")
            .field("route", &self.route)
            .finish_non_exhaustive()
    }
}

impl<T, S> Layer<T> for HttpLayer<S> {
    type Service = HttpService<T, S>;

    fn layer(&self, inner: T) -> Self::Service {
        HttpService {
            inner,
            layer: self.clone(),
        }
    }
}

/// A service whose requests are measured; made by [`HttpLayer`].
pub struct HttpService<T, S: 'static> {
    inner: T,
    layer: HttpLayer<S>,
}

impl<T: Clone, S> Clone for HttpService<T, S> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            layer: self.layer.clone(),
        }
    }
}

impl<T: fmt::Debug, S> fmt::Debug for HttpService<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpService")
            .field("inner", &self.inner)
            .field("layer", &self.layer)
            .finish()
    }
}

impl<T, S, B, R> Service<Request<B>> for HttpService<T, S>
where
    T: Service<Request<RequestBody<B, S>>, Response = Response<R>>,
    S: HttpMetricSet,
    R: Body,
{
    type Response = Response<ResponseBody<R, S>>;
    type Error = T::Error;
    type Future = ResponseFuture<T::Future, S>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), T::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let labels = Labels {
            set: self.layer.set.clone(),
            method: Method::from(request.method()),
            template: Template::of(self.layer.route.as_ref(), request.extensions()),
        };
        let mut in_flight = InFlight::start(labels.clone());
        let request = request.map(|body| RequestBody::new(body, labels));
        in_flight.enter();
        let future = self.inner.call(request);
        in_flight.leave();
        ResponseFuture {
            future,
            request: Some(in_flight),
        }
    }
}

pin_project! {
    /// The answer to a request that is measured.
    pub struct ResponseFuture<F, S: HttpMetricSet> {
        #[pin]
        future: F,
        // `None` once the answer has it.
        request: Option<InFlight<S>>,
    }
}

impl<F, S, R, E> Future for ResponseFuture<F, S>
where
    F: Future<Output = Result<Response<R>, E>>,
    S: HttpMetricSet,
    R: Body,
{
    type Output = Result<Response<ResponseBody<R, S>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Some(request) = this.request {
            request.enter();
        }
        let polled = this.future.poll(cx);
        if let Some(request) = this.request {
            request.leave();
        }
        let answer = ready!(polled);
        let Some(mut request) = this.request.take() else {
            return Poll::Ready(
                answer.map(|answer| answer.map(|body| ResponseBody::new(body, None))),
            );
        };
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                request.fail();
                return Poll::Ready(Err(error));
            }
        };
        let (head, body) = answer.into_parts();
        let length = body.size_hint().exact();
        let is_over = request.answered(head.status, &head.headers, length) || body.is_end_stream();
        let request = if is_over {
            request.finish();
            None
        } else {
            Some(request)
        };
        Poll::Ready(Ok(Response::from_parts(
            head,
            ResponseBody::new(body, request),
        )))
    }
}
