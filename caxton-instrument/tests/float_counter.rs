//! Counters of fractions, in our own recorder and in others.
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use caxton_instrument::prelude::*;
use caxton_instrument::recorder::{Registry, Value};
use caxton_instrument::testing::TestRecorder;
use caxton_instrument::{Catalog, MetaMetrics, MetricKind};

#[derive(LabelSet)]
struct Labels {
    urgent: bool,
    #[label(max_values = 2)]
    region: Text,
}

/// Mail.
#[derive(MetricSet)]
#[metric_set(namespace = "mailer")]
struct Mail {
    /// Time that all sends took together.
    #[metric(unit = seconds)]
    sending: FloatCounter<Labels>,
    /// Time that the processor spent.
    #[metric(unit = seconds)]
    cpu: FloatCounter,
    /// Energy that is left.
    #[metric(unit = joules)]
    battery: Gauge,
}

fn registry() -> (Registry, Mail) {
    let registry = Registry::new(&Catalog::collect().expect("a sound catalog"));
    let mail = Mail::new_in(&registry);
    (registry, mail)
}

fn values(registry: &Registry, name: &str) -> Vec<Value> {
    let families = registry.families();
    let family = families.iter().find(|family| family.name() == name);
    family.map_or_else(Vec::new, |family| {
        family.series().map(|series| series.value()).collect()
    })
}

#[test]
fn it_is_declared_as_a_counter() {
    let descriptor = Mail::SENDING.descriptor();
    assert_eq!(descriptor.name, "mailer_sending_seconds_total");
    assert_eq!(descriptor.kind, MetricKind::Counter);
    assert!(descriptor.fractional);
    assert!(!Mail::BATTERY.descriptor().fractional);
}

#[test]
fn fractions_add_up_in_the_registry() {
    let (registry, mail) = registry();
    let eu = Labels::of(true, "eu");
    for _ in 0..4 {
        mail.sending.at(&eu).increment(0.125);
    }
    mail.sending.at(&eu).increment(2);
    mail.battery.set(0.5);
    assert_eq!(
        values(&registry, "mailer_sending_seconds_total"),
        [Value::FloatCounter(2.5)]
    );
    assert_eq!(
        values(&registry, "mailer_battery_joules"),
        [Value::Gauge(0.5)]
    );
    let families = registry.families();
    let family = families
        .iter()
        .find(|family| family.name() == "mailer_sending_seconds_total")
        .expect("it was updated");
    assert_eq!(family.kind(), MetricKind::Counter);
    // Memory that is read into again, of either kind.
    let mut into = Value::Gauge(7.0);
    for series in family.series() {
        series.read(&mut into);
        assert_eq!(into, Value::FloatCounter(2.5));
    }
}

#[test]
fn threads_add_to_one_total() {
    let (registry, mail) = registry();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..1_000 {
                    mail.cpu.increment(0.25);
                }
            });
        }
    });
    assert_eq!(
        values(&registry, "mailer_cpu_seconds_total"),
        [Value::FloatCounter(1_000.0)]
    );
}

/// In the program's recorder, which this test is the only one to install.
#[test]
fn a_total_only_rises() {
    let registry = Registry::new(&Catalog::collect().expect("a sound catalog"));
    caxton_instrument::install(registry.clone()).expect("the first one");
    let mail = Mail::global();
    let total = || values(&registry, "mailer_cpu_seconds_total");
    mail.cpu.absolute(1.5);
    assert_eq!(total(), [Value::FloatCounter(1.5)]);
    mail.cpu.absolute(1.25);
    assert_eq!(total(), [Value::FloatCounter(1.5)]);
    mail.cpu.absolute(std::time::Duration::from_millis(2_750));
    assert_eq!(total(), [Value::FloatCounter(2.75)]);
}

#[test]
fn what_would_lower_it_is_dropped_and_counted() {
    let recorder = TestRecorder::new();
    let mail = Mail::new_in(&recorder);
    mail.cpu.increment(-1.0);
    mail.cpu.increment(f64::NAN);
    mail.cpu.absolute(-0.5);
    mail.cpu.increment(0.5);
    assert_eq!(recorder.float_counter(Mail::CPU, &()), 0.5);
    let name = MetaMetrics::SAMPLES_DROPPED.name();
    let own = recorder.own_snapshot();
    for (reason, count) in [("negative", 2), ("non_finite", 1)] {
        let line =
            format!("{name}{{metric=\"mailer_cpu_seconds_total\",reason=\"{reason}\"}} {count}");
        assert!(own.lines().contains(&line), "{own}");
    }
}

/// A reader's refresh may update metrics, also those that have no series yet.
#[test]
fn what_is_refreshed_is_read() {
    let (registry, mail) = registry();
    let reads = std::sync::atomic::AtomicU32::new(0);
    registry.before_read(move || {
        let reads = reads.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        mail.cpu.absolute(reads);
    });
    for expected in 1..4 {
        assert_eq!(
            values(&registry, "mailer_cpu_seconds_total"),
            [Value::FloatCounter(f64::from(expected))]
        );
    }
}
