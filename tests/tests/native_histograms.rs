//! What a native histogram shows, in its native buckets and in the classic
//! ones, against a reference that is worked out from the samples.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod parsed;
mod protobuf;

use std::collections::BTreeMap;
use std::sync::Arc;

use caxton_instrument::prelude::*;
use caxton_instrument::recorder::{Family, Registry};
use caxton_instrument::{Catalog, MetricRef, NativeBuckets};
use caxton_instrument_export::exposition::{Exposition, Filter, Format};
use parsed::{Parsed, Sample};
use proptest::prelude::*;

/// A pond.
#[derive(MetricSet)]
#[metric_set(namespace = "pond")]
struct Pond {
    /// Time under water.
    #[metric(unit = seconds, native)]
    dive_duration: Histogram,
    /// Sizes of the pictures that were taken.
    #[metric(unit = bytes, native)]
    picture: Histogram,
    /// Eggs in a nest.
    #[metric(native)]
    eggs: Histogram,
    /// Time between two dives.
    #[metric(unit = seconds)]
    rest_duration: Histogram,
}

/// As Prometheus has them, the upper ends of the buckets between 1/2 and 1.
const MANTISSAS: [f64; 8] = [
    0.5,
    0.545_253_866_332_628_8,
    0.594_603_557_501_360_5,
    0.648_419_777_325_504_8,
    0.707_106_781_186_547_5,
    0.771_105_412_703_970_4,
    0.840_896_415_253_714_4,
    0.917_004_043_204_671_1,
];

/// The bucket of a sample as client libraries find it: of its mantissa, the
/// first end that is not below it, and eight for each power of two.
fn index(sample: f64) -> i32 {
    let (mut mantissa, mut exponent) = (sample, 0);
    while mantissa >= 1.0 {
        mantissa /= 2.0;
        exponent += 1;
    }
    while mantissa < 0.5 {
        mantissa *= 2.0;
        exponent -= 1;
    }
    let at = MANTISSAS.iter().filter(|end| **end < mantissa).count();
    i32::try_from(at).expect("at most eight") + (exponent - 1) * 8
}

/// Where a bucket ends.
fn bound(index: i32) -> f64 {
    let at = usize::try_from(index.rem_euclid(8)).expect("from 0");
    2.0_f64.powi(index.div_euclid(8) + 1) * MANTISSAS[at]
}

struct Setup {
    registry: Registry,
    exposition: Exposition,
    pond: Pond,
}

fn setup() -> Setup {
    let catalog = Catalog::collect().expect("the declarations hold");
    let registry = Registry::new(&catalog);
    Setup {
        exposition: Exposition::new(&catalog, registry.clone()),
        pond: Pond::new_in(Arc::new(registry.clone())),
        registry,
    }
}

impl Setup {
    fn protobuf(&self, metric: MetricRef<Histogram>) -> Vec<u8> {
        let filter = Filter::names([metric.name()]);
        self.exposition.render_filtered(Format::Protobuf, &filter)
    }

    fn native(&self, metric: MetricRef<Histogram>) -> protobuf::Native {
        let mut found = protobuf::native(&self.protobuf(metric), metric.name());
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }
}

/// Samples over the whole range, at the boundaries of each window and right
/// beside them, below and above the window, and below zero.
fn sample() -> impl Strategy<Value = f64> {
    let boundary = (-170..=340_i32).prop_map(bound);
    prop_oneof![
        boundary.clone(),
        boundary.clone().prop_map(f64::next_up),
        boundary.prop_map(f64::next_down),
        (-22.0..42.0_f64).prop_map(f64::exp2),
        prop::sample::select(vec![
            0.0,
            -0.0,
            -1.0,
            -1e300,
            5e-324,
            1e300,
            f64::MAX / 4096.0
        ]),
        (0..200_u32).prop_map(f64::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn both_views_are_what_the_samples_say(samples in prop::collection::vec(sample(), 1..200)) {
        let setup = setup();
        let pond = &setup.pond;
        for (metric, histogram, lowest, highest) in [
            (Pond::DIVE_DURATION, &pond.dive_duration, -20, 20),
            (Pond::PICTURE, &pond.picture, 0, 40),
            (Pond::EGGS, &pond.eggs, -10, 30),
        ] {
            for sample in &samples {
                histogram.record(*sample);
            }

            let found = setup.native(metric);
            prop_assert_eq!(found.schema, 3);
            prop_assert_eq!(found.zero_threshold, 2.0_f64.powi(lowest));
            let mut zero = 0;
            let mut expected = BTreeMap::new();
            for sample in &samples {
                if *sample <= found.zero_threshold {
                    zero += 1;
                } else {
                    *expected.entry(index(*sample).min(8 * highest + 1)).or_insert(0) += 1;
                }
            }
            prop_assert_eq!(found.zero_count, zero);
            let filled: BTreeMap<_, _> = found
                .buckets
                .iter()
                .filter(|(_, count)| **count > 0)
                .map(|(index, count)| (*index, *count))
                .collect();
            prop_assert_eq!(&filled, &expected);

            let text = Parsed::of(&setup.exposition.text());
            let classic: Vec<f64> = (lowest..=highest).step_by(2).map(|e| 2.0_f64.powi(e)).collect();
            prop_assert_eq!(metric.bounds(), &classic);
            for le in classic.into_iter().chain([f64::INFINITY]) {
                let expected = samples.iter().filter(|sample| **sample <= le).count();
                let labels = [("le".to_owned(), le.to_string())].into();
                let series = Sample { name: format!("{}_bucket", metric.name()), labels };
                prop_assert_eq!(text.samples.get(&series), Some(&(expected as f64)), "{:?}", series);
            }
        }
        let proto = protobuf::parse(&setup.exposition.render(Format::Protobuf));
        prop_assert_eq!(proto, Parsed::of(&setup.exposition.text()));
    }
}

#[test]
fn runs_of_buckets_are_spans() {
    let setup = setup();
    // Indices -8, -6, -3, and 1 behind three empty ones.
    for index in [-8, -6, -3, 1, 1] {
        setup.pond.dive_duration.record(bound(index));
    }
    let found = setup.native(Pond::DIVE_DURATION);
    assert_eq!(found.spans, 2);
    let expected = [(-8, 1), (-7, 0), (-6, 1), (-5, 0), (-4, 0), (-3, 1), (1, 2)];
    assert_eq!(found.buckets, expected.into());
}

#[test]
fn what_has_no_samples_yet_is_native() {
    let Setup {
        exposition,
        registry,
        ..
    } = setup();
    metrics::with_local_recorder(&registry, || {
        let _ = metrics::histogram!(Pond::EGGS.name());
    });
    let filter = Filter::names([Pond::EGGS.name()]);
    let bytes = exposition.render_filtered(Format::Protobuf, &filter);
    let empty = protobuf::Native {
        schema: 3,
        // Above zero, by which a reader knows it.
        zero_threshold: 1.0 / 1024.0,
        zero_count: 0,
        buckets: BTreeMap::new(),
        spans: 0,
    };
    assert_eq!(protobuf::native(&bytes, Pond::EGGS.name()), [empty]);
}

#[test]
fn what_is_not_declared_native_is_not() {
    let setup = setup();
    setup.pond.rest_duration.record(1);
    let bytes = setup.protobuf(Pond::REST_DURATION);
    assert_ne!(bytes, b"");
    assert_eq!(protobuf::native(&bytes, Pond::REST_DURATION.name()), []);
    let descriptors = Pond::SET.metrics.iter();
    let native: Vec<_> = descriptors.map(|metric| metric.native.is_some()).collect();
    assert_eq!(native, [true, true, true, false]);
}

#[test]
fn the_registry_shows_every_boundary() {
    let Setup { registry, pond, .. } = setup();
    pond.picture.record(1000);
    pond.rest_duration.record(1);
    let families = registry.families();
    let of = |name: &str| {
        families
            .iter()
            .find(|family| family.name() == name)
            .expect("updated")
    };
    let picture = of(Pond::PICTURE.name());
    let native = picture.native().expect("declared so");
    assert_eq!(native, NativeBuckets::of(Pond::PICTURE.unit()));
    let bounds = |family: &Family| {
        family
            .series()
            .next()
            .map(|series| series.bounds().to_vec())
    };
    assert_eq!(bounds(picture).as_deref(), Some(native.boundaries()));
    let rest = of(Pond::REST_DURATION.name());
    assert_eq!(rest.native(), None);
    assert_eq!(bounds(rest).as_deref(), Some(Pond::REST_DURATION.bounds()));
}

#[test]
fn threads_add_up() {
    let setup = setup();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for n in 1..=1_000_u32 {
                    setup.pond.picture.record(n);
                }
            });
        }
    });
    let found = setup.native(Pond::PICTURE);
    assert_eq!(found.zero_count, 4);
    for (index, count) in &found.buckets {
        let within = (1..=1_000_u32).map(f64::from);
        let expected = within
            .filter(|n| bound(index - 1) < *n && *n <= bound(*index))
            .count();
        assert_eq!(*count, 4 * expected as u64, "{index}");
    }
    assert_eq!(found.buckets.values().sum::<u64>(), 4 * 999);
}
