//! A recorder that is a unit struct has no size, as the no-op one of `metrics`
//! has none: gauges return behind it all the same.

// A test fails by panicking.
#![allow(clippy::expect_used)]

use std::sync::OnceLock;

use caxton_instrument::prelude::*;
use caxton_instrument::testing::TestRecorder;
use caxton_instrument::{SharedRecorder, install};
use metrics::{Key, KeyName, Metadata, Recorder, SharedString, Unit};

/// Mail.
#[derive(MetricSet)]
#[metric_set(namespace = "mailer")]
struct Mail {
    /// Messages that wait.
    messages_waiting: Gauge,
}

static SHARED: OnceLock<SharedRecorder> = OnceLock::new();

struct Forward;

fn shared() -> &'static SharedRecorder {
    SHARED.get().expect("set before it is installed")
}

impl Recorder for Forward {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> metrics::Counter {
        shared().register_counter(key, metadata)
    }

    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> metrics::Gauge {
        shared().register_gauge(key, metadata)
    }

    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> metrics::Histogram {
        shared().register_histogram(key, metadata)
    }
}

#[test]
fn gauges_return_behind_a_recorder_without_a_size() {
    let recorder = TestRecorder::new();
    assert!(SHARED.set(recorder.shared()).is_ok());
    install(Forward).expect("the first install");
    drop(Mail::global().messages_waiting.track(1));
    assert_eq!(recorder.gauge(Mail::MESSAGES_WAITING, &()), 0.0);
}
