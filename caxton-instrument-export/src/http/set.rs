//! The metrics of an HTTP service, whatever their namespace.

use caxton_instrument::{Counter, Gauge, Histogram, MetricSet};

use super::labels::{RequestLabels, RouteLabels, TimeLabels};

/// A set that [`HttpLayer`](super::HttpLayer) can record in;
/// [`http_metrics!`](crate::http_metrics) declares one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of HTTP metrics",
    label = "not a set of HTTP metrics",
    note = "declare one with `http_metrics!`"
)]
pub trait HttpMetricSet: MetricSet {
    /// Requests that ended, by what was answered.
    fn requests(&self) -> &Counter<RequestLabels>;

    /// How long they took, in seconds, by how they ended.
    fn request_duration(&self) -> &Histogram<TimeLabels>;

    /// Sizes of their bodies, in bytes.
    fn request_size(&self) -> &Histogram<RouteLabels>;

    /// Sizes of the answers' bodies, in bytes.
    fn response_size(&self) -> &Histogram<RouteLabels>;

    /// Requests under way.
    fn active_requests(&self) -> &Gauge<RouteLabels>;

    /// Connections that are open.
    fn active_connections(&self) -> &Gauge;

    /// WebSocket connections that are open.
    fn websocket_connections(&self) -> &Gauge;
}
