//! Reads the protobuf format through messages derived from their definition,
//! and says what the text format would.

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
    #[prost(message, optional, tag = "15")]
    created: Option<Timestamp>,
}

#[derive(Clone, PartialEq, Message)]
struct Bucket {
    #[prost(uint64, tag = "1")]
    cumulative: u64,
    #[prost(double, tag = "2")]
    bound: f64,
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
            put("_bucket", Some(f64::INFINITY), histogram.count as f64);
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
