//! Requests are as large as they may be, and together they are everything.

use caxton_instrument::recorder::Registry;
use opentelemetry_proto::tonic::metrics::v1::{Metric, metric::Data};
use proptest::prelude::*;
use prost::Message as _;

use super::generated::{apply, catalog, shapes, updates};
use super::{Desk, ROOMY, block_on, export, later, metrics, points};
use crate::otlp::metrics::Temporality;
use crate::otlp::metrics::split::Limits;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_request_is_larger_than_it_may_be(
        shapes in shapes(),
        updates in updates(150),
        bytes in 6_000..20_000_usize,
        most in 1..40_usize,
    ) {
        let (catalog, declared) = catalog(&shapes);
        let registry = Registry::new(&catalog);
        apply(&registry, declared, &updates);
        let all = |limits| {
            let desk = Desk::default();
            let mut export = export(&registry, &desk, Temporality::Cumulative, limits);
            assert!(block_on(export.run(later())));
            desk.take()
        };
        let whole = all(ROOMY);
        prop_assert!(whole.len() <= 1);
        for limits in [Limits { bytes, ..ROOMY }, Limits { points: most, ..ROOMY }] {
            let parts = all(limits);
            for part in &parts {
                prop_assert!(part.encoded_len() <= limits.bytes, "{} of {}", part.encoded_len(), limits.bytes);
                prop_assert!(points(part) <= limits.points as u64);
                prop_assert!(points(part) > 0);
            }
            prop_assert_eq!(flat(metrics(&parts)), flat(metrics(&whole)));
            // Two that follow each other would not have gone into one.
            for pair in parts.windows(2) {
                let together = pair[0].encoded_len() + pair[1].encoded_len();
                let count = points(&pair[0]) + points(&pair[1]);
                prop_assert!(together > limits.bytes / 2 || count > limits.points as u64);
            }
        }
    }
}

#[test]
fn what_is_too_large_by_itself_goes_alone() {
    let registry = Registry::new(&catalog(&[]).0);
    metrics::with_local_recorder(&registry, || {
        for name in ["a", "b"] {
            metrics::counter!("jobs_total", "name" => name.repeat(200)).increment(1);
        }
    });
    let desk = Desk::default();
    let limits = Limits {
        bytes: 100,
        ..ROOMY
    };
    assert!(block_on(
        export(&registry, &desk, Temporality::Cumulative, limits).run(later())
    ));
    let parts = desk.take();
    assert_eq!(parts.len(), 2);
    assert!(parts.iter().all(|part| points(part) == 1));
}

/// Each series by itself, without the moment at which it was read.
fn flat<'a>(metrics: impl Iterator<Item = &'a Metric>) -> Vec<String> {
    let mut series = Vec::new();
    for metric in metrics {
        let head = (
            &metric.name,
            &metric.unit,
            &metric.description,
            &metric.metadata,
        );
        let mut push = |text: String| series.push(format!("{head:?} {text}"));
        match metric.data.as_ref().expect("data points") {
            Data::Gauge(data) => data.data_points.iter().for_each(|point| {
                push(format!("{:?} {:?}", point.attributes, point.value));
            }),
            Data::Sum(data) => data.data_points.iter().for_each(|point| {
                let temporality = (data.is_monotonic, data.aggregation_temporality);
                push(format!(
                    "{:?} {:?} {temporality:?}",
                    point.attributes, point.value
                ));
            }),
            Data::Histogram(data) => data.data_points.iter().for_each(|point| {
                push(format!(
                    "{:?} {:?} {:?}",
                    point.attributes, point.bucket_counts, point.sum
                ));
            }),
            Data::ExponentialHistogram(data) => data.data_points.iter().for_each(|point| {
                push(format!(
                    "{:?} {:?} {:?}",
                    point.attributes, point.positive, point.sum
                ));
            }),
            Data::Summary(_) => panic!("no such metric"),
        }
    }
    series
}
