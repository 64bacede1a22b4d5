//! The [protobuf format](https://prometheus.io/docs/instrumenting/exposition_formats/#protobuf-format):
//! `io.prometheus.client.MetricFamily`, each led by its length.
//!
//! Written field by field: messages as structures would copy every label of
//! every series for each scrape.

use std::time::{SystemTime, UNIX_EPOCH};

use caxton_instrument::MetricKind;
use caxton_instrument::exemplar::Exemplar;
use caxton_instrument::recorder::{HistogramValue, LabelText, Series, Value};
use prost::encoding::{
    WireType, double, encode_key, encode_varint, encoded_len_varint, int32, int64, key_len, uint64,
};

use super::names::Names;
use super::native;
use super::spelling::{Families, Shown};

/// The numbers of the fields, by message, as in
/// [metrics.proto](https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto).
mod tag {
    pub(super) mod family {
        pub(in super::super) const NAME: u32 = 1;
        pub(in super::super) const HELP: u32 = 2;
        pub(in super::super) const TYPE: u32 = 3;
        pub(in super::super) const METRIC: u32 = 4;
        pub(in super::super) const UNIT: u32 = 5;
    }
    pub(super) mod metric {
        pub(in super::super) const LABEL: u32 = 1;
        pub(in super::super) const GAUGE: u32 = 2;
        pub(in super::super) const COUNTER: u32 = 3;
        pub(in super::super) const HISTOGRAM: u32 = 7;
    }
    pub(super) mod label {
        pub(in super::super) const NAME: u32 = 1;
        pub(in super::super) const VALUE: u32 = 2;
    }
    /// Of a gauge and a counter.
    pub(super) const VALUE: u32 = 1;
    pub(super) const COUNTER_EXEMPLAR: u32 = 2;
    pub(super) const COUNTER_CREATED: u32 = 3;
    pub(super) mod histogram {
        pub(in super::super) const COUNT: u32 = 1;
        pub(in super::super) const SUM: u32 = 2;
        pub(in super::super) const BUCKET: u32 = 3;
        pub(in super::super) const CREATED: u32 = 15;
        /// Of the native part.
        pub(in super::super) const EXEMPLARS: u32 = 16;
    }
    pub(super) mod bucket {
        pub(in super::super) const CUMULATIVE: u32 = 1;
        pub(in super::super) const BOUND: u32 = 2;
        pub(in super::super) const EXEMPLAR: u32 = 3;
    }
    pub(super) mod exemplar {
        pub(in super::super) const LABEL: u32 = 1;
        pub(in super::super) const VALUE: u32 = 2;
        pub(in super::super) const TIMESTAMP: u32 = 3;
    }
    pub(super) mod timestamp {
        pub(in super::super) const SECONDS: u32 = 1;
        pub(in super::super) const NANOS: u32 = 2;
    }
}

pub(super) fn encode(families: &Families, out: &mut Vec<u8>) {
    let mut histogram = Value::Histogram(HistogramValue {
        buckets: Vec::new(),
        sum: 0.0,
    });
    let mut number = Value::Counter(0);
    let mut exemplars = Vec::new();
    for shown in families.iter() {
        let family = shown.family;
        let (kind, value) = match family.kind() {
            MetricKind::Counter => (0, &mut number),
            // The format has no info: a gauge that is 1.
            MetricKind::Gauge | MetricKind::Info => (1, &mut number),
            MetricKind::Histogram => (4, &mut histogram),
            _ => continue,
        };
        led_by_length(out, |out| {
            text(out, tag::family::NAME, shown.name());
            if !family.help().is_empty() {
                text(out, tag::family::HELP, family.help());
            }
            int32::encode(tag::family::TYPE, &kind, out);
            for series in family.series().filter(|series| shown.has(series)) {
                // Before the value, which then counts their samples.
                series.exemplars(&mut exemplars);
                series.read(value);
                message(out, tag::family::METRIC, |out| {
                    metric(out, shown, &series, value, &exemplars);
                });
            }
            let unit = Names::of(shown.name(), family.kind()).unit(family.unit());
            // In a counter's name it stands before `_total`, where readers of
            // this format know it too.
            if let Some(unit) = unit {
                text(out, tag::family::UNIT, unit);
            }
        });
    }
}

fn metric(
    out: &mut Vec<u8>,
    shown: Shown<'_>,
    series: &Series<'_>,
    value: &mut Value,
    exemplars: &[Option<Exemplar>],
) {
    for (name, value) in series.labels() {
        label(out, shown.label(name), value);
    }
    match value {
        Value::Counter(total) => message(out, tag::metric::COUNTER, |out| {
            double::encode(tag::VALUE, &(*total as f64), out);
            for exemplar in exemplars.iter().flatten() {
                write_exemplar(out, tag::COUNTER_EXEMPLAR, exemplar);
            }
            timestamp(out, tag::COUNTER_CREATED, series.created());
        }),
        Value::FloatCounter(total) => message(out, tag::metric::COUNTER, |out| {
            double::encode(tag::VALUE, total, out);
            timestamp(out, tag::COUNTER_CREATED, series.created());
        }),
        Value::Gauge(value) => message(out, tag::metric::GAUGE, |out| {
            double::encode(tag::VALUE, value, out);
        }),
        Value::Histogram(value) => message(out, tag::metric::HISTOGRAM, |out| {
            uint64::encode(tag::histogram::COUNT, &value.count(), out);
            double::encode(tag::histogram::SUM, &value.sum, out);
            let bounds = match shown.family.native() {
                Some(native) => {
                    native::encode(native, &value.buckets, out);
                    for exemplar in exemplars.iter().flatten() {
                        write_exemplar(out, tag::histogram::EXEMPLARS, exemplar);
                    }
                    native.group(&mut value.buckets);
                    native.classic_bounds()
                }
                None => series.bounds(),
            };
            let mut cumulative = 0;
            let mut exemplars = exemplars.iter();
            for (bound, bucket) in bounds.iter().chain([&f64::INFINITY]).zip(&value.buckets) {
                cumulative += bucket;
                let exemplar = exemplars.next().and_then(Option::as_ref);
                if bound.is_infinite() && exemplar.is_none() {
                    // It is the count.
                    break;
                }
                message(out, tag::histogram::BUCKET, |out| {
                    uint64::encode(tag::bucket::CUMULATIVE, &cumulative, out);
                    double::encode(tag::bucket::BOUND, bound, out);
                    if let Some(exemplar) = exemplar {
                        write_exemplar(out, tag::bucket::EXEMPLAR, exemplar);
                    }
                });
            }
            timestamp(out, tag::histogram::CREATED, series.created());
        }),
        _ => {}
    }
}

fn label(out: &mut Vec<u8>, name: &str, value: LabelText<'_>) {
    let escaped = value.escaped();
    if !escaped.contains('\\') {
        // As it is kept, so that the length is known.
        let length = text_len(tag::label::NAME, name) + text_len(tag::label::VALUE, escaped);
        encode_key(tag::metric::LABEL, WireType::LengthDelimited, out);
        encode_varint(length as u64, out);
        text(out, tag::label::NAME, name);
        text(out, tag::label::VALUE, escaped);
        return;
    }
    message(out, tag::metric::LABEL, |out| {
        text(out, tag::label::NAME, name);
        message(out, tag::label::VALUE, |out| {
            value
                .pieces()
                .for_each(|piece| out.extend_from_slice(piece.as_bytes()));
        });
    });
}

fn write_exemplar(out: &mut Vec<u8>, tag: u32, exemplar: &Exemplar) {
    let trace = exemplar.trace;
    message(out, tag, |out| {
        for (name, value) in [
            ("trace_id", &*trace.trace_id_hex()),
            ("span_id", &*trace.span_id_hex()),
        ] {
            message(out, tag::exemplar::LABEL, |out| {
                text(out, tag::label::NAME, name);
                text(out, tag::label::VALUE, value);
            });
        }
        double::encode(tag::exemplar::VALUE, &exemplar.value, out);
        timestamp(out, tag::exemplar::TIMESTAMP, exemplar.at);
    });
}

fn timestamp(out: &mut Vec<u8>, tag: u32, moment: SystemTime) {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    message(out, tag, |out| {
        let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
        int64::encode(tag::timestamp::SECONDS, &seconds, out);
        let nanos = i32::try_from(since.subsec_nanos()).unwrap_or_default();
        int32::encode(tag::timestamp::NANOS, &nanos, out);
    });
}

fn text(out: &mut Vec<u8>, tag: u32, text: &str) {
    encode_key(tag, WireType::LengthDelimited, out);
    encode_varint(text.len() as u64, out);
    out.extend_from_slice(text.as_bytes());
}

/// What [`text`] takes.
fn text_len(tag: u32, text: &str) -> usize {
    key_len(tag) + encoded_len_varint(text.len() as u64) + text.len()
}

/// A message within a message.
pub(super) fn message(out: &mut Vec<u8>, tag: u32, write: impl FnOnce(&mut Vec<u8>)) {
    encode_key(tag, WireType::LengthDelimited, out);
    led_by_length(out, write);
}

/// The length is known at the end and stands in front: written behind, then
/// moved, which needs no memory of its own.
fn led_by_length(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    write(out);
    let end = out.len();
    encode_varint((end - start) as u64, out);
    let length = out.len() - end;
    out[start..].rotate_right(length);
}
