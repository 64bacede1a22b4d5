//! A request in two, by items and in their order, without an item in both.

use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{
    ExponentialHistogram, Gauge, Histogram, Metric, ResourceMetrics, ScopeMetrics, Sum, Summary,
};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};

/// Something that holds items, or is one.
pub(super) trait Cut: Sized {
    fn items(&self) -> u64;

    /// The first `items`, which are more than none and fewer than all, and the
    /// others; each side with what describes it.
    fn cut(self, items: u64) -> (Self, Self);
}

impl<T: Cut> Cut for Vec<T> {
    fn items(&self) -> u64 {
        self.iter().map(Cut::items).sum()
    }

    fn cut(mut self, mut items: u64) -> (Self, Self) {
        let mut whole = 0;
        for part in &self {
            let held = part.items();
            if held > items {
                break;
            }
            items -= held;
            whole += 1;
        }
        let mut right = self.split_off(whole);
        if items > 0 && !right.is_empty() {
            let (first, rest) = right.remove(0).cut(items);
            self.push(first);
            right.insert(0, rest);
        }
        (self, right)
    }
}

/// Points, spans and records are not divided: `Vec` cuts between them.
macro_rules! item {
    ($($item:ty),*) => {$(
        impl Cut for $item {
            fn items(&self) -> u64 {
                1
            }

            fn cut(self, _: u64) -> (Self, Self) {
                (self, Self::default())
            }
        }
    )*};
}

/// The field that holds what is cut; the others describe both sides.
macro_rules! holder {
    ($($holder:ty: $parts:ident),*) => {$(
        impl Cut for $holder {
            fn items(&self) -> u64 {
                self.$parts.items()
            }

            fn cut(mut self, items: u64) -> (Self, Self) {
                let (left, right) = std::mem::take(&mut self.$parts).cut(items);
                let mut other = self.clone();
                self.$parts = left;
                other.$parts = right;
                (self, other)
            }
        }
    )*};
}

item!(
    LogRecord,
    Span,
    opentelemetry_proto::tonic::metrics::v1::NumberDataPoint,
    opentelemetry_proto::tonic::metrics::v1::HistogramDataPoint,
    opentelemetry_proto::tonic::metrics::v1::ExponentialHistogramDataPoint,
    opentelemetry_proto::tonic::metrics::v1::SummaryDataPoint
);

holder!(
    ResourceLogs: scope_logs,
    ScopeLogs: log_records,
    ResourceSpans: scope_spans,
    ScopeSpans: spans,
    ResourceMetrics: scope_metrics,
    ScopeMetrics: metrics,
    Gauge: data_points,
    Sum: data_points,
    Histogram: data_points,
    ExponentialHistogram: data_points,
    Summary: data_points
);

impl Cut for Metric {
    fn items(&self) -> u64 {
        self.data.as_ref().map_or(0, Cut::items)
    }

    fn cut(mut self, items: u64) -> (Self, Self) {
        let data = self.data.take();
        let mut other = self.clone();
        if let Some((left, right)) = data.map(|data| data.cut(items)) {
            self.data = Some(left);
            other.data = Some(right);
        }
        (self, other)
    }
}

impl Cut for Data {
    fn items(&self) -> u64 {
        match self {
            Self::Gauge(data) => data.items(),
            Self::Sum(data) => data.items(),
            Self::Histogram(data) => data.items(),
            Self::ExponentialHistogram(data) => data.items(),
            Self::Summary(data) => data.items(),
        }
    }

    fn cut(self, items: u64) -> (Self, Self) {
        fn both<T: Cut>(data: T, items: u64, of: fn(T) -> Data) -> (Data, Data) {
            let (left, right) = data.cut(items);
            (of(left), of(right))
        }
        match self {
            Self::Gauge(data) => both(data, items, Self::Gauge),
            Self::Sum(data) => both(data, items, Self::Sum),
            Self::Histogram(data) => both(data, items, Self::Histogram),
            Self::ExponentialHistogram(data) => both(data, items, Self::ExponentialHistogram),
            Self::Summary(data) => both(data, items, Self::Summary),
        }
    }
}
