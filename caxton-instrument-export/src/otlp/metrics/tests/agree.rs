//! What is exported, translated into Prometheus by the rules of OpenTelemetry, is
//! what a scrape reads at the same moment: every name, label and count.

use std::collections::BTreeMap;

use caxton_instrument::recorder::Registry;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, ExponentialHistogramDataPoint, HistogramDataPoint, Metric,
    NumberDataPoint, metric::Data, number_data_point,
};
use proptest::prelude::*;

use super::generated::{apply, catalog, shapes, updates};
use super::{Desk, ROOMY, block_on, export, later, metrics};
use crate::exposition::Exposition;
use crate::otlp::metrics::Temporality;

/// A name and its labels, a bucket's bound as a number.
type Sample = (String, BTreeMap<String, String>, Option<u64>);
type Samples = BTreeMap<Sample, f64>;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 96,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn exported_and_scraped_are_the_same(shapes in shapes(), updates in updates(120)) {
        let (catalog, declared) = catalog(&shapes);
        let registry = Registry::new(&catalog);
        apply(&registry, declared, &updates);
        let desk = Desk::default();
        let mut export = export(&registry, &desk, Temporality::Cumulative, ROOMY);
        prop_assert!(block_on(export.run(later())));

        let scraped = parse(&Exposition::new(&catalog, registry.clone()).text());
        let exported = translate(&desk.take());
        prop_assert_eq!(exported, scraped);
    }
}

/// As the specification has it for
/// [OTLP to Prometheus](https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#otlp-metric-points-to-prometheus).
fn translate(requests: &[ExportMetricsServiceRequest]) -> Samples {
    let mut samples = Samples::new();
    for metric in metrics(requests) {
        let name = name(metric);
        match metric.data.as_ref().expect("data points") {
            Data::Gauge(gauge) => gauge
                .data_points
                .iter()
                .for_each(|point| number(&mut samples, &name, point)),
            Data::Sum(sum) => {
                assert_eq!(
                    sum.aggregation_temporality(),
                    AggregationTemporality::Cumulative
                );
                sum.data_points
                    .iter()
                    .for_each(|point| number(&mut samples, &name, point));
            }
            Data::Histogram(histogram) => {
                histogram
                    .data_points
                    .iter()
                    .for_each(|point| classic(&mut samples, &name, point));
            }
            Data::ExponentialHistogram(histogram) => {
                histogram
                    .data_points
                    .iter()
                    .for_each(|point| exponential(&mut samples, &name, point));
            }
            Data::Summary(_) => panic!("no such metric"),
        }
    }
    samples
}

/// With the unit and `_total` appended where they are missing.
fn name(metric: &Metric) -> String {
    let mut tokens: Vec<&str> = metric.name.split('_').collect();
    let unit = match &*metric.unit {
        "s" => "seconds",
        "By" => "bytes",
        "m" => "meters",
        "J" => "joules",
        "g" => "grams",
        "Cel" => "celsius",
        "V" => "volts",
        "A" => "amperes",
        "Hz" => "hertz",
        "1" => "ratio",
        unit => {
            assert!(unit.is_empty() || unit.starts_with('{'), "{unit}");
            ""
        }
    };
    if !unit.is_empty() && !tokens.contains(&unit) {
        tokens.push(unit);
    }
    if matches!(&metric.data, Some(Data::Sum(sum)) if sum.is_monotonic) {
        tokens.retain(|token| *token != "total");
        tokens.push("total");
    }
    tokens.join("_")
}

fn insert(
    samples: &mut Samples,
    name: String,
    labels: &[KeyValue],
    bound: Option<f64>,
    value: f64,
) {
    let labels = labels.iter().map(|label| {
        let Some(any_value::Value::StringValue(value)) =
            label.value.clone().and_then(|value| value.value)
        else {
            panic!("a label is text");
        };
        (label.key.clone(), value)
    });
    let sample = (name, labels.collect(), bound.map(f64::to_bits));
    assert_eq!(samples.insert(sample, value), None, "a series twice");
}

fn number(samples: &mut Samples, name: &str, point: &NumberDataPoint) {
    let value = match point.value.expect("a value") {
        number_data_point::Value::AsInt(value) => value as f64,
        number_data_point::Value::AsDouble(value) => value,
    };
    assert!(point.time_unix_nano >= point.start_time_unix_nano);
    insert(samples, name.to_owned(), &point.attributes, None, value);
}

fn classic(samples: &mut Samples, name: &str, point: &HistogramDataPoint) {
    assert_eq!(point.bucket_counts.len(), point.explicit_bounds.len() + 1);
    assert!(point.start_time_unix_nano > 0);
    let bounds = point.explicit_bounds.iter().copied().chain([f64::INFINITY]);
    let mut cumulative = 0;
    for (bound, count) in bounds.zip(&point.bucket_counts) {
        cumulative += count;
        insert(
            samples,
            format!("{name}_bucket"),
            &point.attributes,
            Some(bound),
            cumulative as f64,
        );
    }
    assert_eq!(cumulative, point.count);
    totals(samples, name, &point.attributes, point.count, point.sum);
}

fn totals(samples: &mut Samples, name: &str, labels: &[KeyValue], count: u64, sum: Option<f64>) {
    insert(samples, format!("{name}_count"), labels, None, count as f64);
    insert(
        samples,
        format!("{name}_sum"),
        labels,
        None,
        sum.expect("a sum"),
    );
}

/// The view that the text format has: bounds are the powers of four. A bucket
/// with index `i` ends at 2^((i + 1) / 8).
fn exponential(samples: &mut Samples, name: &str, point: &ExponentialHistogramDataPoint) {
    assert_eq!(point.scale, 3);
    assert!(point.start_time_unix_nano > 0);
    assert!(point.zero_threshold > 0.0);
    let positive = point.positive.clone().unwrap_or_default();
    let ends = (positive.offset + 1..).map(|end| 2_f64.powf(f64::from(end) / 8.0));
    let buckets: Vec<_> = ends.zip(&positive.bucket_counts).collect();
    let total: u64 = point.zero_count + positive.bucket_counts.iter().sum::<u64>();
    assert_eq!(total, point.count);
    let lowest = point.zero_threshold;
    let bounds = (0..=20)
        .map(|n| lowest * 4_f64.powi(n))
        .chain([f64::INFINITY]);
    for bound in bounds {
        // Ends that are powers of four are exact.
        let upto = buckets
            .iter()
            .filter(|(end, _)| *end <= bound)
            .map(|(_, count)| *count);
        let cumulative = point.zero_count + upto.sum::<u64>();
        insert(
            samples,
            format!("{name}_bucket"),
            &point.attributes,
            Some(bound),
            cumulative as f64,
        );
    }
    totals(samples, name, &point.attributes, point.count, point.sum);
}

fn parse(text: &str) -> Samples {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| sample(line).unwrap_or_else(|| panic!("{line}")))
        .collect()
}

/// `name{label="value",..} number`.
fn sample(line: &str) -> Option<(Sample, f64)> {
    let (series, value) = line.rsplit_once(' ')?;
    let (name, rest) = series.split_once('{').unwrap_or((series, "}"));
    let mut rest = rest.strip_suffix('}')?;
    let mut labels = BTreeMap::new();
    let mut bound = None;
    while let Some((label, after)) = rest.split_once("=\"") {
        let mut value = String::new();
        let mut chars = after.char_indices();
        let end = loop {
            match chars.next()? {
                (at, '"') => break at,
                (_, '\\') => value.push(if chars.as_str().starts_with('n') {
                    chars.next();
                    '\n'
                } else {
                    chars.next()?.1
                }),
                (_, c) => value.push(c),
            }
        };
        if label == "le" {
            bound = Some(value.parse::<f64>().ok()?.to_bits());
        } else {
            labels.insert(label.to_owned(), value);
        }
        rest = after[end + 1..].trim_start_matches(',');
    }
    Some(((name.to_owned(), labels, bound), value.parse().ok()?))
}
