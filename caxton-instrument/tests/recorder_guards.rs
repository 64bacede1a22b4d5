//! Guards of a gauge of our own recorder, installed bare: dropped where they
//! were made, elsewhere, and after the gauge was set.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::thread;

use caxton_instrument::prelude::*;
use caxton_instrument::recorder::{Registry, Value};
use caxton_instrument::{Catalog, install};

#[derive(LabelSet)]
struct Labels {
    urgent: bool,
    #[label(max_values = 10)]
    queue: Text,
}

/// Mail.
#[derive(MetricSet)]
#[metric_set(namespace = "mailer")]
struct Mail {
    /// Messages that wait.
    messages_waiting: Gauge,
    /// Messages that are under way.
    messages_moving: Gauge<Labels>,
}

fn gauge(registry: &Registry, name: &str) -> f64 {
    let families = registry.families();
    let family = families.iter().find(|family| family.name() == name);
    let series = family.and_then(|family| family.series().next());
    match series.expect("it was updated").value() {
        Value::Gauge(value) => value,
        other => panic!("a gauge is expected, not {other:?}"),
    }
}

/// One test: a program has one recorder.
#[test]
fn what_a_guard_added_is_taken_back_once() {
    let registry = Registry::new(&Catalog::collect().expect("the declarations hold"));
    install(registry.clone()).expect("the first install");
    let mail = Mail::global();
    let waiting = || gauge(&registry, "mailer_messages_waiting");

    drop(mail.messages_waiting.track(3));
    let elsewhere = mail.messages_waiting.track(2);
    assert_eq!(waiting(), 2.0);
    thread::scope(|scope| {
        scope.spawn(move || {
            // This thread has cells of its own.
            drop(mail.messages_waiting.track(1));
            drop(elsewhere);
        });
    });
    assert_eq!(waiting(), 0.0);
    drop(mail.messages_waiting.track(0.5));
    assert_eq!(waiting(), 0.0);

    let before = mail.messages_waiting.track(1);
    mail.messages_waiting.set(10);
    let after = mail.messages_waiting.track(1);
    assert_eq!(waiting(), 11.0);
    drop(before);
    drop(after);
    assert_eq!(waiting(), 9.0);

    let labels = Labels::of(true, "inbox");
    let moving = || gauge(&registry, "mailer_messages_moving");
    for _ in 0..2 {
        // The second time the thread has the series at hand.
        let guard = mail.messages_moving.at(&labels).track(4);
        assert_eq!(moving(), 4.0);
        thread::scope(|scope| {
            scope.spawn(move || drop(guard));
        });
        assert_eq!(moving(), 0.0);
        drop(mail.messages_moving.at(&labels).track(4));
        assert_eq!(moving(), 0.0);
    }
}
