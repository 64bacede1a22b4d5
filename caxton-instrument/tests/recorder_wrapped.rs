//! A layer around our own recorder is never bypassed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use caxton_instrument::prelude::*;
use caxton_instrument::recorder::Registry;
use caxton_instrument::{Catalog, install};
use metrics::{
    CounterFn, Gauge as AnyGauge, Histogram as AnyHistogram, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};

/// Mail.
#[derive(MetricSet)]
#[metric_set(namespace = "mailer")]
struct Mail {
    /// Messages that were sent.
    messages_sent: Counter,
}

/// Counts every update on its way.
struct Watching(Registry);

static SEEN: AtomicU64 = AtomicU64::new(0);

struct Watched(metrics::Counter);

impl CounterFn for Watched {
    fn increment(&self, n: u64) {
        SEEN.fetch_add(n, Ordering::Relaxed);
        self.0.increment(n);
    }

    fn absolute(&self, total: u64) {
        self.0.absolute(total);
    }
}

impl Recorder for Watching {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> metrics::Counter {
        let inner = self.0.register_counter(key, metadata);
        if key.name().starts_with("caxton_instrument") {
            return inner;
        }
        metrics::Counter::from_arc(Arc::new(Watched(inner)))
    }

    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> AnyGauge {
        self.0.register_gauge(key, metadata)
    }

    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> AnyHistogram {
        self.0.register_histogram(key, metadata)
    }
}

#[test]
fn every_update_passes_the_layer() {
    let registry = Registry::new(&Catalog::collect().expect("the declarations hold"));
    install(Watching(registry)).expect("the first install");
    let bound = Mail::global().messages_sent.bind();
    for _ in 0..10 {
        Mail::global().messages_sent.increment(1);
        bound.increment(2);
    }
    assert_eq!(SEEN.load(Ordering::Relaxed), 30);
}
