//! Metric sets that nobody wrote, and what happens to them.

use std::collections::BTreeMap;

use caxton_instrument::recorder::Registry;
use caxton_instrument::{
    Catalog, LabelDescriptor, Location, MetricDescriptor, MetricKind, NativeBuckets, SetDescriptor,
    Unit,
};
use metrics::{Key, Label, Level, Metadata, Recorder as _};
use proptest::prelude::*;

const LINES: &[&str] = &["inner", "outer"];
const METADATA: Metadata<'static> = Metadata::new("test", Level::INFO, None);

/// One metric, as it is drawn.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub(super) word: usize,
    pub(super) kind: MetricKind,
    pub(super) unit: Unit,
    pub(super) labels: usize,
    pub(super) is_native: bool,
    pub(super) buckets: Vec<f64>,
}

/// What is done to a metric: the value is what is added, set or recorded.
#[derive(Debug, Clone)]
pub(super) struct Update {
    pub(super) metric: prop::sample::Index,
    pub(super) line: usize,
    pub(super) stop: String,
    pub(super) value: f64,
}

fn kind() -> impl Strategy<Value = MetricKind> {
    prop::sample::select(vec![
        MetricKind::Counter,
        MetricKind::Gauge,
        MetricKind::Histogram,
        MetricKind::Histogram,
        MetricKind::Info,
    ])
}

pub(super) fn shapes() -> impl Strategy<Value = Vec<Shape>> {
    let units = prop_oneof![
        Just(Unit::None),
        prop::sample::select(Unit::SUFFIXED.to_vec())
    ];
    let buckets = prop::collection::btree_set(-40_i32..400, 1..12);
    let shape = (
        0..1_000_usize,
        kind(),
        units,
        0..3_usize,
        any::<bool>(),
        buckets,
    )
        .prop_map(|(word, kind, unit, labels, is_native, buckets)| Shape {
            word,
            kind,
            unit: if kind == MetricKind::Info {
                Unit::None
            } else {
                unit
            },
            labels,
            is_native,
            buckets: buckets.into_iter().map(|n| f64::from(n) / 4.0).collect(),
        });
    prop::collection::vec(shape, 1..8)
}

/// Few values, so that series are met again; halves, bounds and others.
pub(super) fn updates(most: usize) -> impl Strategy<Value = Vec<Update>> {
    let stop = prop_oneof![
        Just("a".to_owned()),
        Just("quo\"te\\n".to_owned()),
        Just("line\nend".to_owned()),
        "[a-z{},=é🦀 ]{1,4}",
    ];
    let value = prop_oneof![
        (-40_i32..400).prop_map(|n| f64::from(n) / 4.0),
        (-30_i32..45).prop_map(|n| 2_f64.powi(n)),
        prop::sample::select(NativeBuckets::of(Unit::Seconds).boundaries()),
        0.0..1e6_f64,
    ];
    let update = (any::<prop::sample::Index>(), 0..LINES.len(), stop, value).prop_map(
        |(metric, line, stop, value)| Update {
            metric,
            line,
            stop,
            value,
        },
    );
    prop::collection::vec(update, 0..most)
}

/// The catalog of the shapes; what has no place in it is left out. Declarations
/// live as long as the program: a few hundred of them.
pub(super) fn catalog(shapes: &[Shape]) -> (Catalog, &'static [MetricDescriptor]) {
    const fn labels(count: usize) -> &'static [LabelDescriptor] {
        const ALL: &[LabelDescriptor] = &[
            LabelDescriptor::closed("line", LINES),
            LabelDescriptor::open("stop", 50),
        ];
        ALL.split_at(count).0
    }
    let location = Location::new("tram.rs", 1, 1, "tram", "tram", "1.0.0");
    let mut metrics = BTreeMap::new();
    for shape in shapes {
        let suffix = match shape.kind {
            MetricKind::Counter => "total",
            MetricKind::Info => "info",
            _ => "",
        };
        let word = format!("w{}", shape.word);
        let parts = ["tram", &word, shape.unit.suffix(), suffix];
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let name: &'static str = parts.join("_").leak();
        let mut metric = MetricDescriptor::new(shape.kind, name, location)
            .with_help("What was drawn.")
            .with_unit(shape.unit)
            .with_labels(labels(shape.labels))
            .with_constant_labels(&[("town", "Ulm")]);
        if shape.kind == MetricKind::Histogram {
            if shape.is_native {
                let native = NativeBuckets::of(shape.unit);
                metric = metric.with_buckets(native.classic_bounds());
                metric.native = Some(native);
            } else {
                metric = metric.with_buckets(shape.buckets.clone().leak());
            }
        }
        metrics.entry(word).or_insert(metric);
    }
    let metrics: &'static [MetricDescriptor] = metrics.into_values().collect::<Vec<_>>().leak();
    let declared: &'static [_] = metrics.iter().collect::<Vec<_>>().leak();
    let set = SetDescriptor::new("Trams", location)
        .with_namespace("tram")
        .with_metrics(declared);
    let set: &'static SetDescriptor = Box::leak(Box::new(set));
    (
        Catalog::of([set], []).expect("the shapes follow the rules"),
        metrics,
    )
}

pub(super) fn apply(registry: &Registry, metrics: &[MetricDescriptor], updates: &[Update]) {
    for update in updates {
        let metric = update.metric.get(metrics);
        let mut labels = vec![Label::new("town", "Ulm")];
        labels.extend(metric.labels.iter().map(|label| match label.name {
            "line" => Label::new("line", LINES[update.line]),
            _ => Label::new("stop", update.stop.clone()),
        }));
        let key = Key::from_parts(metric.name, labels);
        match metric.kind {
            MetricKind::Counter => {
                #[allow(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a count is whole"
                )]
                let n = update.value.abs() as u64;
                registry.register_counter(&key, &METADATA).increment(n);
            }
            MetricKind::Gauge => registry.register_gauge(&key, &METADATA).set(update.value),
            MetricKind::Info => registry.register_gauge(&key, &METADATA).set(1.0),
            _ => registry
                .register_histogram(&key, &METADATA)
                .record(update.value),
        }
    }
}
