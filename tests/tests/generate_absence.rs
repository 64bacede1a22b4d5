//! Alerts on what is not there, judged by promtool.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod http;
mod prometheus;

use std::path::Path;
use std::process::{Command, Output};

use caxton_instrument::prelude::*;
use caxton_instrument::query::minutes;
use caxton_instrument::{Alert, Catalog, alert};
use caxton_instrument_export::generate::{self, Deployment, Service};

#[derive(LabelSet)]
struct JobLabels {
    /// Whether it failed.
    failed: bool,
}

/// What a worker does.
#[derive(MetricSet)]
#[metric_set(namespace = "worker")]
#[allow(dead_code, reason = "they are only asked about")]
struct Worker {
    /// Work that was brought to an end.
    jobs: Counter<JobLabels>,
    /// Work that waits.
    jobs_waiting: Gauge,
    /// Time that a piece of work took.
    #[metric(unit = seconds, buckets = [0.1, 0.5, 1.0])]
    job_duration: Histogram<JobLabels>,
}

/// Nothing was done well for ten minutes, or ever.
#[alert(severity = critical)]
static NOTHING_DONE: Alert = Worker::JOBS
    .matching(JobLabels::FAILED.eq(false))
    .increase(minutes(10))
    .below(1.0)
    .or_absent();

/// Work waits, and nothing is done, or was ever.
#[alert(severity = critical, hold = minutes(2))]
static WORK_STANDS_STILL: Alert = Worker::JOBS
    .increase(minutes(5))
    .below(1.0)
    .or_absent()
    .and(Worker::JOBS_WAITING.min_over(minutes(5)).at_least(1.0));

/// Most of the work is slow, or there is none.
#[alert(severity = warning)]
static MOSTLY_SLOW: Alert = Worker::JOB_DURATION
    .share_at_most(0.5, minutes(5))
    .below(0.5)
    .or_absent();

fn run(servers: &Path, folder: &Path, arguments: &[&str]) -> Output {
    Command::new(servers.join("promtool"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("promtool runs")
}

fn said(output: &Output) -> String {
    let streams = [&output.stdout, &output.stderr];
    streams.map(|it| String::from_utf8_lossy(it)).join("")
}

#[test]
fn an_alert_without_series_is_not_silent_where_it_says_so() {
    let Some(servers) = prometheus::servers() else {
        return;
    };
    let catalog = Catalog::collect().expect("sound declarations");
    let here = Deployment::new("worker").service(Service::new("worker", "localhost", 9464));
    let folder = prometheus::Folder::new();
    for file in generate::files(&catalog, &here) {
        let path = folder.0.join(&file.path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, file.text).expect("a file");
    }
    let rules = folder.0.join("prometheus");
    let tests = std::fs::read_to_string(rules.join("rules_test.yml")).expect("tests");
    assert!(!tests.contains("has no test"), "{tests}");
    let checked = run(
        &servers,
        &rules,
        &["check", "rules", "--lint-fatal", "rules.yml"],
    );
    assert!(checked.status.success(), "{}", said(&checked));
    let tested = run(&servers, &rules, &["test", "rules", "rules_test.yml"]);
    assert!(tested.status.success(), "{}", said(&tested));

    // Silent again, two of them fail; the third needs work that waits to fire.
    let whole = std::fs::read_to_string(rules.join("rules.yml")).expect("rules");
    assert_eq!(whole.matches("absent(sum(").count(), 3, "{whole}");
    let broken = whole.replace("absent(", "(0 > 1 + ");
    std::fs::write(rules.join("rules.yml"), broken).expect("a file");
    let tested = run(&servers, &rules, &["test", "rules", "rules_test.yml"]);
    assert!(
        !tested.status.success(),
        "nothing tells that absence is left out"
    );
    for alert in ["NothingDone", "MostlySlow"] {
        // promtool prints the expression that it asks, in its quotes.
        let expected = format!("alertname=\\\"{alert}\\\"");
        assert!(said(&tested).contains(&expected), "{}", said(&tested));
    }
}
