//! A rule without a test is a finding, and a note in the file of tests; alerts
//! on capacity have tests.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what it expects"
)]

mod http;
mod prometheus;
mod promtool;

use caxton_instrument::prelude::*;
use caxton_instrument::query::minutes;
use caxton_instrument::{Alert, Catalog, alert};
use caxton_instrument_export::generate::{self, Deployment};
use promtool::Judged;

/// The line before the call of the macro.
const BEFORE: u32 = line!();
caxton_instrument_export::capacity_alerts!(
    processors = 2,
    memory = 1 << 30,
    owner = "platform",
    runbook = "https://example.org/capacity",
);

/// What a worker does.
#[derive(MetricSet)]
#[metric_set(namespace = "worker")]
#[allow(dead_code, reason = "they are only asked about")]
struct Worker {
    /// Work that was brought to an end.
    jobs: Counter,
}

/// It can be no less than nothing: {value}.
#[alert(severity = warning)]
static NEVER: Alert = Worker::JOBS.rate(minutes(5)).below(0.0);

/// {value} jobs are done.
#[alert(severity = info)]
static SOMETIMES: Alert = Worker::JOBS.rate(minutes(5)).above(10.0);

#[test]
fn an_alert_that_cannot_fire_has_no_test() {
    let catalog = Catalog::collect().expect("sound declarations");
    let untested = generate::untested(&catalog);
    let names: Vec<_> = untested.iter().map(|it| (it.kind, it.name)).collect();
    assert_eq!(names, [("alert", "Never")]);
    let files = generate::files(&catalog, &Deployment::new("worker"));
    let tests = files.iter().find(|it| it.path.ends_with("/rules_test.yml"));
    let tests = &tests.expect("tests").text;
    assert!(tests.contains("# The alert Never has no test: "), "{tests}");
    assert!(tests.contains("name: Sometimes fires"), "{tests}");
    assert!(tests.contains("name: CpuNearlyExhausted fires"), "{tests}");
}

/// Not in the macro, which is in another crate.
#[test]
fn alerts_of_a_macro_stand_where_it_is_called() {
    let catalog = Catalog::collect().expect("sound declarations");
    let alerts = catalog.alerts().iter();
    let places: Vec<_> = alerts
        .filter(|alert| alert.name != "Never" && alert.name != "Sometimes")
        .map(|alert| (alert.location.file, alert.location.line, alert.owner))
        .collect();
    assert_eq!(places, [(file!(), BEFORE + 1, "platform"); 5]);
}

#[test]
fn alerts_on_capacity_hold_and_fail_when_they_are_broken() {
    let catalog = Catalog::collect().expect("sound declarations");
    let Some(judged) = Judged::new(&catalog, &Deployment::new("worker")) else {
        return;
    };
    judged.holds();
    judged.alerts_fail(&[
        ("CpuNearlyExhausted", "* 0.5", "* 0.25"),
        ("MemoryNearlyExhausted", "> 858993459.2", "> 1073741824"),
        (
            "FilesNearlyExhausted",
            "process_max_fds",
            "process_open_fds",
        ),
        ("DiskNearlyFull", "0.8", "0.5"),
        ("TasksQueueUp", "> 5000", "> 500"),
    ]);
}
