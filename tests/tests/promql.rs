//! Queries as PromQL: written as Prometheus's own formatter writes them.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod http;
mod prometheus;

use std::fmt::Write as _;
use std::process::Command;

use caxton_instrument::prelude::*;
use caxton_instrument::query::{AnyQuery, Dimension, Expr, days, hours, minutes, seconds};
use caxton_instrument::slo::Indicator;
use caxton_instrument::{Catalog, Unit};
use caxton_instrument_export::lint::promql as lint;
use caxton_instrument_export::promql;

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
    /// Whether it was tried before.
    again: bool,
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
#[allow(dead_code, reason = "they are only asked about")]
#[derive(MetricSet)]
#[metric_set(namespace = "worker")]
struct Worker {
    /// Work that was taken from a queue and brought to an end.
    jobs: Counter<JobLabels>,
    /// What went over the wire for it.
    #[metric(unit = bytes)]
    transferred: Counter,
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
    job_duration: Histogram<JobLabels>,
    /// Time that a piece of work waited.
    #[metric(unit = seconds, native)]
    job_wait: Histogram<QueueLabels>,
}

/// The share of bad events within an hour, and how many events there were.
#[derive(Debug)]
struct Measured(&'static dyn Indicator, fn(&dyn Indicator) -> Expr);

impl Measured {
    const fn bad(indicator: &'static dyn Indicator) -> Self {
        Self(indicator, |it| it.bad_share(hours(1)))
    }

    const fn events(indicator: &'static dyn Indicator) -> Self {
        Self(indicator, |it| it.events(hours(1)))
    }
}

impl AnyQuery for Measured {
    fn expr(&self) -> Expr {
        self.1(self.0)
    }

    fn dimension(&self) -> Dimension {
        Dimension::RATIO
    }

    fn labels(&self) -> &[&'static str] {
        self.0.labels()
    }

    fn is_condition(&self) -> bool {
        false
    }
}

macro_rules! queries {
    ($($name:literal: $query:expr,)+) => {
        vec![$(($name, {
            static QUERY: &dyn AnyQuery = &$query;
            QUERY
        }),)+]
    };
}

fn queries() -> Vec<(&'static str, &'static dyn AnyQuery)> {
    queries! {
        "a rate": Worker::JOBS.rate(minutes(5)),
        "by labels": Worker::JOBS
            .increase(hours(1))
            .by(JobLabels::QUEUE)
            .by(JobLabels::AGAIN),
        "a text that would end its quotes": Worker::JOBS
            .matching(JobLabels::AGAIN.eq(true))
            .matching(JobLabels::QUEUE.ne("a\"} or vector(1) # \\"))
            .rate(seconds(90)),
        "texts in a pattern": Worker::JOBS
            .matching(JobLabels::ENDING.one_of(&[Ending::Failed, Ending::TimedOut]))
            .matching(JobLabels::QUEUE.none_of(&["a.b", "c|d", "\\"]))
            .rate(days(1)),
        "a share, too long for a line": Worker::JOBS
            .share(JobLabels::ENDING.ne(Ending::Ok), minutes(5))
            .by(JobLabels::QUEUE)
            .above(0.05),
        "a quantile": Worker::JOB_DURATION
            .quantile(0.99, minutes(5))
            .by(JobLabels::QUEUE),
        "an average": Worker::JOB_DURATION.average(minutes(5)),
        "samples above a bound": Worker::JOB_DURATION.share_above(0.5, minutes(5)).above(0.1),
        "samples up to a bound": Worker::JOB_DURATION
            .matching(JobLabels::AGAIN.eq(false))
            .share_at_most(10.0, minutes(5)),
        "samples a minute": Worker::JOB_DURATION.observations(minutes(5)).times(60.0),
        "a large number": Worker::JOBS_WAITING
            .sum()
            .by(QueueLabels::QUEUE)
            .at_least(1_000_000.0),
        "a month": Worker::JOBS_WAITING.max_over(days(30)),
        "what will be": Worker::MEMORY.predicted(hours(4), hours(1)).above(8e9),
        "bytes for each": Worker::TRANSFERRED
            .rate(minutes(5))
            .divided_by(Worker::JOBS.rate(minutes(5))),
        "of two metrics with other labels": Worker::JOBS_WAITING
            .sum()
            .by(QueueLabels::QUEUE)
            .divided_by(Worker::JOBS.increase(minutes(1)).by(JobLabels::QUEUE)),
        "what stands to the right": Worker::MEMORY
            .max()
            .minus(Worker::MEMORY.min().plus(Worker::MEMORY.average())),
        "what binds more": Worker::MEMORY.max().plus(Worker::MEMORY.min()).times(2.0),
        "conditions": Worker::JOBS.rate(minutes(5)).above(1.0).and(
            Worker::JOBS_WAITING
                .sum()
                .above(10.0)
                .or(Worker::MEMORY.max().below(1.0)),
        ),
        "one more than another": Worker::MEMORY
            .max_over(minutes(5))
            .exceeds(Worker::MEMORY.average_over(minutes(5)).times(2.0)),
        "each process": Worker::BUSY.rate(minutes(5)).by_instance().above(0.9),
        "a change": Worker::MEMORY.delta(minutes(10)).below(-1e6),
        "a quantile of a native histogram": Worker::JOB_WAIT
            .quantile(0.9, minutes(5))
            .by(QueueLabels::QUEUE)
            .above(0.5),
        "an average of a native histogram": Worker::JOB_WAIT.average(minutes(5)),
        "samples of a native histogram": Worker::JOB_WAIT.observations(minutes(5)),
        "samples of a native histogram up to a bound": Worker::JOB_WAIT
            .matching(QueueLabels::QUEUE.ne("night"))
            .share_at_most(0.25, minutes(5)),
        "samples of a native histogram above a bound": Worker::JOB_WAIT
            .share_above(4.0, minutes(5))
            .above(0.01),
        "nothing, or nothing there": Worker::JOBS
            .matching(JobLabels::ENDING.eq(Ending::Ok))
            .increase(minutes(10))
            .below(1.0)
            .or_absent(),
        "a share of what may not be there": Worker::JOBS
            .share(JobLabels::ENDING.eq(Ending::Ok), minutes(5))
            .below(0.5)
            .and(Worker::JOB_DURATION.share_at_most(0.5, minutes(5)).below(0.9))
            .unless(Worker::MEMORY.max().below(1.0))
            .or_absent(),
        "a native histogram that may not be there": Worker::JOB_WAIT
            .observations(minutes(5))
            .below(1.0)
            .or_absent()
            .and(Worker::MEMORY.max().above(1.0)),
        "what is bad": Measured::bad(&Worker::JOBS.bad(JobLabels::ENDING.ne(Ending::Ok))),
        "what is not good": Measured::bad(
            &Worker::JOBS
                .matching(JobLabels::AGAIN.eq(false))
                .good(JobLabels::ENDING.one_of(&[Ending::Ok, Ending::TimedOut]))
                .by(JobLabels::QUEUE),
        ),
        "what is good or bad": Measured::events(
            &Worker::JOBS.good(JobLabels::ENDING.eq(Ending::Ok)).by_instance(),
        ),
        "what takes too long": Measured::bad(&Worker::JOB_DURATION.at_most(0.5)),
        "what takes its time": Measured::events(
            &Worker::JOB_DURATION.at_most(0.5).by(JobLabels::QUEUE),
        ),
        "what waits too long": Measured::bad(&Worker::JOB_WAIT.at_most(4.0)),
        "what waits": Measured::events(&Worker::JOB_WAIT.at_most(4.0)),
    }
}

fn rendered() -> String {
    let mut out = String::new();
    for (name, query) in queries() {
        let _ = write!(out, "# {name}\n{}\n\n", promql::render(query));
    }
    out
}

#[test]
fn queries_read_as_written() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/expected/promql.txt");
    if std::env::var_os("CAXTON_BLESS").is_some() {
        std::fs::write(file, rendered()).expect("a file");
    }
    let expected = std::fs::read_to_string(file).expect("expected queries");
    assert_eq!(
        rendered(),
        expected,
        "renew with CAXTON_BLESS=1 and read the difference"
    );
}

#[test]
fn promtool_formats_queries_to_themselves() {
    let Some(servers) = prometheus::servers() else {
        return;
    };
    for (name, query) in queries() {
        let text = promql::render(query);
        let output = Command::new(servers.join("promtool"))
            .args(["--experimental", "promql", "format", &text])
            .output()
            .expect("promtool runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}: {text}: {errors}");
        let formatted = String::from_utf8_lossy(&output.stdout);
        assert_eq!(formatted.trim_end(), text, "{name}");
    }
}

#[test]
fn queries_hold_no_fault_of_handwritten_ones() {
    let catalog = Catalog::collect().expect("the declarations hold");
    let known = lint::Known::new(&catalog);
    let place = lint::Use::new(lint::UseKind::Panel {
        unit: None,
        is_range: true,
    });
    for (name, query) in queries() {
        let text = promql::render(query);
        assert_eq!(lint::check(&known, &text, &place), [], "{name}: {text}");
    }
}

#[test]
fn units_go_through_an_expression() {
    static BYTES_EACH: &dyn AnyQuery = &Worker::TRANSFERRED
        .rate(minutes(5))
        .divided_by(Worker::JOBS.rate(minutes(5)));
    static BUSY: &dyn AnyQuery = &Worker::BUSY.rate(minutes(5));
    static TRAFFIC: &dyn AnyQuery = &Worker::TRANSFERRED.rate(minutes(5));
    assert_eq!(BYTES_EACH.dimension(), Dimension::of(Unit::Bytes));
    assert_eq!(BUSY.dimension(), Dimension::RATIO);
    assert_eq!(TRAFFIC.dimension(), Dimension::of(Unit::Bytes).per_second());
}
