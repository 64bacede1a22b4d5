//! Reads the protobuf format through messages derived from their definition,
//! and says what the text format would, and what only this one can.
#![allow(dead_code, reason = "each test reads what it is about")]

use std::collections::BTreeMap;

use prost::Message;

use crate::parsed::{Parsed, Sample};

#[derive(Clone, PartialEq, Message)]
struct MetricFamily {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    help: String,
    #[prost(int32, tag = "3")]
    kind: i32,
    #[prost(message, repeated, tag = "4")]
    metric: Vec<Metric>,
    #[prost(string, tag = "5")]
    unit: String,
}

#[derive(Clone, PartialEq, Message)]
struct Metric {
    #[prost(message, repeated, tag = "1")]
    label: Vec<LabelPair>,
    #[prost(message, optional, tag = "2")]
    gauge: Option<Gauge>,
    #[prost(message, optional, tag = "3")]
    counter: Option<Counter>,
    #[prost(message, optional, tag = "7")]
    histogram: Option<Histogram>,
}

#[derive(Clone, PartialEq, Message)]
struct LabelPair {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    value: String,
}

#[derive(Clone, PartialEq, Message)]
struct Gauge {
    #[prost(double, tag = "1")]
    value: f64,
}

#[derive(Clone, PartialEq, Message)]
struct Counter {
    #[prost(double, tag = "1")]
    value: f64,
    #[prost(message, optional, tag = "2")]
    exemplar: Option<Exemplar>,
    #[prost(message, optional, tag = "3")]
    created: Option<Timestamp>,
}

#[derive(Clone, PartialEq, Message)]
struct Histogram {
    #[prost(uint64, tag = "1")]
    count: u64,
    #[prost(double, tag = "2")]
    sum: f64,
    #[prost(message, repeated, tag = "3")]
    bucket: Vec<Bucket>,
    #[prost(sint32, optional, tag = "5")]
    schema: Option<i32>,
    #[prost(double, optional, tag = "6")]
    zero_threshold: Option<f64>,
    #[prost(uint64, optional, tag = "7")]
    zero_count: Option<u64>,
    #[prost(message, repeated, tag = "12")]
    positive_span: Vec<Span>,
    #[prost(sint64, repeated, tag = "13")]
    positive_delta: Vec<i64>,
    #[prost(message, optional, tag = "15")]
    created: Option<Timestamp>,
    #[prost(message, repeated, tag = "16")]
    exemplars: Vec<Exemplar>,
}

#[derive(Clone, PartialEq, Message)]
struct Exemplar {
    #[prost(message, repeated, tag = "1")]
    label: Vec<LabelPair>,
    #[prost(double, tag = "2")]
    value: f64,
    #[prost(message, optional, tag = "3")]
    timestamp: Option<Timestamp>,
}

#[derive(Clone, PartialEq, Message)]
struct Span {
    #[prost(sint32, tag = "1")]
    offset: i32,
    #[prost(uint32, tag = "2")]
    length: u32,
}

#[derive(Clone, PartialEq, Message)]
struct Bucket {
    #[prost(uint64, tag = "1")]
    cumulative: u64,
    #[prost(double, tag = "2")]
    bound: f64,
    #[prost(message, optional, tag = "3")]
    exemplar: Option<Exemplar>,
}

#[derive(Clone, PartialEq, Message)]
struct Timestamp {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}

/// What the bytes say.
pub(crate) fn parse(mut bytes: &[u8]) -> Parsed {
    let mut parsed = Parsed {
        types: BTreeMap::new(),
        helps: BTreeMap::new(),
        samples: BTreeMap::new(),
    };
    while !bytes.is_empty() {
        let family = MetricFamily::decode_length_delimited(&mut bytes).expect("a family");
        assert!(!family.metric.is_empty(), "{}", family.name);
        assert!(
            family.unit.is_empty() || family.name.contains(&family.unit),
            "{}",
            family.unit
        );
        let kind = ["counter", "gauge", "", "", "histogram"]
            [usize::try_from(family.kind).expect("a type")];
        let before = parsed.types.insert(family.name.clone(), kind.to_owned());
        assert_eq!(before, None);
        if !family.help.is_empty() {
            parsed
                .helps
                .insert(family.name.clone(), family.help.clone());
        }
        for metric in &family.metric {
            take(&mut parsed, &family.name, metric);
        }
    }
    parsed
}

/// The native part of a histogram.
#[derive(Debug, PartialEq)]
pub(crate) struct Native {
    pub(crate) schema: i32,
    pub(crate) zero_threshold: f64,
    pub(crate) zero_count: u64,
    /// Counts by index, also the empty ones within spans.
    pub(crate) buckets: BTreeMap<i32, u64>,
    /// How many spans there are.
    pub(crate) spans: usize,
}

/// The native parts of one family, a series each, if it has any.
pub(crate) fn native(mut bytes: &[u8], name: &str) -> Vec<Native> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let family = MetricFamily::decode_length_delimited(&mut bytes).expect("a family");
        for metric in &family.metric {
            let native = metric.histogram.as_ref().and_then(native_part);
            found.extend(native.filter(|_| family.name == name));
        }
    }
    found
}

/// As a reader works it out: offsets and differences add up.
fn native_part(histogram: &Histogram) -> Option<Native> {
    let Some(schema) = histogram.schema else {
        assert_eq!(histogram.zero_threshold, None);
        assert_eq!(histogram.zero_count, None);
        assert_eq!(histogram.positive_span, []);
        assert_eq!(histogram.positive_delta, [0; 0]);
        return None;
    };
    let mut deltas = histogram.positive_delta.iter();
    let (mut index, mut count) = (0, 0);
    let mut buckets = BTreeMap::new();
    for span in &histogram.positive_span {
        index += span.offset;
        for _ in 0..span.length {
            count += deltas.next().expect("a count for each bucket");
            let before = buckets.insert(index, u64::try_from(count).expect("not below zero"));
            assert_eq!(before, None);
            index += 1;
        }
    }
    assert_eq!(deltas.next(), None);
    Some(Native {
        schema,
        zero_threshold: histogram.zero_threshold.expect("what is native says it"),
        zero_count: histogram.zero_count.expect("what is native says it"),
        buckets,
        spans: histogram.positive_span.len(),
    })
}

/// Exemplars: the bound of the bucket they stand at, their labels and values.
#[derive(Debug)]
pub(crate) struct Exemplars(Vec<(Option<f64>, String, f64)>);

impl Exemplars {
    pub(crate) fn places(&self) -> Vec<(Option<f64>, f64)> {
        let places = self.0.iter().map(|(bound, _, value)| (*bound, *value));
        places.collect()
    }

    pub(crate) fn all_are(&self, labels: &str) -> bool {
        self.0.iter().all(|(_, found, _)| found == labels)
    }
}

/// All exemplars, in order, labels as OpenMetrics writes them.
pub(crate) fn exemplars(mut bytes: &[u8]) -> Exemplars {
    let mut found = Vec::new();
    let mut take = |bound: Option<f64>, exemplar: &Exemplar| {
        assert_recent(exemplar.timestamp.as_ref());
        let labels = exemplar.label.iter();
        let labels: Vec<_> = labels
            .map(|label| format!("{}=\"{}\"", label.name, label.value))
            .collect();
        found.push((bound, format!("{{{}}}", labels.join(",")), exemplar.value));
    };
    while !bytes.is_empty() {
        let family = MetricFamily::decode_length_delimited(&mut bytes).expect("a family");
        for metric in &family.metric {
            let counter = metric.counter.iter();
            for exemplar in counter.filter_map(|counter| counter.exemplar.as_ref()) {
                take(None, exemplar);
            }
            let Some(histogram) = &metric.histogram else {
                continue;
            };
            for bucket in &histogram.bucket {
                if let Some(exemplar) = &bucket.exemplar {
                    take(Some(bucket.bound), exemplar);
                }
            }
            for exemplar in &histogram.exemplars {
                take(None, exemplar);
            }
        }
    }
    Exemplars(found)
}

fn take(parsed: &mut Parsed, family: &str, metric: &Metric) {
    let mut put = |suffix: &str, le: Option<f64>, value: f64| {
        let mut labels: BTreeMap<_, _> = metric
            .label
            .iter()
            .map(|label| (label.name.clone(), label.value.clone()))
            .collect();
        labels.extend(le.map(|le| ("le".to_owned(), le.to_string())));
        let name = format!("{family}{suffix}");
        let before = parsed.samples.insert(Sample { name, labels }, value);
        assert_eq!(before, None);
    };
    match (&metric.gauge, &metric.counter, &metric.histogram) {
        (Some(gauge), None, None) => put("", None, gauge.value),
        (None, Some(counter), None) => {
            assert_recent(counter.created.as_ref());
            put("", None, counter.value);
        }
        (None, None, Some(histogram)) => {
            assert_recent(histogram.created.as_ref());
            for bucket in &histogram.bucket {
                put("_bucket", Some(bucket.bound), bucket.cumulative as f64);
            }
            // Only there for its exemplar.
            match histogram
                .bucket
                .last()
                .filter(|last| last.bound.is_infinite())
            {
                Some(last) => {
                    assert_eq!(last.cumulative, histogram.count);
                    assert!(last.exemplar.is_some());
                }
                None => put("_bucket", Some(f64::INFINITY), histogram.count as f64),
            }
            put("_sum", None, histogram.sum);
            put("_count", None, histogram.count as f64);
        }
        _ => panic!("{metric:?}"),
    }
}

fn assert_recent(created: Option<&Timestamp>) {
    let created = created.expect("a moment");
    // After 2020, so that neither field stands for the other.
    assert!(created.seconds > 1_577_836_800, "{created:?}");
    assert!((0..1_000_000_000).contains(&created.nanos), "{created:?}");
}
