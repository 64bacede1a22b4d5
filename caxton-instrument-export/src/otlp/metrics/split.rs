//! Data points to requests that a receiver takes: by default gRPC refuses what
//! is longer than 4 MiB, before it is decompressed and after.

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::metrics::v1::{
    Metric, ResourceMetrics, ScopeMetrics, metric::Data,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use prost::Message as _;
use prost::encoding::encoded_len_varint;

use super::encode::Point;
use super::temporality::Advance;

/// A field's key, and the length of a message in it, which is below 4 GiB.
const KEY: usize = 1;
const MAX_LENGTH: usize = 5;

/// What a request may have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) bytes: usize,
    pub(super) points: usize,
}

/// A request that is being filled. What it takes in memory is bounded by it.
pub(super) struct Batch {
    frame: Frame,
    limits: Limits,
    metrics: Vec<Metric>,
    /// At least what the request takes encoded.
    bytes: usize,
    points: usize,
    advances: Vec<Advance>,
}

/// What is around the metrics of every request.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) resource: Resource,
    pub(super) scope: InstrumentationScope,
}

/// A request, and what holds once it has arrived.
pub(super) struct Full {
    pub(super) request: ExportMetricsServiceRequest,
    pub(super) advances: Vec<Advance>,
}

impl Batch {
    pub(super) fn new(frame: Frame, limits: Limits) -> Self {
        let mut batch = Self {
            frame,
            limits,
            metrics: Vec::new(),
            bytes: 0,
            points: 0,
            advances: Vec::new(),
        };
        batch.bytes = batch.empty();
        batch
    }

    pub(super) fn is_empty(&self) -> bool {
        self.points == 0
    }

    /// Adds a data point of a metric; the request before it, if that has no room
    /// for it. One that is too large by itself is a request of its own: whether
    /// the receiver takes it is for the receiver to say.
    pub(super) fn push(
        &mut self,
        metric: &Metric,
        point: Point,
        advance: Option<Advance>,
    ) -> Option<Full> {
        let point_bytes = point.encoded_len();
        let is_open = |batch: &Self| {
            batch
                .metrics
                .last()
                .is_some_and(|last| last.name == metric.name)
        };
        let needed = point_bytes + if is_open(self) { 0 } else { header_len(metric) };
        let has_room = self.points < self.limits.points && self.bytes + needed <= self.limits.bytes;
        let full = if has_room { None } else { self.take() };
        if !is_open(self) {
            self.bytes += header_len(metric);
            self.metrics.push(metric.clone());
        }
        self.bytes += point_bytes;
        self.points += 1;
        if let Some(last) = self.metrics.last_mut() {
            append(last, point);
        }
        self.advances.extend(advance);
        full
    }

    /// What was added since the last request; `None` if nothing was.
    pub(super) fn take(&mut self) -> Option<Full> {
        if self.is_empty() {
            return None;
        }
        self.points = 0;
        self.bytes = self.empty();
        let request = self.frame.around(std::mem::take(&mut self.metrics));
        let advances = std::mem::take(&mut self.advances);
        Some(Full { request, advances })
    }

    /// The bytes of a request without metrics, with room for the lengths of what
    /// they are in.
    fn empty(&self) -> usize {
        self.frame.around(Vec::new()).encoded_len() + 2 * MAX_LENGTH
    }
}

impl Frame {
    fn around(&self, metrics: Vec<Metric>) -> ExportMetricsServiceRequest {
        ExportMetricsServiceRequest {
            resource_metrics: vec![ResourceMetrics {
                resource: Some(self.resource.clone()),
                scope_metrics: vec![ScopeMetrics {
                    scope: Some(self.scope.clone()),
                    metrics,
                    ..ScopeMetrics::default()
                }],
                ..ResourceMetrics::default()
            }],
        }
    }
}

impl Point {
    /// Its bytes within its metric.
    fn encoded_len(&self) -> usize {
        let own = match self {
            Self::Number(point) => point.encoded_len(),
            Self::Histogram(point) => point.encoded_len(),
            Self::Exponential(point) => point.encoded_len(),
        };
        KEY + encoded_len_varint(u64::try_from(own).unwrap_or(u64::MAX)) + own
    }
}

/// The bytes of a metric within its scope, however many data points it gets.
fn header_len(metric: &Metric) -> usize {
    KEY + 2 * MAX_LENGTH + metric.encoded_len()
}

/// Nothing else comes: a metric and its points are made from one family.
fn append(metric: &mut Metric, point: Point) {
    match (&mut metric.data, point) {
        (Some(Data::Sum(sum)), Point::Number(point)) => sum.data_points.push(point),
        (Some(Data::Gauge(gauge)), Point::Number(point)) => gauge.data_points.push(point),
        (Some(Data::Histogram(histogram)), Point::Histogram(point)) => {
            histogram.data_points.push(point);
        }
        (Some(Data::ExponentialHistogram(histogram)), Point::Exponential(point)) => {
            histogram.data_points.push(point);
        }
        _ => {}
    }
}
