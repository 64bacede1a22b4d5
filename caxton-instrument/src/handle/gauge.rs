//! Gauges, and guards that undo what they added.

use std::marker::PhantomData;
use std::sync::Arc;

use super::entity::GaugeEntity;
use crate::descriptor::{MetricDescriptor, MetricKind};
use crate::label::{AsLabels, LabelSet, Unlabelled};
use crate::link::GaugeLink;
use crate::meta::DropReason;
use crate::metric::Metric;
use crate::scope::Scope;
use crate::series::{Block, Core, Family, Shared};
use crate::value::Sample;

/// A metric that rises and falls.
///
/// ```
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::testing::TestRecorder;
///
/// /// Mail.
/// #[derive(MetricSet)]
/// #[metric_set(namespace = "mailer")]
/// struct Mail {
///     /// Messages that wait.
///     messages_waiting: Gauge,
/// }
///
/// let recorder = TestRecorder::new();
/// let mail = Mail::new_in(recorder.shared());
/// {
///     let _waiting = mail.messages_waiting.track(1);
///     assert_eq!(recorder.gauge(Mail::MESSAGES_WAITING, &()), 1.0);
/// }
/// assert_eq!(recorder.gauge(Mail::MESSAGES_WAITING, &()), 0.0);
/// ```
pub struct Gauge<L = ()> {
    pub(super) core: Arc<Core<GaugeLink>>,
    labels: PhantomData<fn() -> L>,
}

impl<L: LabelSet> Metric for Gauge<L> {
    type Labels = L;

    const KIND: MetricKind = MetricKind::Gauge;

    fn new(descriptor: &'static MetricDescriptor, scope: &Scope) -> Self {
        Self {
            core: Arc::new(Core::new(descriptor, scope)),
            labels: PhantomData,
        }
    }
}

impl<L: LabelSet> Gauge<L> {
    /// One series, looked up when it is used.
    #[inline]
    pub fn at<'a>(&'a self, labels: impl AsLabels<'a, L>) -> GaugeAt<'a, L> {
        GaugeAt {
            metric: self,
            labels: labels.as_labels(),
        }
    }

    /// All combinations of the closed labels under one tuple of open values.
    pub(crate) fn family(&self, open: &[&str]) -> Family<GaugeLink> {
        Family::new(self.core.block(open))
    }
}

/// Without labels there is one series, and nothing to name.
impl<L: LabelSet> Gauge<L> {
    /// Sets the value.
    #[inline]
    pub fn set(&self, value: impl Sample)
    where
        L: Unlabelled,
    {
        self.at(L::NONE).set(value);
    }

    /// Raises the value.
    #[inline]
    pub fn add(&self, value: impl Sample)
    where
        L: Unlabelled,
    {
        self.at(L::NONE).add(value);
    }

    /// Lowers the value.
    #[inline]
    pub fn sub(&self, value: impl Sample)
    where
        L: Unlabelled,
    {
        self.at(L::NONE).sub(value);
    }

    /// Raises the value until the guard is dropped.
    #[inline]
    pub fn track(&self, value: impl Sample) -> Tracked<'_, L>
    where
        L: Unlabelled,
    {
        self.at(L::NONE).track(value)
    }

    /// A handle to keep.
    #[must_use]
    pub fn bind(&self) -> BoundGauge
    where
        L: Unlabelled,
    {
        self.at(L::NONE).bind()
    }
}

/// One series of a gauge, looked up when it is used.
pub struct GaugeAt<'a, L: LabelSet> {
    metric: &'a Gauge<L>,
    labels: L::Ref<'a>,
}

impl<'a, L: LabelSet> GaugeAt<'a, L> {
    /// Sets the value.
    #[inline]
    pub fn set(&self, value: impl Sample) {
        if let Some(value) = finite(self.metric.core.shared(), value) {
            self.with(|gauge| gauge.set(value));
        }
    }

    /// Raises the value.
    #[inline]
    pub fn add(&self, value: impl Sample) {
        if let Some(value) = finite(self.metric.core.shared(), value) {
            self.with(|gauge| gauge.increment(value));
        }
    }

    /// Lowers the value.
    #[inline]
    pub fn sub(&self, value: impl Sample) {
        if let Some(value) = finite(self.metric.core.shared(), value) {
            self.with(|gauge| gauge.decrement(value));
        }
    }

    /// Raises the value until the guard is dropped.
    #[inline]
    pub fn track(self, value: impl Sample) -> Tracked<'a, L> {
        let block = self.metric.core.pin(L::open_values(self.labels).as_ref());
        let value = finite(self.metric.core.shared(), value)
            .filter(|value| self.with_in(block.as_deref(), |gauge| gauge.increment(*value)));
        Tracked {
            at: self,
            block,
            value,
        }
    }

    /// Looks the series up once, for a handle to keep.
    #[must_use]
    pub fn bind(&self) -> BoundGauge {
        BoundGauge {
            block: self.metric.core.block(L::open_values(self.labels).as_ref()),
            closed: L::closed_index(self.labels),
        }
    }

    /// The series of something that lives and ends: dropping the guard ends
    /// the series and gives its place among the label's values back.
    pub fn entity(&self) -> GaugeEntity {
        GaugeEntity::new(
            Arc::clone(&self.metric.core),
            L::open_values(self.labels).as_ref(),
            L::closed_index(self.labels),
        )
    }

    /// In the block that [`Core::pin`] gave.
    #[inline]
    fn with_in(&self, block: Option<&Block<GaugeLink>>, update: impl FnOnce(&GaugeLink)) -> bool {
        match block {
            None => self.with(update),
            Some(block) => block.with(L::closed_index(self.labels), update),
        }
    }

    #[inline]
    fn with(&self, update: impl FnOnce(&GaugeLink)) -> bool {
        self.metric.core.with(
            L::closed_index(self.labels),
            L::open_values(self.labels).as_ref(),
            update,
        )
    }
}

/// One series of a gauge, to keep: cheap to clone, `'static`, and right
/// whenever the recorder is installed.
#[derive(Clone)]
pub struct BoundGauge {
    block: Arc<Block<GaugeLink>>,
    closed: usize,
}

impl BoundGauge {
    /// Sets the value.
    #[inline]
    pub fn set(&self, value: impl Sample) {
        if let Some(value) = finite(self.block.shared(), value) {
            self.block.with(self.closed, |gauge| gauge.set(value));
        }
    }

    /// Raises the value.
    #[inline]
    pub fn add(&self, value: impl Sample) {
        if let Some(value) = finite(self.block.shared(), value) {
            self.block.with(self.closed, |gauge| gauge.increment(value));
        }
    }

    /// Lowers the value.
    #[inline]
    pub fn sub(&self, value: impl Sample) {
        if let Some(value) = finite(self.block.shared(), value) {
            self.block.with(self.closed, |gauge| gauge.decrement(value));
        }
    }

    /// Raises the value until the guard, which can be kept anywhere, is
    /// dropped.
    #[inline]
    pub fn track(&self, value: impl Sample) -> OwnedTracked {
        let value = finite(self.block.shared(), value).filter(|value| {
            self.block
                .with(self.closed, |gauge| gauge.increment(*value))
        });
        OwnedTracked {
            gauge: self.clone(),
            value,
        }
    }
}

/// Holds a gauge up; dropping it takes back what it added.
#[must_use = "the gauge falls again as soon as this is dropped: bind it to a name, `let _guard = ..`"]
pub struct Tracked<'a, L: LabelSet> {
    at: GaugeAt<'a, L>,
    /// Where open labels lead; see [`Core::pin`].
    block: Option<Arc<Block<GaugeLink>>>,
    /// `None` when no recorder took it: there is nothing to take back.
    value: Option<f64>,
}

impl<L: LabelSet> Drop for Tracked<'_, L> {
    #[inline]
    fn drop(&mut self) {
        if let Some(value) = self.value {
            self.at
                .with_in(self.block.as_deref(), |gauge| gauge.decrement(value));
        }
    }
}

/// Holds a gauge up, from anywhere; dropping it takes back what it added.
#[must_use = "the gauge falls again as soon as this is dropped: bind it to a name, `let _guard = ..`"]
pub struct OwnedTracked {
    gauge: BoundGauge,
    /// `None` when no recorder took it: there is nothing to take back.
    value: Option<f64>,
}

impl Drop for OwnedTracked {
    fn drop(&mut self) {
        if let Some(value) = self.value {
            self.gauge
                .block
                .with(self.gauge.closed, |gauge| gauge.decrement(value));
        }
    }
}

/// The sample, unless it is no finite number: then it is counted as dropped.
#[inline]
pub(super) fn finite(shared: &Shared, sample: impl Sample) -> Option<f64> {
    let value = sample.into_sample();
    if value.is_finite() {
        return Some(value);
    }
    shared.drop_sample(DropReason::NonFinite);
    None
}

debug_by_name! {
    [L] Gauge<L>, core;
    [L: LabelSet] GaugeAt<'_, L>, metric.core;
    [] BoundGauge, block;
    [L: LabelSet] Tracked<'_, L>, at.metric.core;
    [] OwnedTracked, gauge.block;
}
