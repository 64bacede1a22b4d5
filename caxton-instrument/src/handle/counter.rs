//! Counters.

use std::marker::PhantomData;

use crate::descriptor::{MetricDescriptor, MetricKind};
use crate::label::{AsLabels, LabelSet, Unlabelled};
use crate::link::CounterLink;
use crate::metric::Metric;
use crate::scope::Scope;
use crate::series::{Bound, Core, Family};

/// A metric that counts events and only rises.
///
/// ```
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::testing::TestRecorder;
///
/// #[derive(LabelSet)]
/// struct Labels {
///     urgent: bool,
/// }
///
/// /// Mail.
/// #[derive(MetricSet)]
/// #[metric_set(namespace = "mailer")]
/// struct Mail {
///     /// Messages that were sent.
///     messages_sent: Counter<Labels>,
/// }
///
/// let recorder = TestRecorder::new();
/// let mail = Mail::new_in(recorder.shared());
/// mail.messages_sent.at(&Labels::of(true)).increment(1);
/// assert_eq!(recorder.counter(Mail::MESSAGES_SENT, &Labels::of(true)), 1);
/// ```
pub struct Counter<L = ()> {
    core: Core<CounterLink>,
    // Invariant: a subtype of `L` may have other labels, and the core is asked
    // by those it was made for alone.
    labels: PhantomData<fn(L) -> L>,
}

impl<L: LabelSet> Metric for Counter<L> {
    type Labels = L;

    const KIND: MetricKind = MetricKind::Counter;

    fn new(descriptor: &'static MetricDescriptor, scope: &Scope) -> Self {
        Self {
            core: Core::new::<L>(descriptor, scope),
            labels: PhantomData,
        }
    }
}

impl<L: LabelSet> Counter<L> {
    /// One series, looked up when it is used.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn at<'a>(&'a self, labels: impl AsLabels<'a, L>) -> CounterAt<'a, L> {
        CounterAt {
            metric: self,
            labels: labels.as_labels(),
        }
    }

    /// All combinations of the closed labels under one tuple of open values.
    pub(crate) fn family(&self, open: &[&str]) -> Family<CounterLink> {
        self.core.block(open)
    }
}

/// Without labels there is one series, and nothing to name.
impl<L: LabelSet> Counter<L> {
    /// Counts `n` more events.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn increment(&self, n: u64)
    where
        L: Unlabelled,
    {
        self.at(L::NONE).increment(n);
    }

    /// Counts `n` more events, and offers the current span as an
    /// [exemplar](crate::exemplar) of them. [`increment`](Self::increment)
    /// looks at no span, and takes less.
    pub fn increment_with_exemplar(&self, n: u64)
    where
        L: Unlabelled,
    {
        self.at(L::NONE).increment_with_exemplar(n);
    }

    /// Raises the counter to a total that something else counts; a lower
    /// total changes nothing.
    pub fn absolute(&self, total: u64)
    where
        L: Unlabelled,
    {
        self.at(L::NONE).absolute(total);
    }

    /// A handle to keep.
    #[must_use]
    pub fn bind(&self) -> BoundCounter
    where
        L: Unlabelled,
    {
        self.at(L::NONE).bind()
    }
}

/// One series of a counter, looked up when it is used.
pub struct CounterAt<'a, L: LabelSet> {
    metric: &'a Counter<L>,
    labels: L::Ref<'a>,
}

impl<L: LabelSet> CounterAt<'_, L> {
    /// Counts `n` more events.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn increment(&self, n: u64) {
        self.metric.core.increment::<L>(self.labels, n);
    }

    /// Counts `n` more events, and offers the current span as an
    /// [exemplar](crate::exemplar) of them: for what a reader of the counter
    /// wants a trace of, as failures. [`increment`](Self::increment) looks at
    /// no span, and takes less.
    pub fn increment_with_exemplar(&self, n: u64) {
        self.metric
            .core
            .increment_with_exemplar::<L>(self.labels, n);
    }

    /// Raises the counter to a total that something else counts; a lower
    /// total changes nothing.
    pub fn absolute(&self, total: u64) {
        self.metric
            .core
            .with::<L>(self.labels, |counter| counter.absolute(total));
    }

    /// Looks the series up once, for a handle to keep.
    #[must_use]
    pub fn bind(&self) -> BoundCounter {
        BoundCounter(Bound::new::<L>(&self.metric.core, self.labels))
    }
}

/// One series of a counter, to keep: cheap to clone, `'static`, and right
/// whenever the recorder is installed.
#[derive(Clone)]
pub struct BoundCounter(Bound<CounterLink>);

impl BoundCounter {
    /// Counts `n` more events.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn increment(&self, n: u64) {
        self.0.increment(n);
    }

    /// Counts `n` more events, and offers the current span as an
    /// [exemplar](crate::exemplar) of them. [`increment`](Self::increment)
    /// looks at no span, and takes less.
    pub fn increment_with_exemplar(&self, n: u64) {
        self.0.increment_with_exemplar(n);
    }

    /// Raises the counter to a total that something else counts; a lower
    /// total changes nothing.
    pub fn absolute(&self, total: u64) {
        self.0.with(|counter| counter.absolute(total));
    }
}

debug_by_name! {
    [L] Counter<L>, core;
    [L: LabelSet] CounterAt<'_, L>, metric.core;
    [] BoundCounter, 0;
}
