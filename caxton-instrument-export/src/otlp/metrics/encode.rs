//! Series to data points
//! ([metrics.proto](https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto)).
//!
//! The name is that of the exposition, `_total` and unit included, as the
//! [compatibility specification](https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-metadata)
//! asks. A translator back into Prometheus appends only what is missing, so that
//! the name comes back as it is scraped.

use std::time::{SystemTime, UNIX_EPOCH};

use caxton_instrument::recorder::{Family, LabelText, Series, Value};
use caxton_instrument::{MetricKind, NativeBuckets, exemplar};
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, Exemplar, ExponentialHistogram, ExponentialHistogramDataPoint, Gauge,
    Histogram, HistogramDataPoint, Metric, NumberDataPoint, Sum, exemplar as exemplar_value,
    exponential_histogram_data_point::Buckets, metric::Data, number_data_point,
};

use crate::ucum::ucum;

/// The key by which a translator back into Prometheus knows a type that OTLP has
/// not.
const PROMETHEUS_TYPE: &str = "prometheus.type";

/// One data point, of the type of its metric.
pub(super) enum Point {
    Number(NumberDataPoint),
    Histogram(HistogramDataPoint),
    Exponential(ExponentialHistogramDataPoint),
}

/// When a data point is from, in nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// What it counts began then; 0 for what does not count.
    pub(super) start: u64,
    /// It was read then.
    pub(super) time: u64,
}

/// A metric without data points; `None` for a type that came after these.
pub(super) fn metric(family: &Family, temporality: AggregationTemporality) -> Option<Metric> {
    let kind = family.kind();
    let mut metadata = Vec::new();
    let data = match kind {
        MetricKind::Counter => Data::Sum(Sum {
            data_points: Vec::new(),
            aggregation_temporality: temporality.into(),
            is_monotonic: true,
        }),
        MetricKind::Gauge => Data::Gauge(Gauge::default()),
        // As the compatibility specification has it: it may be summed up. Such a
        // sum is cumulative whatever the others are.
        MetricKind::Info => {
            metadata.push(attribute(PROMETHEUS_TYPE, String::from("info")));
            Data::Sum(Sum {
                data_points: Vec::new(),
                aggregation_temporality: AggregationTemporality::Cumulative.into(),
                is_monotonic: false,
            })
        }
        MetricKind::Histogram if family.native().is_some() => {
            Data::ExponentialHistogram(ExponentialHistogram {
                data_points: Vec::new(),
                aggregation_temporality: temporality.into(),
            })
        }
        MetricKind::Histogram => Data::Histogram(Histogram {
            data_points: Vec::new(),
            aggregation_temporality: temporality.into(),
        }),
        _ => return None,
    };
    let counts = family.is_declared() && kind != MetricKind::Info;
    Some(Metric {
        name: String::from(family.name()),
        description: String::from(family.help()),
        unit: ucum(family.unit(), family.name(), counts).into_owned(),
        metadata,
        data: Some(data),
    })
}

/// What a series reads, or by how much that grew.
pub(super) fn point(
    series: &Series<'_>,
    native: Option<NativeBuckets>,
    value: &Value,
    span: Span,
    exemplars: &[Option<exemplar::Exemplar>],
) -> Option<Point> {
    let exemplars = exemplars
        .iter()
        .flatten()
        .map(|found| (nanos(found.at), found))
        // Those of an interval before were shown with it.
        .filter(|(at, _)| *at >= span.start)
        .map(|(at, found)| exemplar(at, found))
        .collect();
    let attributes = attributes(series);
    Some(match value {
        Value::Counter(total) => Point::Number(NumberDataPoint {
            value: Some(whole(*total)),
            exemplars,
            ..number(attributes, span)
        }),
        Value::FloatCounter(value) | Value::Gauge(value) => Point::Number(NumberDataPoint {
            value: Some(number_data_point::Value::AsDouble(*value)),
            ..number(attributes, span)
        }),
        Value::Histogram(value) => {
            let (count, sum) = (value.count(), Some(value.sum));
            match native {
                Some(native) => Point::Exponential(ExponentialHistogramDataPoint {
                    attributes,
                    start_time_unix_nano: span.start,
                    time_unix_nano: span.time,
                    count,
                    sum,
                    exemplars,
                    ..exponential(native, &value.buckets)
                }),
                None => Point::Histogram(HistogramDataPoint {
                    attributes,
                    start_time_unix_nano: span.start,
                    time_unix_nano: span.time,
                    count,
                    sum,
                    bucket_counts: value.buckets.clone(),
                    explicit_bounds: series.bounds().to_vec(),
                    exemplars,
                    ..HistogramDataPoint::default()
                }),
            }
        }
        _ => return None,
    })
}

fn number(attributes: Vec<KeyValue>, span: Span) -> NumberDataPoint {
    NumberDataPoint {
        attributes,
        start_time_unix_nano: span.start,
        time_unix_nano: span.time,
        ..NumberDataPoint::default()
    }
}

/// To the last count; a double is only for what no integer of the format holds.
fn whole(total: u64) -> number_data_point::Value {
    match i64::try_from(total) {
        Ok(total) => number_data_point::Value::AsInt(total),
        Err(_) => number_data_point::Value::AsDouble(total as f64),
    }
}

/// The buckets of a native histogram.
///
/// Both forms have the boundaries 2^(i * 2^-scale), and a sample on a boundary
/// in the bucket below it. They differ in what a bucket is called: of Prometheus
/// the one with the index `i` ends at boundary `i`, of OTLP it begins there
/// ([OTLP](https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram),
/// [Prometheus](https://prometheus.io/docs/specs/native_histograms/#standard-schemas)).
fn exponential(native: NativeBuckets, buckets: &[u64]) -> ExponentialHistogramDataPoint {
    let (zero_count, above) = buckets
        .split_first()
        .map_or((0, &[][..]), |(zero, above)| (*zero, above));
    let first = above.iter().position(|count| *count > 0);
    let last = above.iter().rposition(|count| *count > 0);
    let positive = first.zip(last).map(|(first, last)| Buckets {
        offset: native.first_index() - 1 + i32::try_from(first).unwrap_or(i32::MAX),
        bucket_counts: above[first..=last].to_vec(),
    });
    ExponentialHistogramDataPoint {
        scale: native.schema(),
        zero_count,
        zero_threshold: native.zero_threshold(),
        positive,
        ..ExponentialHistogramDataPoint::default()
    }
}

fn exemplar(at: u64, found: &exemplar::Exemplar) -> Exemplar {
    Exemplar {
        filtered_attributes: Vec::new(),
        time_unix_nano: at,
        span_id: found.trace.span_id.to_vec(),
        trace_id: found.trace.trace_id.to_vec(),
        value: Some(exemplar_value::Value::AsDouble(found.value)),
    }
}

fn attributes(series: &Series<'_>) -> Vec<KeyValue> {
    series
        .labels()
        .map(|(name, value)| attribute(name, text(value)))
        .collect()
}

fn text(value: LabelText<'_>) -> String {
    let mut text = String::with_capacity(value.escaped().len());
    text.extend(value.pieces());
    text
}

fn attribute(key: &str, value: String) -> KeyValue {
    KeyValue {
        key: String::from(key),
        value: Some(AnyValue {
            value: Some(any_value::Value::StringValue(value)),
        }),
        ..KeyValue::default()
    }
}

/// In nanoseconds since 1970, of which the format has enough for five hundred
/// years.
pub(super) fn nanos(moment: SystemTime) -> u64 {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
