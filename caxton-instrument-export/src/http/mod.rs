//! Metrics of one's own HTTP service: a [tower] layer for any service over
//! `http` requests, shown with axum.
//!
//! ```standalone_crate
//! use axum::Router;
//! use axum::routing::get;
//! use caxton_instrument_export::http::HttpLayer;
//! use caxton_instrument_export::http_metrics;
//!
//! http_metrics! {
//!     /// The shop's own API.
//!     pub struct ShopHttp { namespace = "shop" }
//! }
//!
//! # fn router() -> Router {
//! Router::new()
//!     .route("/orders/{id}", get(async || "an order"))
//!     .layer(HttpLayer::<ShopHttp>::new())
//! # }
//! # router();
//! ```
//!
//! # What is measured
//!
//! With `caxton` for the namespace, which is the default:
//!
//! | metric | type | labels |
//! |---|---|---|
//! | `caxton_http_requests_total` | counter | `method`, `route`, `code` |
//! | `caxton_http_request_duration_seconds` | histogram | `method`, `route`, `status` |
//! | `caxton_http_request_size_bytes` | histogram | `method`, `route` |
//! | `caxton_http_response_size_bytes` | histogram | `method`, `route` |
//! | `caxton_http_active_requests` | gauge | `method`, `route` |
//! | `caxton_http_active_connections` | gauge | |
//! | `caxton_websocket_connections` | gauge | |
//!
//! A request lasts from the moment the service is called until the last byte of
//! its answer was handed to the server, or until somebody gave up. It is counted
//! then, once in each metric. Sizes are those of bodies, as they went through.
//!
//! - `route` is the template, `/orders/{id}`, and never the path: that of axum's
//!   [`MatchedPath`](axum::extract::MatchedPath), or of a [`Route`] among the
//!   request's extensions, or what [`HttpLayer::route`] says. A request that
//!   matches none is `unmatched`. axum tells the template to layers that
//!   [`Router::layer`](axum::Router::layer) adds, and not to what wraps the router.
//! - `code` is the answer's status code, or, for a rare one, its class as in `5xx`,
//!   so that `code=~"5.."` finds all of a class. Without an answer it is
//!   `cancelled`, `panicked` or `failed` ([`Code`]).
//! - `status` is how it ended, as for `#[instrument_agent]`: `error` for 5xx and
//!   for an answer that broke off, `cancelled` when the client went away first,
//!   `panicked` when the handler or the body did. A 4xx is the client's error, and
//!   `ok` here.
//!
//! So the share of requests that the service failed is
//!
//! ```promql
//!   sum(rate(caxton_http_request_duration_seconds_count{status=~"error|panicked"}[5m]))
//! / sum(rate(caxton_http_request_duration_seconds_count[5m]))
//! ```
//!
//! # Connections
//!
//! A layer sees requests. [`HttpLayer::listen`] counts the connections of a
//! listener, [`HttpLayer::connection`] one that is served in another way.
//! [`HttpLayer::websocket`] counts a WebSocket for as long as its guard lives:
//!
//! ```
//! # use caxton_instrument_export::http::HttpLayer;
//! # use caxton_instrument_export::http_metrics;
//! # http_metrics! { pub struct ShopHttp { namespace = "shop" } }
//! # struct WebSocket;
//! # impl WebSocket { async fn recv(&mut self) -> Option<()> { None } }
//! async fn talk(mut socket: WebSocket, http: HttpLayer<ShopHttp>) {
//!     let _open = http.websocket();
//!     while let Some(message) = socket.recv().await { /* .. */ }
//! }
//! ```

mod body;
mod connections;
mod declare;
mod labels;
mod layer;
mod request;
mod route;
mod set;

pub use body::{RequestBody, ResponseBody};
pub use connections::{Connection, Connections};
pub use labels::{
    Code, Method, RequestLabels, RequestLabelsRef, RouteLabels, RouteLabelsRef, TimeLabels,
    TimeLabelsRef,
};
pub use layer::{HttpLayer, HttpService, ResponseFuture};
pub use route::Route;
pub use set::HttpMetricSet;
