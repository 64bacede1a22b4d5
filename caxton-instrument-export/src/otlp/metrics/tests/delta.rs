//! Differences add up to the totals, whatever is lost on the way.

use std::collections::BTreeMap;
use std::time::Duration;

use caxton_instrument::recorder::{IdleEviction, Registry};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, metric::Data, number_data_point,
};
use proptest::prelude::*;

use super::generated::{apply, catalog, shapes, updates};
use super::{Desk, Fate, ROOMY, block_on, export, later, metrics};
use crate::otlp::metrics::Temporality;
use crate::otlp::metrics::split::Limits;

/// What a back end that adds up has of a series.
#[derive(Debug, Clone, Default, PartialEq)]
struct Received {
    /// By bucket index; of a counter one, of an exponential histogram by its
    /// index, and `i32::MIN` for the zero bucket.
    counts: BTreeMap<i32, u64>,
    sum: f64,
    until: u64,
}

/// Series by metric and labels.
#[derive(Debug, Default)]
struct BackEnd(BTreeMap<String, Received>);

impl BackEnd {
    fn take(
        &mut self,
        requests: &[ExportMetricsServiceRequest],
        temporality: AggregationTemporality,
    ) {
        for metric in metrics(requests) {
            let mut add = |labels: &[KeyValue],
                           (start, time): (u64, u64),
                           counts: &[(i32, u64)],
                           sum: f64| {
                let key = format!("{} {labels:?}", metric.name);
                let known = self.0.contains_key(&key);
                let series = self.0.entry(key).or_default();
                assert!(start <= time);
                if temporality == AggregationTemporality::Delta && known {
                    assert_eq!(start, series.until, "no gap, and nothing twice");
                }
                series.until = time;
                for (bucket, count) in counts.iter().filter(|(_, count)| *count > 0) {
                    *series.counts.entry(*bucket).or_default() += count;
                }
                series.sum += sum;
            };
            match metric.data.as_ref().expect("data points") {
                Data::Sum(data) if data.is_monotonic => {
                    assert_eq!(data.aggregation_temporality(), temporality);
                    for point in &data.data_points {
                        let Some(number_data_point::Value::AsInt(value)) = point.value else {
                            panic!("{point:?}");
                        };
                        let span = (point.start_time_unix_nano, point.time_unix_nano);
                        add(&point.attributes, span, &[(0, value.unsigned_abs())], 0.0);
                    }
                }
                Data::Sum(data) => {
                    assert_eq!(
                        data.aggregation_temporality(),
                        AggregationTemporality::Cumulative
                    );
                }
                Data::Histogram(data) => {
                    assert_eq!(data.aggregation_temporality(), temporality);
                    for point in &data.data_points {
                        let counts: Vec<_> =
                            (0..).zip(point.bucket_counts.iter().copied()).collect();
                        assert_eq!(point.count, point.bucket_counts.iter().sum::<u64>());
                        let span = (point.start_time_unix_nano, point.time_unix_nano);
                        add(&point.attributes, span, &counts, point.sum.expect("a sum"));
                    }
                }
                Data::ExponentialHistogram(data) => {
                    assert_eq!(data.aggregation_temporality(), temporality);
                    for point in &data.data_points {
                        let positive = point.positive.clone().unwrap_or_default();
                        let mut counts: Vec<_> =
                            (positive.offset..).zip(positive.bucket_counts).collect();
                        counts.push((i32::MIN, point.zero_count));
                        let span = (point.start_time_unix_nano, point.time_unix_nano);
                        add(&point.attributes, span, &counts, point.sum.expect("a sum"));
                    }
                }
                Data::Gauge(_) => {}
                Data::Summary(_) => panic!("no such metric"),
            }
        }
    }
}

fn fates() -> impl Strategy<Value = Vec<Fate>> {
    let fate = prop::sample::select(vec![Fate::Accept, Fate::Lose, Fate::Lose]);
    prop::collection::vec(fate, 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_lost_comes_with_the_next_one(
        shapes in shapes(),
        rounds in prop::collection::vec((updates(40), fates()), 1..5),
        most in prop_oneof![Just(8_192_usize), 1..10_usize],
    ) {
        let (catalog, declared) = catalog(&shapes);
        let registry = Registry::new(&catalog);
        let desk = Desk::default();
        let limits = Limits { points: most, ..ROOMY };
        let mut differences = export(&registry, &desk, Temporality::Delta, limits);
        let mut added = BackEnd::default();
        for (updates, fates) in &rounds {
            apply(&registry, declared, updates);
            desk.next(fates.iter().copied());
            block_on(differences.run(later()));
            added.take(&desk.take(), AggregationTemporality::Delta);
        }
        desk.0.lock().unwrap().fates.clear();
        prop_assert!(block_on(differences.run(later())));
        added.take(&desk.take(), AggregationTemporality::Delta);

        let mut totals = BackEnd::default();
        let mut export = export(&registry, &desk, Temporality::Cumulative, ROOMY);
        prop_assert!(block_on(export.run(later())));
        totals.take(&desk.take(), AggregationTemporality::Cumulative);
        prop_assert_eq!(added.0.len(), totals.0.len());
        prop_assert_eq!(differences.remembered(), totals.0.len());
        for (key, total) in &totals.0 {
            let added = &added.0[key];
            prop_assert_eq!(&added.counts, &total.counts, "{}", key);
            let near = (added.sum - total.sum).abs() <= 1e-9 * total.sum.abs().max(1e15);
            prop_assert!(near, "{} {} {}", key, added.sum, total.sum);
        }
    }
}

fn jobs(registry: &Registry, name: &'static str, n: u64) {
    metrics::with_local_recorder(registry, || {
        metrics::counter!("jobs_total", "name" => name).increment(n);
    });
}

/// Values by the last label, and the span of each.
fn sums(requests: &[ExportMetricsServiceRequest]) -> Vec<(i64, u64, u64)> {
    let mut sums = Vec::new();
    for metric in metrics(requests) {
        if let Some(Data::Sum(data)) = &metric.data {
            sums.extend(data.data_points.iter().map(|point| match point.value {
                Some(number_data_point::Value::AsInt(value)) => {
                    (value, point.start_time_unix_nano, point.time_unix_nano)
                }
                _ => panic!("{point:?}"),
            }));
        }
    }
    sums
}

#[test]
fn what_does_not_change_is_left_out() {
    let registry = Registry::new(&catalog(&[]).0);
    let desk = Desk::default();
    let mut export = export(&registry, &desk, Temporality::Delta, ROOMY);
    jobs(&registry, "idle", 0);
    jobs(&registry, "busy", 2);
    assert!(block_on(export.run(later())));
    let values: Vec<_> = sums(&desk.take()).iter().map(|sum| sum.0).collect();
    assert_eq!(values, [2, 0], "a new series is shown, also at 0");
    jobs(&registry, "busy", 3);
    assert!(block_on(export.run(later())));
    let second = sums(&desk.take());
    assert_eq!(second.len(), 1);
    assert_eq!(second[0].0, 3);
    assert!(block_on(export.run(later())));
    assert!(desk.take().is_empty(), "nothing to say, no request");
}

/// Of a request of which a part arrived nothing comes twice: the lost part is
/// counted, and lost.
#[test]
fn half_of_a_request_is_not_sent_again() {
    let registry = Registry::new(&catalog(&[]).0);
    let desk = Desk::default();
    let mut export = export(&registry, &desk, Temporality::Delta, ROOMY);
    jobs(&registry, "a", 2);
    jobs(&registry, "b", 2);
    desk.next([Fate::Halve]);
    assert!(!block_on(export.run(later())));
    jobs(&registry, "b", 1);
    assert!(block_on(export.run(later())));
    let values: Vec<_> = sums(&desk.take()).iter().map(|sum| sum.0).collect();
    assert_eq!(values, [1]);
}

#[test]
fn a_series_that_begins_anew_begins_at_nothing_and_one_that_is_gone_is_forgotten() {
    let eviction = IdleEviction::after(Duration::from_millis(30));
    let registry = Registry::with_idle_eviction(&catalog(&[]).0, eviction);
    let desk = Desk::default();
    let mut export = export(&registry, &desk, Temporality::Delta, ROOMY);
    // On a thread that ends: it remembers what it registered.
    let count = |n| {
        std::thread::scope(|scope| scope.spawn(|| jobs(&registry, "a", n)).join().unwrap());
    };
    count(5);
    assert!(block_on(export.run(later())));
    let first = sums(&desk.take());
    assert_eq!(first[0].0, 5);
    assert_eq!(export.remembered(), 1);
    for _ in 0..3 {
        std::thread::sleep(Duration::from_millis(40));
        block_on(export.run(later()));
    }
    assert_eq!(export.remembered(), 0, "evicted");
    count(2);
    assert!(block_on(export.run(later())));
    let second = sums(&desk.take());
    assert_eq!(second[0].0, 2, "not less than before");
    assert!(second[0].1 > first[0].2, "it began later: {second:?}");
}

/// An idle series is not shown, yet it keeps what it counted.
#[test]
fn a_series_that_was_idle_goes_on_where_it_was() {
    let eviction = IdleEviction::after(Duration::from_millis(30));
    let registry = Registry::with_idle_eviction(&catalog(&[]).0, eviction);
    let desk = Desk::default();
    let mut export = export(&registry, &desk, Temporality::Delta, ROOMY);
    let kept = metrics::with_local_recorder(&registry, || metrics::counter!("jobs_total"));
    kept.increment(5);
    assert!(block_on(export.run(later())));
    let first = sums(&desk.take());
    for _ in 0..3 {
        std::thread::sleep(Duration::from_millis(40));
        block_on(export.run(later()));
    }
    assert!(registry.families().is_empty(), "idle");
    kept.increment(1);
    assert!(block_on(export.run(later())));
    let second = sums(&desk.take());
    assert_eq!((first[0].0, second[0].0), (5, 1));
    assert_eq!(first[0].2, second[0].1);
}
