//! Files from the catalog, judged by the programs that they are for.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod http;
mod prometheus;
mod promtool;

use caxton_instrument::prelude::*;
use caxton_instrument::query::{hours, minutes};
use caxton_instrument::{Alert, Catalog, alert};
use caxton_instrument_export::generate::{Deployment, Service};
use promtool::Judged;

#[derive(LabelValue, Clone, Copy)]
enum Ending {
    Ok,
    Failed,
    TimedOut,
}

#[derive(LabelSet)]
struct JobLabels {
    /// How it ended.
    ending: Ending,
    /// The queue.
    #[label(max_values = 20)]
    queue: Text,
}

#[derive(LabelSet)]
struct QueueLabels {
    /// The queue.
    #[label(max_values = 20)]
    queue: Text,
}

/// What a worker does.
#[derive(MetricSet)]
#[metric_set(namespace = "worker")]
#[allow(dead_code, reason = "they are only asked about")]
struct Worker {
    /// Work that was taken from a queue and brought to an end.
    jobs: Counter<JobLabels>,
    /// Time at work, of all threads together.
    #[metric(unit = seconds)]
    busy: Counter,
    /// Work that waits.
    jobs_waiting: Gauge<QueueLabels>,
    /// What it takes of memory.
    #[metric(unit = bytes)]
    memory: Gauge,
    /// Time that a piece of work took.
    #[metric(unit = seconds, buckets = [0.1, 0.5, 1.0, 10.0])]
    job_duration: Histogram<QueueLabels>,
}

/// {queue}: {value} of the work fails.
///
/// Look at what it waits for.
#[alert(severity = critical, hold = minutes(5), owner = "workers", runbook = "https://example.org/a?b=c#d")]
static WORK_FAILS: Alert = Worker::JOBS
    .share(JobLabels::ENDING.eq(Ending::Failed), minutes(5))
    .by(JobLabels::QUEUE)
    .above(0.05);

/// Nothing is done: {value}.
#[alert(severity = critical, hold = minutes(10))]
static NOTHING_DONE: Alert = Worker::JOBS.rate(minutes(10)).below(0.01);

/// Work of {queue} takes {value}.
#[alert(severity = warning, keep_firing = minutes(5))]
static WORK_IS_SLOW: Alert = Worker::JOB_DURATION
    .quantile(0.99, minutes(5))
    .by(QueueLabels::QUEUE)
    .above(1.0);

/// {value} of the work takes more than a second.
#[alert(severity = warning)]
static TOO_MUCH_IS_SLOW: Alert = Worker::JOB_DURATION.share_above(1.0, hours(1)).above(0.1);

/// Work of {queue} takes {value} on average.
#[alert(severity = info)]
static AVERAGE_IS_SLOW: Alert = Worker::JOB_DURATION
    .average(minutes(5))
    .by(QueueLabels::QUEUE)
    .at_least(0.75);

/// {value} wait, and nobody works.
#[alert(severity = warning, name = "Stuck")]
static QUEUE_STUCK: Alert = Worker::JOBS_WAITING
    .sum()
    .by(QueueLabels::QUEUE)
    .above(100.0)
    .and(
        Worker::JOBS
            .matching(JobLabels::ENDING.one_of(&[Ending::Ok, Ending::TimedOut]))
            .increase(minutes(2))
            .by(JobLabels::QUEUE)
            .below(1.0),
    );

/// In four hours there will be {value} of memory in use.
#[alert(severity = warning, hold = minutes(15))]
static MEMORY_RUNS_OUT: Alert = Worker::MEMORY.predicted(hours(4), hours(1)).above(8e9);

/// {job}: busy {value} of the time.
#[alert(severity = info, hold = minutes(1))]
static ALWAYS_BUSY: Alert = Worker::BUSY.rate(minutes(5)).by_instance().above(0.95);

/// Nothing comes from the mail queue or the night queue: {value}.
#[alert(severity = info)]
static MAIL_STOPS: Alert = Worker::JOBS
    .matching(JobLabels::QUEUE.one_of(&["mail", "night"]))
    .rate(minutes(5))
    .below(0.5);

/// {value} of the work is not of the mail queue.
#[alert(severity = info)]
static MOSTLY_OTHERS: Alert = Worker::JOBS
    .share(JobLabels::QUEUE.ne("mail"), minutes(5))
    .above(0.9);

#[test]
fn alerts_that_contradict_the_catalog_are_errors() {
    let alone = Catalog::of([], []).expect("an empty catalog");
    let error = alone
        .with_alerts([&WORK_FAILS])
        .expect_err("nothing publishes its metric");
    let findings: Vec<_> = error.findings().iter().map(|it| it.class).collect();
    assert_eq!(findings, ["alert_without_metric"], "{error}");
    assert!(
        error.to_string().contains("asks `worker_jobs_total`"),
        "{error}"
    );

    let error = Catalog::collect()
        .expect("sound declarations")
        .with_alerts([&WORK_FAILS])
        .expect_err("it is there already");
    assert!(
        error
            .to_string()
            .contains("alert `WorkFails` is declared 2 times"),
        "{error}"
    );
}

fn deployment() -> Deployment {
    Deployment::new("worker").service(Service::new("worker", "localhost", 9464))
}

fn catalog() -> Catalog {
    Catalog::collect().expect("sound declarations")
}

#[test]
fn rules_are_as_they_were_read() {
    let rules = promtool::file(&catalog(), &deployment(), "prometheus/rules.yml");
    promtool::expected("rules.yml", &rules);
}

#[test]
fn promtool_takes_rules_and_their_tests_hold() {
    promtool::hold(&catalog(), &deployment());
}

#[test]
fn what_never_or_always_fires_is_found_out() {
    promtool::tell_never_from_always(&catalog(), &deployment());
}

/// Each alert, broken in one way, fails its tests.
#[test]
fn a_broken_rule_fails_its_tests() {
    let Some(judged) = Judged::new(&catalog(), &deployment()) else {
        return;
    };
    judged.alerts_fail(&[
        ("WorkFails", "0.05", "0.07"),
        ("WorkFails", "ending=\"failed\"", "ending!=\"failed\""),
        ("NothingDone", "< 0.01", "< 0.005"),
        ("NothingDone", "<", ">"),
        ("WorkIsSlow", "> 1", "> 20"),
        (
            "WorkIsSlow",
            "worker_job_duration_seconds_bucket",
            "worker_job_duration_bucket",
        ),
        ("TooMuchIsSlow", "0.1", "0.2"),
        ("AverageIsSlow", "0.75", "0.5"),
        ("Stuck", "> 100", "> 200"),
        ("Stuck", "ok|timed_out", "failed"),
        ("MemoryRunsOut", "> 8000000000", "> 5000000000"),
        ("AlwaysBusy", "> 0.95", "> 1.5"),
        ("MailStops", "mail|night", "day"),
        ("MostlyOthers", "0.9", "0.99"),
        ("AlwaysBusy", "severity: info", "severity: warning"),
        // Across a restart it would be far below.
        ("AlwaysBusy", "rate", "delta"),
        ("SamplesDropped", "> 0", "> 9"),
        ("MetricsRefused", "increase", "delta"),
    ]);
}

/// What is not there is told of too.
#[test]
fn a_broken_rule_about_targets_fails_its_tests() {
    let Some(judged) = Judged::new(&catalog(), &deployment()) else {
        return;
    };
    judged.alerts_fail(&[
        ("TargetDown", "== 0", "== 1"),
        ("TargetDown", "up{job=\"worker\"}", "up{job=\"other\"}"),
        ("TargetDown", "== 0", ">= 0"),
        ("TargetGone", "service: worker", "service: other"),
        ("TargetGone", "absent(up{job=\"worker\"})", "vector(1)"),
        ("TargetSilent", "unless", "and"),
        ("TargetSilent", "up{job=\"worker\"} == 1", "vector(1)"),
        ("TargetSilent", "service: worker", "service: other"),
    ]);
}
