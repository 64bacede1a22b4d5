//! Counters of what is no whole number.

use std::marker::PhantomData;

use super::gauge::finite;
use crate::descriptor::{MetricDescriptor, MetricKind};
use crate::label::{AsLabels, LabelSet, Unlabelled};
use crate::link::GaugeLink;
use crate::meta::DropReason;
use crate::metric::Metric;
use crate::scope::Scope;
use crate::series::Core;
use crate::value::Sample;

/// A counter of an amount that is no whole number: seconds, joules, money.
/// What counts events is a [`Counter`](crate::Counter), which is exact and
/// takes less.
///
/// A recorder of the `metrics` ecosystem has no such counter and sees a gauge
/// of the same name; the [recorder](crate::recorder) of this crate exposes a
/// counter.
///
/// ```
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::testing::TestRecorder;
///
/// /// Mail.
/// #[derive(MetricSet)]
/// #[metric_set(namespace = "mailer")]
/// struct Mail {
///     /// Time that all sends took together.
///     #[metric(unit = seconds)]
///     sending: FloatCounter,
/// }
///
/// let recorder = TestRecorder::new();
/// let mail = Mail::new_in(&recorder);
/// mail.sending.increment(0.25);
/// mail.sending.increment(std::time::Duration::from_millis(500));
/// assert_eq!(Mail::SENDING.name(), "mailer_sending_seconds_total");
/// assert_eq!(recorder.float_counter(Mail::SENDING, &()), 0.75);
/// ```
pub struct FloatCounter<L = ()> {
    core: Core<GaugeLink>,
    // Invariant: a subtype of `L` may have other labels, and the core is asked
    // by those it was made for alone.
    labels: PhantomData<fn(L) -> L>,
}

impl<L: LabelSet> Metric for FloatCounter<L> {
    type Labels = L;

    const KIND: MetricKind = MetricKind::Counter;

    fn new(descriptor: &'static MetricDescriptor, scope: &Scope) -> Self {
        Self {
            core: Core::new::<L>(descriptor, scope),
            labels: PhantomData,
        }
    }
}

impl<L: LabelSet> FloatCounter<L> {
    /// One series, looked up when it is used.
    pub fn at<'a>(&'a self, labels: impl AsLabels<'a, L>) -> FloatCounterAt<'a, L> {
        FloatCounterAt {
            metric: self,
            labels: labels.as_labels(),
        }
    }
}

/// Without labels there is one series, and nothing to name.
impl<L: LabelSet> FloatCounter<L> {
    /// Adds an amount; one below 0, or no finite number, is dropped and
    /// counted in `caxton_instrument_samples_dropped_total`.
    pub fn increment(&self, amount: impl Sample)
    where
        L: Unlabelled,
    {
        self.at(L::NONE).increment(amount);
    }

    /// Raises the counter to a total that something else counts, as the
    /// system; a lower total changes nothing in the program's own recorder, and
    /// others are told it as it is. Use either this or
    /// [`increment`](Self::increment) on one series.
    pub fn absolute(&self, total: impl Sample)
    where
        L: Unlabelled,
    {
        self.at(L::NONE).absolute(total);
    }
}

/// One series of a [`FloatCounter`], looked up when it is used.
pub struct FloatCounterAt<'a, L: LabelSet> {
    metric: &'a FloatCounter<L>,
    labels: L::Ref<'a>,
}

impl<L: LabelSet> FloatCounterAt<'_, L> {
    /// Adds an amount; one below 0, or no finite number, is dropped and
    /// counted in `caxton_instrument_samples_dropped_total`.
    pub fn increment(&self, amount: impl Sample) {
        if let Some(amount) = self.rising(amount) {
            self.metric.core.add::<L>(self.labels, amount);
        }
    }

    /// Raises the counter to a total that something else counts, as the
    /// system; a lower total changes nothing in the program's own recorder, and
    /// others are told it as it is. Use either this or
    /// [`increment`](Self::increment) on one series.
    pub fn absolute(&self, total: impl Sample) {
        if let Some(total) = self.rising(total) {
            self.metric
                .core
                .with::<L>(self.labels, |counter| counter.raise(total));
        }
    }

    fn rising(&self, amount: impl Sample) -> Option<f64> {
        let shared = self.metric.core.shared();
        let amount = finite(shared, amount)?;
        if amount >= 0.0 {
            return Some(amount);
        }
        shared.drop_sample(DropReason::Negative);
        None
    }
}

debug_by_name! {
    [L] FloatCounter<L>, core;
    [L: LabelSet] FloatCounterAt<'_, L>, metric.core;
}
