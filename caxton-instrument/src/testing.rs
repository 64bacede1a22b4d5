//! A recorder for tests: each test owns one, so that parallel tests do not
//! see each other.
//!
//! ```
//! use caxton_instrument::prelude::*;
//! use caxton_instrument::testing::TestRecorder;
//!
//! #[derive(LabelSet)]
//! struct Labels {
//!     urgent: bool,
//! }
//!
//! /// Mail.
//! #[derive(MetricSet)]
//! #[metric_set(namespace = "mailer")]
//! struct Mail {
//!     /// Messages that were sent.
//!     messages_sent: Counter<Labels>,
//! }
//!
//! let recorder = TestRecorder::new();
//! let mail = Mail::new_in(&recorder);
//! mail.messages_sent.at(&Labels::of(true)).increment(3);
//!
//! assert_eq!(recorder.counter(Mail::MESSAGES_SENT, &Labels::of(true)), 3);
//! recorder.assert_series(&[r#"mailer_messages_sent_total{urgent="true"} 3"#]);
//! ```

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use metrics::{HistogramFn, Key, KeyName, Metadata, Recorder, SharedString};

use crate::descriptor::MetricDescriptor;
use crate::handle::{Counter, FloatCounter, Gauge, Histogram, Info};
use crate::label::{AsLabels, LabelSet};
use crate::metric::{Metric, MetricRef};
use crate::open::OpenValues;
use crate::scope::{IntoRecorder, SharedRecorder};
use crate::series;

/// How the names of the facade's own metrics start.
const OWN: &str = "caxton_instrument_";

/// A recorder that keeps everything for assertions. Clones share it.
#[derive(Clone, Default)]
pub struct TestRecorder(Arc<Store>);

#[derive(Default)]
struct Store {
    series: Mutex<BTreeMap<Key, Value>>,
}

#[derive(Clone)]
enum Value {
    Counter(Arc<AtomicU64>),
    Gauge(Arc<AtomicU64>),
    Histogram(Arc<Recorded>),
}

#[derive(Default)]
struct Recorded(Mutex<Vec<f64>>);

impl HistogramFn for Recorded {
    fn record(&self, value: f64) {
        self.samples().push(value);
    }
}

impl Recorded {
    fn samples(&self) -> MutexGuard<'_, Vec<f64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a histogram's series recorded.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Samples {
    /// The number of samples.
    pub count: usize,
    /// Their sum, in the metric's unit.
    pub sum: f64,
    /// Each sample, in the order of recording.
    pub values: Vec<f64>,
}

impl TestRecorder {
    /// An empty recorder.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The recorder as a type that others share, too. `MySet::new_in(&recorder)`
    /// does without.
    #[must_use]
    pub fn shared(&self) -> SharedRecorder {
        Arc::clone(&self.0) as SharedRecorder
    }

    /// The value of a counter's series; 0 if it was never updated.
    pub fn counter<'a, L: LabelSet>(
        &self,
        metric: MetricRef<Counter<L>>,
        labels: impl AsLabels<'a, L>,
    ) -> u64 {
        match self.series(metric, labels) {
            Some(Value::Counter(value)) => value.load(Ordering::Relaxed),
            _ => 0,
        }
    }

    /// The value of a series of a counter of fractions; 0 if it was never
    /// updated.
    pub fn float_counter<'a, L: LabelSet>(
        &self,
        metric: MetricRef<FloatCounter<L>>,
        labels: impl AsLabels<'a, L>,
    ) -> f64 {
        match self.series(metric, labels) {
            Some(Value::Gauge(value)) => f64::from_bits(value.load(Ordering::Relaxed)),
            _ => 0.0,
        }
    }

    /// The value of a gauge's series; 0 if it was never updated.
    pub fn gauge<'a, L: LabelSet>(
        &self,
        metric: MetricRef<Gauge<L>>,
        labels: impl AsLabels<'a, L>,
    ) -> f64 {
        match self.series(metric, labels) {
            Some(Value::Gauge(value)) => f64::from_bits(value.load(Ordering::Relaxed)),
            _ => 0.0,
        }
    }

    /// The value of an info metric's series: 1 if these are the facts.
    pub fn info<'a, L: LabelSet>(
        &self,
        metric: MetricRef<Info<L>>,
        labels: impl AsLabels<'a, L>,
    ) -> f64 {
        match self.series(metric, labels) {
            Some(Value::Gauge(value)) => f64::from_bits(value.load(Ordering::Relaxed)),
            _ => 0.0,
        }
    }

    /// The samples of a histogram's series; none if it was never updated.
    pub fn histogram<'a, L: LabelSet>(
        &self,
        metric: MetricRef<Histogram<L>>,
        labels: impl AsLabels<'a, L>,
    ) -> Samples {
        match self.series(metric, labels) {
            Some(Value::Histogram(recorded)) => {
                let values = recorded.samples().clone();
                Samples {
                    count: values.len(),
                    sum: values.iter().sum(),
                    values,
                }
            }
            _ => Samples::default(),
        }
    }

    /// Every series at this moment, but those about the facade itself.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.snapshot_of(|name| !name.starts_with(OWN))
    }

    /// The facade's own series at this moment: series live, overflowed,
    /// samples dropped.
    #[must_use]
    pub fn own_snapshot(&self) -> Snapshot {
        self.snapshot_of(|name| name.starts_with(OWN))
    }

    /// Asserts that the snapshot consists of exactly these lines, in any
    /// order: `name{label="value"} number`, a histogram as its `_count` and
    /// `_sum`.
    ///
    /// # Panics
    ///
    /// If it does not, with the lines that are missing and those that are
    /// too many.
    #[track_caller]
    pub fn assert_series(&self, expected: &[&str]) {
        let snapshot = self.snapshot();
        if let Some(difference) = snapshot.difference(expected) {
            panic!("the series differ (- expected, + recorded):\n{difference}");
        }
    }

    fn series<'a, M: Metric>(
        &self,
        metric: MetricRef<M>,
        labels: impl AsLabels<'a, M::Labels>,
    ) -> Option<Value> {
        let key = key::<M::Labels>(metric.descriptor(), labels.as_labels());
        self.0.lock().get(&key).cloned()
    }

    fn snapshot_of(&self, wanted: impl Fn(&str) -> bool) -> Snapshot {
        let series = self.0.lock();
        let mut lines = Vec::new();
        for (key, value) in series.iter().filter(|(key, _)| wanted(key.name())) {
            match value {
                Value::Counter(value) => {
                    lines.push(line(key, "", value.load(Ordering::Relaxed)));
                }
                Value::Gauge(value) => {
                    let value = f64::from_bits(value.load(Ordering::Relaxed));
                    lines.push(line(key, "", value));
                }
                Value::Histogram(recorded) => {
                    let samples = recorded.samples();
                    lines.push(line(key, "_count", samples.len()));
                    lines.push(line(key, "_sum", samples.iter().sum::<f64>()));
                }
            }
        }
        lines.sort();
        Snapshot { lines }
    }
}

impl IntoRecorder for TestRecorder {
    fn into_recorder(self) -> SharedRecorder {
        self.shared()
    }
}

impl fmt::Debug for TestRecorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TestRecorder")
            .field(&self.snapshot())
            .finish()
    }
}

/// Series and their values as lines of text, sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    lines: Vec<String>,
}

impl Snapshot {
    /// The lines, sorted.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// What differs from the expected lines, one a line: `-` for what is
    /// missing, `+` for what is too many, and nothing when they are the same.
    #[must_use]
    pub fn difference(&self, expected: &[&str]) -> Option<String> {
        let mut expected: Vec<&str> = expected.to_vec();
        expected.sort_unstable();
        let mut recorded = self.lines.iter().map(String::as_str).peekable();
        let mut expected = expected.into_iter().peekable();
        let mut text = String::new();
        let mut same = true;
        loop {
            let (sign, line) = match (expected.peek(), recorded.peek()) {
                (None, None) => break,
                (Some(e), Some(r)) if e == r => {
                    recorded.next();
                    (' ', expected.next())
                }
                (Some(e), Some(r)) if e < r => ('-', expected.next()),
                (Some(_), None) => ('-', expected.next()),
                (_, Some(_)) => ('+', recorded.next()),
            };
            same &= sign == ' ';
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{sign} {}", line.unwrap_or_default());
        }
        (!same).then_some(text)
    }
}

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            writeln!(f, "{line}")?;
        }
        Ok(())
    }
}

fn key<L: LabelSet>(descriptor: &MetricDescriptor, labels: L::Ref<'_>) -> Key {
    let open: OpenValues = L::open_values(labels)
        .as_ref()
        .iter()
        .map(|value| Some(Arc::from(*value)))
        .collect();
    series::key(descriptor, L::closed_index(labels), &open)
}

fn line(key: &Key, suffix: &str, value: impl fmt::Display) -> String {
    let mut line = format!("{}{suffix}", key.name());
    let labels: Vec<String> = key
        .labels()
        .map(|label| format!("{}={:?}", label.key(), label.value()))
        .collect();
    if !labels.is_empty() {
        let _ = write!(line, "{{{}}}", labels.join(","));
    }
    let _ = write!(line, " {value}");
    line
}

impl Store {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Key, Value>> {
        self.series.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn entry(&self, key: &Key, new: impl FnOnce() -> Value) -> Value {
        self.lock().entry(key.clone()).or_insert_with(new).clone()
    }
}

impl Recorder for Store {
    fn describe_counter(&self, _: KeyName, _: Option<metrics::Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<metrics::Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<metrics::Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> metrics::Counter {
        match self.entry(key, || Value::Counter(Arc::default())) {
            Value::Counter(value) => metrics::Counter::from_arc(value),
            _ => metrics::Counter::noop(),
        }
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> metrics::Gauge {
        match self.entry(key, || Value::Gauge(Arc::default())) {
            Value::Gauge(value) => metrics::Gauge::from_arc(value),
            _ => metrics::Gauge::noop(),
        }
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> metrics::Histogram {
        match self.entry(key, || Value::Histogram(Arc::default())) {
            Value::Histogram(recorded) => metrics::Histogram::from_arc(recorded),
            _ => metrics::Histogram::noop(),
        }
    }
}
