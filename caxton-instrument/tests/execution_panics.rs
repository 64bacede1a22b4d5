//! A recorder that panics in the middle of what an execution does at its end.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use caxton_instrument::AgentMetrics;
use caxton_instrument::prelude::*;
use metrics::{
    Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};

struct Panics;

impl HistogramFn for Panics {
    fn record(&self, _: f64) {
        panic!("in the recorder");
    }
}

impl Recorder for Panics {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::noop()
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(Arc::new(Self))
    }
}

/// Counts the spans that were closed.
#[derive(Clone, Default)]
struct Closed(Arc<AtomicUsize>);

impl Subscriber for Closed {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}

    fn try_close(&self, _: Id) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed);
        true
    }
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn work(metrics: &AgentMetrics) -> usize {
    std::ptr::from_ref(metrics).addr()
}

#[test]
fn a_recorder_that_panics_leaves_no_span_open() {
    set_hook(Box::new(|_| {}));
    let metrics = AgentMetrics::new_in(Arc::new(Panics));
    let closed = Closed::default();
    tracing::subscriber::with_default(closed.clone(), || {
        assert!(catch_unwind(AssertUnwindSafe(|| work(&metrics))).is_err());
    });
    assert_eq!(closed.0.load(Ordering::Relaxed), 1);
}
