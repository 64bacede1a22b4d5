//! Samples that go straight to the cells of our own recorder, installed bare:
//! what is found without a search, what is not, and durations, which are first
//! looked for where the one before fell.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::sync::{Barrier, LazyLock};
use std::thread;
use std::time::Duration;

use caxton_instrument::prelude::*;
use caxton_instrument::recorder::{Registry, Value};
use caxton_instrument::{Catalog, install};

#[derive(LabelSet)]
struct Closed {
    urgent: bool,
}

#[derive(LabelSet)]
struct Open {
    #[label(max_values = 10)]
    queue: Text,
}

/// Mail.
#[derive(MetricSet)]
#[metric_set(namespace = "mailer")]
struct Mail {
    /// Size of a letter.
    #[metric(unit = bytes, buckets = [1.0, 2.0, 4.0])]
    letter_size: Histogram,
    /// Size of a parcel.
    #[metric(unit = bytes, buckets = [1.0, 2.0, 4.0])]
    parcel_size: Histogram<Closed>,
    /// Size of what waits.
    #[metric(unit = bytes, buckets = [1.0, 2.0, 4.0])]
    waiting_size: Histogram<Open>,
    /// Size of what is under way.
    #[metric(unit = bytes, buckets = [1.0, 2.0, 4.0])]
    moving_size: Histogram,
    /// Size of what arrived.
    #[metric(unit = bytes, buckets = [1.0, 2.0, 4.0])]
    arrived_size: Histogram,
    /// How cold the cellar is.
    #[metric(unit = celsius, buckets = [-4.0, -2.0, -1.0])]
    cellar_temperature: Histogram,
    /// How cold the yard is.
    #[metric(unit = celsius, buckets = [0.0])]
    yard_temperature: Histogram,
    /// How hot the oven is.
    #[metric(unit = celsius, buckets = [-1.0, 0.0, 5e-324, 1.797_693_134_862_315_7e308])]
    oven_temperature: Histogram,
    /// Time to send one message.
    #[metric(unit = seconds, native)]
    send_duration: Histogram,
    /// Time to read one message.
    #[metric(unit = seconds, buckets = [0.02, 60.0])]
    read_duration: Histogram,
    /// Time to sort one message.
    #[metric(unit = seconds, buckets = [0.02, 60.0])]
    sort_duration: Histogram,
}

/// A program has one recorder.
static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    let registry = Registry::new(&Catalog::collect().expect("the declarations hold"));
    install(registry.clone()).expect("the first install");
    registry
});

/// The bounds, the buckets and the sum of a metric with one series.
fn read(name: &str) -> (Vec<f64>, Vec<u64>, f64) {
    let families = REGISTRY.families();
    let family = families.iter().find(|family| family.name() == name);
    let series = family.and_then(|family| family.series().next());
    let series = series.expect("it was updated");
    let Value::Histogram(value) = series.value() else {
        panic!("a histogram");
    };
    (series.bounds().to_vec(), value.buckets, value.sum)
}

fn dropped(metric: &str) -> u64 {
    let families = REGISTRY.families();
    let own = "caxton_instrument_samples_dropped_total";
    let family = families.iter().find(|family| family.name() == own);
    let of_metric = family.and_then(|family| {
        family.series().find(|series| {
            let mut labels = String::new();
            series.write_labels(&mut labels);
            labels.contains(metric) && labels.contains("non_finite")
        })
    });
    match of_metric.map(|series| series.value()) {
        Some(Value::Counter(count)) => count,
        _ => 0,
    }
}

#[test]
fn what_is_not_finite_is_dropped_once_by_each_handle() {
    LazyLock::force(&REGISTRY);
    let mail = Mail::global();
    let bound = mail.moving_size.bind();
    let (closed, open) = (Closed::of(true), Open::of("planner-queue"));
    let handles: [(&str, &dyn Fn(f64)); 4] = [
        ("mailer_letter_size_bytes", &|size| {
            mail.letter_size.record(size);
        }),
        ("mailer_parcel_size_bytes", &|size| {
            mail.parcel_size.at(&closed).record(size);
        }),
        ("mailer_waiting_size_bytes", &|size| {
            mail.waiting_size.at(&open).record(size);
        }),
        ("mailer_moving_size_bytes", &|size| bound.record(size)),
    ];
    for (name, record) in handles {
        let mut none = 0;
        // The first time the thread has no cells.
        for before in [
            None,
            Some(0.5),
            Some(2.0),
            Some(3.0),
            Some(1e300),
            Some(-0.0),
            Some(-1e300),
        ] {
            for sample in [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                if let Some(before) = before {
                    record(before);
                    record(before);
                }
                record(sample);
                none += 1;
                assert_eq!(dropped(name), none, "{sample} after {before:?}: {name}");
            }
        }
        let (_, buckets, sum) = read(name);
        assert_eq!(buckets, [24, 8, 8, 8], "{name}");
        assert!(sum.is_finite(), "{name}: {sum}");
    }
}

#[test]
fn each_sample_falls_into_its_bucket_after_each_other() {
    LazyLock::force(&REGISTRY);
    let mail = Mail::global();
    for (name, histogram) in [
        (
            "mailer_cellar_temperature_celsius",
            &mail.cellar_temperature,
        ),
        ("mailer_yard_temperature_celsius", &mail.yard_temperature),
        ("mailer_oven_temperature_celsius", &mail.oven_temperature),
        ("mailer_send_duration_seconds", &mail.send_duration),
    ] {
        histogram.record(0.0);
        let (bounds, ..) = read(name);
        let bucket_of = |sample: f64| bounds.partition_point(|bound| *bound < sample);
        let mut expected = vec![0_u64; bounds.len() + 1];
        expected[bucket_of(0.0)] += 1;

        let near = |bound: &f64| [bound.next_down(), *bound, bound.next_up()];
        let mut samples: Vec<f64> = bounds.iter().flat_map(near).collect();
        samples.extend([0.0, -0.0, 5e-324, -5e-324, f64::MAX, f64::MIN, -1.0, 1.0]);
        samples.retain(|sample| sample.is_finite());
        // Of a native histogram's thousand, some.
        let step = if samples.len() > 200 { 17 } else { 1 };
        for before in samples.iter().step_by(step) {
            for sample in &samples {
                for sample in [*before, *sample] {
                    histogram.record(sample);
                    expected[bucket_of(sample)] += 1;
                }
            }
        }
        assert_eq!(read(name).1, expected, "{name}");
    }
}

#[test]
fn a_timer_records_where_its_own_duration_falls() {
    LazyLock::force(&REGISTRY);
    let mail = Mail::global();
    let bound = mail.sort_duration.bind();
    let timed: [(&str, &dyn Fn(Duration)); 2] = [
        ("mailer_read_duration_seconds", &|nap| {
            mail.read_duration.time(|| thread::sleep(nap));
        }),
        ("mailer_sort_duration_seconds", &|nap| {
            let _timer = bound.start_timer();
            thread::sleep(nap);
        }),
    ];
    for (name, time) in timed {
        for _ in 0..12 {
            for nap in [0, 0, 25, 25] {
                time(Duration::from_millis(nap));
            }
        }
        let (_, buckets, sum) = read(name);
        // A busy machine lets what should take no time wait.
        let [soon, late, never] = buckets[..] else {
            panic!("{name} has {buckets:?}");
        };
        assert_eq!((soon + late, never), (48, 0), "{name}");
        assert!((12..=24).contains(&soon), "{name}: {soon}");
        assert!(sum >= 24.0 * 0.025, "{name}: {sum}");
    }
}

#[test]
fn threads_that_go_from_bucket_to_bucket_lose_nothing() {
    LazyLock::force(&REGISTRY);
    let mail = Mail::global();
    let start = Barrier::new(4);
    thread::scope(|scope| {
        for shift in 0..4_usize {
            let start = &start;
            scope.spawn(move || {
                start.wait();
                for at in 0..4_000 {
                    mail.arrived_size
                        .record([1.0, 2.0, 4.0, 8.0][(at + shift) % 4]);
                }
            });
        }
    });
    let (_, buckets, sum) = read("mailer_arrived_size_bytes");
    assert_eq!(buckets, [4_000; 4]);
    assert_eq!(sum, 60_000.0);
}

#[test]
fn what_another_crate_records_and_is_no_number_is_within_no_bound() {
    LazyLock::force(&REGISTRY);
    let foreign = metrics::histogram!("foreign_size");
    for sample in [0.2, f64::NAN, f64::INFINITY] {
        foreign.record(sample);
    }
    let (bounds, buckets, _) = read("foreign_size");
    assert_eq!(buckets.iter().sum::<u64>(), 3);
    assert_eq!(buckets[bounds.len()], 2);
}
