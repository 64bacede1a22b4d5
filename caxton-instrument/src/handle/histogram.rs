//! Histograms and timers.

use std::future::Future;
use std::marker::PhantomData;
use std::time::Duration;

use crate::clock::Started;
use crate::descriptor::{MetricDescriptor, MetricKind};
use crate::diagnostics::{self, Diagnostic};
use crate::label::{AsLabels, LabelSet, Unlabelled};
use crate::link::HistogramLink;
use crate::meta::DropReason;
use crate::metric::Metric;
use crate::scope::Scope;
use crate::series::{Bound, Core, Family, Shared};
use crate::unit::Unit;
use crate::value::Sample;

/// A metric that records a distribution of samples over fixed bucket bounds,
/// or, declared `native`, over those of [`NativeBuckets`](crate::NativeBuckets).
///
/// ```
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::testing::TestRecorder;
///
/// /// Mail.
/// #[derive(MetricSet)]
/// #[metric_set(namespace = "mailer")]
/// struct Mail {
///     /// Time to send one message.
///     #[metric(unit = seconds, buckets = [0.1, 1.0])]
///     send_duration: Histogram,
/// }
///
/// let recorder = TestRecorder::new();
/// let mail = Mail::new_in(recorder.shared());
/// mail.send_duration.time(|| { /* send */ });
/// mail.send_duration.record(0.25);
/// assert_eq!(recorder.histogram(Mail::SEND_DURATION, &()).count, 2);
/// ```
pub struct Histogram<L = ()> {
    core: Core<HistogramLink>,
    // Invariant: a subtype of `L` may have other labels, and the core is asked
    // by those it was made for alone.
    labels: PhantomData<fn(L) -> L>,
}

impl<L: LabelSet> Metric for Histogram<L> {
    type Labels = L;

    const KIND: MetricKind = MetricKind::Histogram;

    fn new(descriptor: &'static MetricDescriptor, scope: &Scope) -> Self {
        Self {
            core: Core::new::<L>(descriptor, scope),
            labels: PhantomData,
        }
    }
}

impl<L: LabelSet> Histogram<L> {
    /// One series, looked up when it is used.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn at<'a>(&'a self, labels: impl AsLabels<'a, L>) -> HistogramAt<'a, L> {
        HistogramAt {
            metric: self,
            labels: labels.as_labels(),
        }
    }

    /// All combinations of the closed labels under one tuple of open values.
    pub(crate) fn family(&self, open: &[&str]) -> Family<HistogramLink> {
        self.core.block(open)
    }
}

/// Without labels there is one series, and nothing to name.
impl<L: LabelSet> Histogram<L> {
    /// Records one sample.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn record(&self, value: impl Sample)
    where
        L: Unlabelled,
    {
        self.at(L::NONE).record(value);
    }

    /// Starts a timer that records when it is dropped.
    #[inline]
    pub fn start_timer(&self) -> Timer<'_, L>
    where
        L: Unlabelled,
    {
        self.at(L::NONE).start_timer()
    }

    /// Records how long `work` takes, also when it panics.
    #[inline]
    pub fn time<T>(&self, work: impl FnOnce() -> T) -> T
    where
        L: Unlabelled,
    {
        self.at(L::NONE).time(work)
    }

    /// Records how long `work` takes from its first poll until it is done or
    /// dropped.
    pub fn time_async<F: Future>(&self, work: F) -> impl Future<Output = F::Output>
    where
        L: Unlabelled,
    {
        self.at(L::NONE).time_async(work)
    }

    /// A handle to keep.
    #[must_use]
    pub fn bind(&self) -> BoundHistogram
    where
        L: Unlabelled,
    {
        self.at(L::NONE).bind()
    }
}

/// One series of a histogram, looked up when it is used.
pub struct HistogramAt<'a, L: LabelSet> {
    metric: &'a Histogram<L>,
    labels: L::Ref<'a>,
}

impl<'a, L: LabelSet> HistogramAt<'a, L> {
    /// Records one sample.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn record(&self, value: impl Sample) {
        self.metric
            .core
            .record::<L>(self.labels, value.into_sample());
    }

    /// Starts a timer that records when it is dropped.
    #[inline]
    pub fn start_timer(self) -> Timer<'a, L> {
        Timer {
            started: start(self.metric.core.shared()),
            at: self,
        }
    }

    /// Records how long `work` takes, also when it panics.
    #[inline]
    pub fn time<T>(self, work: impl FnOnce() -> T) -> T {
        let _timer = self.start_timer();
        work()
    }

    /// Records how long `work` takes from its first poll until it is done or
    /// dropped.
    pub async fn time_async<F: Future>(self, work: F) -> F::Output {
        let _timer = self.start_timer();
        work.await
    }

    /// Looks the series up once, for a handle to keep.
    #[must_use]
    pub fn bind(&self) -> BoundHistogram {
        BoundHistogram(Bound::new::<L>(&self.metric.core, self.labels))
    }
}

/// One series of a histogram, to keep: cheap to clone, `'static`, and right
/// whenever the recorder is installed.
#[derive(Clone)]
pub struct BoundHistogram(Bound<HistogramLink>);

impl BoundHistogram {
    /// Records one sample.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn record(&self, value: impl Sample) {
        self.0.record(value.into_sample());
    }

    /// Starts a timer that can be kept anywhere and records when it is
    /// dropped.
    #[inline]
    pub fn start_timer(&self) -> OwnedTimer {
        OwnedTimer {
            started: start(self.0.shared()),
            histogram: self.clone(),
        }
    }

    /// Records how long `work` takes, also when it panics.
    #[inline]
    pub fn time<T>(&self, work: impl FnOnce() -> T) -> T {
        let _timer = self.start_timer();
        work()
    }

    /// Records how long `work` takes from its first poll until it is done or
    /// dropped.
    pub async fn time_async<F: Future>(&self, work: F) -> F::Output {
        let _timer = self.start_timer();
        work.await
    }
}

/// Measures a duration; records it when dropped.
///
/// ```
/// use caxton_instrument::prelude::*;
///
/// # #[derive(LabelSet)]
/// # struct Labels { hit: bool }
/// # /// Cache.
/// # #[derive(MetricSet)]
/// # #[metric_set(namespace = "cache")]
/// # struct Cache {
/// #     /// Time to look one key up.
/// #     #[metric(unit = seconds)]
/// #     lookup_duration: Histogram<Labels>,
/// # }
/// let mut timer = Cache::global().lookup_duration.at(&Labels::of(true)).start_timer();
/// timer.relabel(&Labels::of(false)); // it turned out to be a miss
/// timer.stop();
/// ```
#[must_use = "a timer records as soon as it is dropped: bind it to a name, `let _timer = ..`"]
pub struct Timer<'a, L: LabelSet> {
    at: HistogramAt<'a, L>,
    /// `None` once it recorded or was discarded.
    started: Option<Started>,
}

impl<'a, L: LabelSet> Timer<'a, L> {
    /// Records under other labels.
    pub fn relabel(&mut self, labels: impl AsLabels<'a, L>) {
        self.at.labels = labels.as_labels();
    }

    /// Records now and tells the duration; zero if there is none to record.
    #[allow(clippy::must_use_candidate)]
    pub fn stop(mut self) -> Duration {
        let Some(started) = self.started.take() else {
            return Duration::ZERO;
        };
        let elapsed = started.elapsed();
        self.at.record(elapsed);
        elapsed
    }

    /// Ends the timer; it records nothing.
    pub fn discard(mut self) {
        self.started = None;
    }
}

impl<L: LabelSet> Drop for Timer<'_, L> {
    #[inline]
    fn drop(&mut self) {
        if let Some(started) = self.started.take() {
            let HistogramAt { metric, labels } = &self.at;
            metric.core.record_duration::<L>(*labels, started.seconds());
        }
    }
}

/// Measures a duration from anywhere; records it when dropped.
#[must_use = "a timer records as soon as it is dropped: bind it to a name, `let _timer = ..`"]
pub struct OwnedTimer {
    histogram: BoundHistogram,
    /// `None` once it recorded or was discarded.
    started: Option<Started>,
}

impl OwnedTimer {
    /// Records in another series.
    pub fn relabel(&mut self, histogram: &BoundHistogram) {
        self.histogram.clone_from(histogram);
    }

    /// Records now and tells the duration; zero if there is none to record.
    #[allow(clippy::must_use_candidate)]
    pub fn stop(mut self) -> Duration {
        let Some(started) = self.started.take() else {
            return Duration::ZERO;
        };
        let elapsed = started.elapsed();
        self.histogram.record(elapsed);
        elapsed
    }

    /// Ends the timer; it records nothing.
    pub fn discard(mut self) {
        self.started = None;
    }
}

impl Drop for OwnedTimer {
    fn drop(&mut self) {
        if let Some(started) = self.started.take() {
            self.histogram.0.record_duration(started.seconds());
        }
    }
}

/// Starts the clock, unless the histogram does not take seconds.
#[inline]
fn start(shared: &Shared) -> Option<Started> {
    if shared.descriptor.unit == Unit::Seconds {
        return Some(Started::now());
    }
    mismatch(shared);
    None
}

#[cold]
fn mismatch(shared: &Shared) {
    shared.drop_sample(DropReason::UnitMismatch);
    diagnostics::once(&Diagnostic::TimerWithoutSeconds {
        metric: shared.descriptor.name,
    });
}

debug_by_name! {
    [L] Histogram<L>, core;
    [L: LabelSet] HistogramAt<'_, L>, metric.core;
    [] BoundHistogram, 0;
    [L: LabelSet] Timer<'_, L>, at.metric.core;
    [] OwnedTimer, histogram.0;
}
