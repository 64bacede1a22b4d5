//! The `metrics` macros and handles over metrics-exporter-prometheus.
//!
//! A process has one global recorder, which is ours: this one is reached
//! through `with_local_recorder`, once around each batch.

use caxton_instrument::LabelValue as _;
use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};
use metrics_exporter_prometheus::{
    Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

use crate::load::{AGENT_TYPES, BOUNDS, Labels, Scraped, pair, sample};
use crate::table::{Row, Table, repeat};

type Recorder = &'static PrometheusRecorder;

fn recorder() -> Recorder {
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("seconds".into()), &BOUNDS)
        .unwrap()
        .build_recorder();
    Box::leak(Box::new(recorder))
}

/// Handles that a user keeps beside the macros.
struct Cached {
    counter: Counter,
    bound: Counter,
    histogram: Histogram,
    timer: Histogram,
    gauge: Gauge,
    executions: Counter,
    failures: Counter,
    duration: Histogram,
    active: Gauge,
}

pub fn cases(table: &mut Table) {
    let recorder = recorder();
    let cached = metrics::with_local_recorder(recorder, || Cached {
        counter: counter!("cached_total"),
        bound: counter!("cached_c_total", "performative" => "inform", "agent_type" => "agent-type-1"),
        histogram: histogram!("cached_seconds"),
        timer: histogram!("cached_timer_seconds"),
        gauge: gauge!("cached"),
        executions: counter!("hand_total", "status" => "ok"),
        failures: counter!("hand_total", "status" => "error"),
        duration: histogram!("hand_seconds"),
        active: gauge!("hand_active"),
    });
    // It keeps every raw sample until it is drained.
    let handle = recorder.handle();
    table.between(move || handle.run_upkeep());
    macros(table, recorder);
    handles(table, cached);
}

fn macros(table: &mut Table, recorder: Recorder) {
    let mut case = |row, work: fn(usize)| {
        table.batch(row, "`metrics` macro", move |times| {
            metrics::with_local_recorder(recorder, || repeat(times, work));
        });
    };
    case(Row::A, |_| counter!("a_total").increment(1));
    case(Row::B, |i| {
        let (performative, priority) = pair(i);
        counter!("b_total", "performative" => performative.as_str(), "priority" => priority.as_str())
            .increment(1);
    });
    case(Row::C, |i| {
        counter!("c_total", "performative" => pair(i).0.as_str(), "agent_type" => AGENT_TYPES[i])
            .increment(1);
    });
    case(Row::D, |i| histogram!("d_seconds").record(sample(i)));
    case(Row::DLabelled, |i| {
        let (performative, priority) = pair(i);
        histogram!("d_labelled_seconds", "performative" => performative.as_str(), "priority" => priority.as_str())
            .record(sample(i));
    });
    case(Row::E, |_| {
        gauge!("e").increment(1.0);
        gauge!("e").decrement(1.0);
    });
}

fn handles(table: &mut Table, cached: Cached) {
    let Cached {
        counter,
        bound,
        histogram,
        timer,
        gauge,
        executions,
        failures,
        duration,
        active,
    } = cached;
    let name = "`metrics` cached handle";
    table
        .case(Row::A, name, move |_| counter.increment(1))
        .case(Row::CBound, name, move |_| bound.increment(1))
        .case(Row::D, name, move |i| histogram.record(sample(i)))
        .case(Row::E, name, move |_| {
            gauge.increment(1.0);
            gauge.decrement(1.0);
        })
        .case(Row::Timer, name, move |_| {
            let start = std::time::Instant::now();
            timer.record(start.elapsed().as_secs_f64());
        })
        .case(Row::J, "by hand, `metrics` cached handles", move |i| {
            let start = std::time::Instant::now();
            active.increment(1.0);
            let result = super::functions::plain(i);
            active.decrement(1.0);
            duration.record(start.elapsed().as_secs_f64());
            if result.is_ok() {
                &executions
            } else {
                &failures
            }
            .increment(1);
            result
        });
}

pub struct Exporter {
    recorder: Recorder,
    handle: PrometheusHandle,
}

impl Default for Exporter {
    fn default() -> Self {
        let recorder = recorder();
        Self {
            recorder,
            handle: recorder.handle(),
        }
    }
}

impl Scraped for Exporter {
    fn count(&self, labels: Labels) {
        metrics::with_local_recorder(self.recorder, || {
            counter!("messages_total",
                "performative" => labels.performative.as_str(),
                "priority" => labels.priority.as_str(),
                "agent_type" => labels.agent_type.to_owned())
            .increment(1);
        });
    }

    fn record(&self, labels: Labels, value: f64) {
        metrics::with_local_recorder(self.recorder, || {
            histogram!("handling_seconds",
                "performative" => labels.performative.as_str(),
                "priority" => labels.priority.as_str(),
                "agent_type" => labels.agent_type.to_owned())
            .record(value);
        });
    }

    fn scrape(&self, _: &mut String) -> usize {
        self.handle.render().len()
    }
}
