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

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
    use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
    use opentelemetry_proto::tonic::metrics::v1::{
        ExponentialHistogramDataPoint, HistogramDataPoint, NumberDataPoint, SummaryDataPoint,
    };

    use super::*;
    use crate::otlp::transport::signal::{Metrics, Signal as _};

    /// Points of each type, with their place as the time; a metric without any.
    #[allow(clippy::needless_update, reason = "types with more fields need it")]
    fn request() -> ExportMetricsServiceRequest {
        let mut time = 0;
        let mut times = |count: u64| {
            let first = time;
            time += count;
            first..time
        };
        macro_rules! data {
            ($kind:ident, $holder:ident, $point:ident, $count:literal) => {
                Some(Data::$kind($holder {
                    data_points: times($count)
                        .map(|time| $point {
                            time_unix_nano: time,
                            ..$point::default()
                        })
                        .collect(),
                    ..$holder::default()
                }))
            };
        }
        let data = [
            data!(Sum, Sum, NumberDataPoint, 3),
            None,
            data!(Gauge, Gauge, NumberDataPoint, 1),
            data!(Histogram, Histogram, HistogramDataPoint, 4),
            data!(Summary, Summary, SummaryDataPoint, 2),
            data!(
                ExponentialHistogram,
                ExponentialHistogram,
                ExponentialHistogramDataPoint,
                5
            ),
        ];
        let metrics = data.into_iter().enumerate().map(|(number, data)| Metric {
            name: format!("metric_{number}"),
            data,
            ..Metric::default()
        });
        let mut metrics: Vec<Metric> = metrics.collect();
        let scope = |name: &str, metrics| ScopeMetrics {
            scope: Some(InstrumentationScope {
                name: String::from(name),
                ..InstrumentationScope::default()
            }),
            metrics,
            ..ScopeMetrics::default()
        };
        let last = metrics.split_off(4);
        let resource = |url: &str, scope_metrics| ResourceMetrics {
            scope_metrics,
            schema_url: String::from(url),
            ..ResourceMetrics::default()
        };
        ExportMetricsServiceRequest {
            resource_metrics: vec![
                resource("empty", Vec::new()),
                resource("one", vec![scope("a", metrics), scope("none", Vec::new())]),
                resource("two", vec![scope("b", last)]),
            ],
        }
    }

    /// Each point as what describes it and its time.
    fn points(request: &ExportMetricsServiceRequest) -> Vec<String> {
        let mut points = Vec::new();
        for resource in &request.resource_metrics {
            for scope in &resource.scope_metrics {
                for metric in &scope.metrics {
                    let times: Vec<u64> = match &metric.data {
                        None => Vec::new(),
                        Some(Data::Sum(data)) => times(&data.data_points, |p| p.time_unix_nano),
                        Some(Data::Gauge(data)) => times(&data.data_points, |p| p.time_unix_nano),
                        Some(Data::Histogram(data)) => {
                            times(&data.data_points, |p| p.time_unix_nano)
                        }
                        Some(Data::Summary(data)) => times(&data.data_points, |p| p.time_unix_nano),
                        Some(Data::ExponentialHistogram(data)) => {
                            times(&data.data_points, |p| p.time_unix_nano)
                        }
                    };
                    let scope = scope.scope.as_ref().map_or("", |scope| &scope.name);
                    points.extend(times.into_iter().map(|time| {
                        format!("{} {scope} {} {time}", resource.schema_url, metric.name)
                    }));
                }
            }
        }
        points
    }

    fn times<P>(points: &[P], time: fn(&P) -> u64) -> Vec<u64> {
        points.iter().map(time).collect()
    }

    #[test]
    fn each_point_is_on_one_side_with_what_describes_it() {
        let whole = points(&request());
        assert_eq!(whole.len(), 15);
        for at in 1..15 {
            let (left, right) = Metrics::cut(request(), at);
            assert_eq!(Metrics::items(&left), at);
            assert_eq!(Metrics::items(&right), 15 - at);
            let both: Vec<String> = [points(&left), points(&right)].concat();
            assert_eq!(both, whole, "{at}");
        }
    }

    #[test]
    fn halving_ends_with_single_points() {
        let (mut open, mut single) = (vec![request()], 0);
        while let Some(request) = open.pop() {
            match Metrics::halves(request) {
                Some((left, right)) => open.extend([left, right]),
                None => single += 1,
            }
        }
        assert_eq!(single, 15);
        assert_eq!(
            Metrics::halves(ExportMetricsServiceRequest::default()),
            None
        );
    }
}
