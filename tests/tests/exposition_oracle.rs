//! Our text and that of metrics-exporter-prometheus, read back, are equal for
//! the same updates.
//!
//! Sums of samples may differ in the last bits, since each side adds them up in
//! another order: up to one part in a thousand million.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod parsed;
mod protobuf;

use std::collections::BTreeMap;
use std::sync::Arc;

use caxton_instrument::prelude::*;
use caxton_instrument::recorder::Registry;
use caxton_instrument::{Catalog, DEFAULT_SECONDS_BUCKETS, MetricKind, SharedRecorder};
use caxton_instrument_export::exposition::{Escaping, Exposition, Format, Representation};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use parsed::{Parsed, Sample};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

#[derive(LabelValue, Clone, Copy, Debug)]
enum Line {
    Inner,
    Outer,
}

#[derive(LabelSet)]
struct Stop {
    line: Line,
    #[label(max_values = 5)]
    name: Text,
}

/// Trams.
#[derive(MetricSet)]
#[metric_set(namespace = "tram", labels(town = "Ulm"))]
struct Trams {
    /// Passengers that got on.
    boarded: Counter<Stop>,
    /// Passengers on board.
    aboard: Gauge<Stop>,
    /// Time at a stop.
    #[metric(unit = seconds, buckets = [0.5, 1.0, 30.0, 2_000_000.0])]
    stop_duration: Histogram<Stop>,
    /// Time from one stop to the next.
    #[metric(unit = seconds, native)]
    ride_duration: Histogram<Stop>,
    /// Trams on the rails.
    running: Gauge,
}

/// One update, of a declared metric or through the macros of `metrics`.
#[derive(Debug, Clone)]
enum Update {
    Boarded(Line, String, u64),
    SetAboard(Line, String, f64),
    AddAboard(Line, String, f64),
    Stopped(Line, String, f64),
    Running(i32),
    Counter(usize, Vec<(usize, String)>, u64),
    Gauge(usize, Vec<(usize, String)>, f64),
    Histogram(usize, Vec<(usize, String)>, f64),
}

/// Names of other crates, one type each: neither side takes two.
const COUNTERS: [&str; 4] = ["jobs_total", "http.requests_total", "jobs:sum", "boarded"];
const GAUGES: [&str; 3] = ["queue", "free-seats", "gare_de_l'est"];
const HISTOGRAMS: [&str; 2] = ["wait_seconds", "http.duration"];
const LABELS: [&str; 3] = ["http.method", "job", "z"];

fn line() -> impl Strategy<Value = Line> {
    prop_oneof![Just(Line::Inner), Just(Line::Outer)]
}

/// Few values, so that series are met again. No backslash: the oracle takes it
/// for an escape of the caller's.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("a".to_owned()),
        Just("quote\"".to_owned()),
        Just("line\nend".to_owned()),
        "[a-z{},=#é🦀 ]{1,4}",
    ]
}

/// Halves and quarters, which add up exactly, the bounds themselves, and others.
fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        (-40_i32..400).prop_map(|n| f64::from(n) / 4.0),
        prop::sample::select(DEFAULT_SECONDS_BUCKETS),
        prop::sample::select(vec![2_000_000.0, 1e-9, 1e15, 123_456.789]),
        -1e6_f64..1e6,
    ]
}

/// Ascending, each name once, as both sides then write them.
fn labels() -> impl Strategy<Value = Vec<(usize, String)>> {
    prop::collection::btree_map(0..LABELS.len(), text(), 0..3)
        .prop_map(|labels| labels.into_iter().collect())
}

fn update() -> impl Strategy<Value = Update> {
    let count = prop_oneof![0_u64..100, Just(1 << 40)];
    prop_oneof![
        (line(), text(), count.clone()).prop_map(|(l, t, n)| Update::Boarded(l, t, n)),
        (line(), text(), value()).prop_map(|(l, t, v)| Update::SetAboard(l, t, v)),
        (line(), text(), value()).prop_map(|(l, t, v)| Update::AddAboard(l, t, v)),
        (line(), text(), value()).prop_map(|(l, t, v)| Update::Stopped(l, t, v)),
        any::<i32>().prop_map(Update::Running),
        (0..COUNTERS.len(), labels(), count).prop_map(|(n, l, v)| Update::Counter(n, l, v)),
        (0..GAUGES.len(), labels(), value()).prop_map(|(n, l, v)| Update::Gauge(n, l, v)),
        (0..HISTOGRAMS.len(), labels(), value()).prop_map(|(n, l, v)| Update::Histogram(n, l, v)),
    ]
}

fn apply(trams: &Trams, recorder: &SharedRecorder, update: &Update) {
    let foreign = |labels: &[(usize, String)]| {
        labels
            .iter()
            .map(|(name, value)| metrics::Label::new(LABELS[*name], value.clone()))
            .collect::<Vec<_>>()
    };
    match update {
        Update::Boarded(line, name, n) => trams.boarded.at(&Stop::of(*line, name)).increment(*n),
        Update::SetAboard(line, name, v) => trams.aboard.at(&Stop::of(*line, name)).set(*v),
        Update::AddAboard(line, name, v) => trams.aboard.at(&Stop::of(*line, name)).add(*v),
        Update::Stopped(line, name, v) => {
            trams.stop_duration.at(&Stop::of(*line, name)).record(*v);
            trams.ride_duration.at(&Stop::of(*line, name)).record(*v);
        }
        Update::Running(n) => trams.running.set(*n),
        Update::Counter(name, labels, n) => metrics::with_local_recorder(recorder, || {
            metrics::counter!(COUNTERS[*name], foreign(labels)).increment(*n);
        }),
        Update::Gauge(name, labels, v) => metrics::with_local_recorder(recorder, || {
            metrics::gauge!(GAUGES[*name], foreign(labels)).increment(*v);
        }),
        Update::Histogram(name, labels, v) => metrics::with_local_recorder(recorder, || {
            metrics::histogram!(HISTOGRAMS[*name], foreign(labels)).record(*v);
        }),
    }
}

fn oracle(catalog: &Catalog) -> (SharedRecorder, PrometheusHandle) {
    let mut builder = PrometheusBuilder::new()
        .set_buckets(DEFAULT_SECONDS_BUCKETS)
        .expect("there are some");
    for metric in catalog.metrics() {
        if metric.kind == MetricKind::Histogram {
            let name = Matcher::Full(metric.name.to_owned());
            builder = builder
                .set_buckets_for_metric(name, metric.buckets)
                .expect("there are some");
        }
    }
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    (Arc::new(recorder), handle)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn both_texts_say_the_same(updates in prop::collection::vec(update(), 0..200)) {
        let catalog = Catalog::collect().expect("the declarations hold");
        let registry = Registry::new(&catalog);
        let exposition = Exposition::new(&catalog, registry.clone());
        let (theirs, handle) = oracle(&catalog);
        let ours: SharedRecorder = Arc::new(registry);
        for recorder in [ours, theirs] {
            caxton_instrument::describe(&catalog, &*recorder);
            let trams = Trams::new_in(Arc::clone(&recorder));
            for update in &updates {
                apply(&trams, &recorder, update);
            }
        }
        let ours = exposition.text();
        let theirs = handle.render();
        same(&Parsed::of(&ours), &Parsed::of(&theirs))
            .map_err(|reason| TestCaseError::fail(format!("{reason}\n{ours}\n{theirs}")))?;
        open_metrics_says_the_same(&exposition, &Parsed::of(&ours))?;
        names_are_kept(&exposition, &Parsed::of(&ours))?;
        protobuf_says_the_same(&exposition, &Parsed::of(&ours))?;
    }
}

fn same(ours: &Parsed, theirs: &Parsed) -> Result<(), String> {
    if ours.types != theirs.types {
        return Err(format!("types {:?}\n{:?}", ours.types, theirs.types));
    }
    if ours.helps != theirs.helps {
        return Err(format!("help {:?}\n{:?}", ours.helps, theirs.helps));
    }
    let names = |parsed: &Parsed| parsed.samples.keys().cloned().collect::<Vec<_>>();
    if names(ours) != names(theirs) {
        return Err(format!("series {:?}\n{:?}", names(ours), names(theirs)));
    }
    for ((series, ours), theirs) in ours.samples.iter().zip(theirs.samples.values()) {
        if !alike(series, *ours, *theirs) {
            return Err(format!("{series:?}: {ours} is not {theirs}"));
        }
    }
    Ok(())
}

/// Exact, but for what is added up in floats.
fn alike(series: &Sample, ours: f64, theirs: f64) -> bool {
    let added = series.name.ends_with("_sum") || !series.name.ends_with("_total");
    let room = if added {
        1e-9 * ours.abs().max(theirs.abs()).max(1e3)
    } else {
        0.0
    };
    (ours - theirs).abs() <= room
}

/// The same samples, and beyond them only `_created`.
fn open_metrics_says_the_same(exposition: &Exposition, text: &Parsed) -> Result<(), TestCaseError> {
    let open = String::from_utf8(exposition.render(Format::OpenMetrics)).expect("text");
    prop_assert!(open.ends_with("# EOF\n"));
    prop_assert_eq!(open.matches("# EOF").count(), 1);
    let mut open = Parsed::of(&open);
    open.samples
        .retain(|series, _| !series.name.ends_with("_created"));
    prop_assert_eq!(&open.samples, &text.samples);
    prop_assert_eq!(open.helps.len(), text.helps.len());
    Ok(())
}

/// For a reader of UTF-8 names, what is called so and otherwise the same.
fn names_are_kept(exposition: &Exposition, text: &Parsed) -> Result<(), TestCaseError> {
    let asked = Representation::new(Format::Text1, Escaping::AllowUtf8);
    let kept = Parsed::of(&String::from_utf8(exposition.render(asked)).expect("text"));
    for name in kept.types.keys() {
        let own = [&COUNTERS[..], &GAUGES, &HISTOGRAMS].concat();
        prop_assert!(
            name.starts_with("tram_") || name.starts_with("caxton_") || own.contains(&&**name)
        );
    }
    let escape = |name: &str| Escaping::Underscores.metric_name(name).into_owned();
    let escaped = |(sample, value): (&Sample, &f64)| {
        let labels = sample.labels.iter();
        let labels = labels.map(|(name, value)| (escape(name), value.clone()));
        let sample = Sample {
            name: escape(&sample.name),
            labels: labels.collect(),
        };
        (sample, *value)
    };
    let escaped: BTreeMap<_, _> = kept.samples.iter().map(escaped).collect();
    prop_assert_eq!(&escaped, &text.samples);
    prop_assert_eq!(kept.helps.len(), text.helps.len());
    let asked = Representation::new(Format::Protobuf, Escaping::AllowUtf8);
    prop_assert_eq!(&protobuf::parse(&exposition.render(asked)), &kept);
    Ok(())
}

fn protobuf_says_the_same(exposition: &Exposition, text: &Parsed) -> Result<(), TestCaseError> {
    let bytes = exposition.render(Format::Protobuf);
    prop_assert_eq!(&protobuf::parse(&bytes), text);
    // Both histograms take the same samples, and one is native.
    prop_assert_eq!(protobuf::native(&bytes, Trams::STOP_DURATION.name()), []);
    let natives = protobuf::native(&bytes, Trams::RIDE_DURATION.name());
    let counts: Vec<f64> = text
        .samples
        .iter()
        .filter(|(sample, _)| sample.name == "tram_stop_duration_seconds_count")
        .map(|(_, count)| *count)
        .collect();
    prop_assert_eq!(natives.len(), counts.len());
    let in_buckets = |it: &protobuf::Native| it.zero_count + it.buckets.values().sum::<u64>();
    let all: u64 = natives.iter().map(in_buckets).sum();
    prop_assert_eq!(all as f64, counts.iter().sum::<f64>());
    Ok(())
}
