//! Gauges, and guards that undo what they added.

use std::hint::cold_path;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::sync::Arc;

use super::entity::GaugeEntity;
use crate::descriptor::{MetricDescriptor, MetricKind};
use crate::label::{AsLabels, LabelSet, Unlabelled};
use crate::link::GaugeLink;
use crate::meta::DropReason;
use crate::metric::Metric;
use crate::recorder::cells::{add_to_gauge, add_to_take_back, take_back};
use crate::recorder::slab::{Index, Place};
use crate::scope::Scope;
use crate::series::{Added, Block, Bound, Core, Family, Shared};
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
    /// The place of the one series of a gauge without labels, once known: an
    /// entity shares the core, which is therefore a step further.
    only: Place,
    core: Arc<Core<GaugeLink>>,
    // Invariant: a subtype of `L` may have other labels, and the core is asked
    // by those it was made for alone.
    labels: PhantomData<fn(L) -> L>,
}

impl<L: LabelSet> Metric for Gauge<L> {
    type Labels = L;

    const KIND: MetricKind = MetricKind::Gauge;

    fn new(descriptor: &'static MetricDescriptor, scope: &Scope) -> Self {
        Self {
            only: Place::new(),
            core: Arc::new(Core::new::<L>(descriptor, scope)),
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

    #[cold]
    #[inline(never)]
    fn add_slow(&self, labels: L::Ref<'_>, value: f64) -> bool {
        let (closed, open) = (L::closed_index(labels), L::open_values(labels));
        let is_live = self.core.add_at(closed, open.as_ref(), value);
        if L::LABELS.is_empty() {
            self.only.put(self.core.index::<L>(labels));
        }
        is_live
    }

    /// All combinations of the closed labels under one tuple of open values.
    pub(crate) fn family(&self, open: &[&str]) -> Family<GaugeLink> {
        self.core.block(open)
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
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn add(&self, value: impl Sample)
    where
        L: Unlabelled,
    {
        self.at(L::NONE).add(value);
    }

    /// Lowers the value.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn sub(&self, value: impl Sample)
    where
        L: Unlabelled,
    {
        self.at(L::NONE).sub(value);
    }

    /// Raises the value until the guard is dropped.
    #[cfg_attr(not(debug_assertions), inline(always))]
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
            let open = L::open_values(self.labels);
            let closed = L::closed_index(self.labels);
            self.metric.core.set_at(closed, open.as_ref(), value);
        }
    }

    /// Raises the value.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn add(&self, value: impl Sample) {
        if let Some(value) = finite(self.metric.core.shared(), value) {
            self.change(value);
        }
    }

    /// Lowers the value.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn sub(&self, value: impl Sample) {
        if let Some(value) = finite(self.metric.core.shared(), value) {
            self.change(-value);
        }
    }

    /// Raises the value until the guard is dropped.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn track(self, value: impl Sample) -> Tracked<'a, L> {
        let block = self.metric.core.pin(L::open_values(self.labels).as_ref());
        let block = block.map(ManuallyDrop::new);
        let held = finite(self.metric.core.shared(), value).and_then(|value| {
            let added = match &block {
                None => self.raise(value),
                Some(block) => block.raise(L::closed_index(self.labels), value),
            };
            added.map(|added| (value, added))
        });
        Tracked {
            at: self,
            block,
            held,
        }
    }

    /// Looks the series up once, for a handle to keep.
    #[must_use]
    pub fn bind(&self) -> BoundGauge {
        BoundGauge(Bound::new::<L>(&self.metric.core, self.labels))
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
    #[inline(always)]
    fn change_in(&self, block: Option<&ManuallyDrop<Arc<Block<GaugeLink>>>>, value: f64) -> bool {
        match block {
            None => self.change(value),
            Some(block) => block.add(L::closed_index(self.labels), value),
        }
    }

    #[inline(always)]
    fn change(&self, value: f64) -> bool {
        add_to_gauge(self.index(), value) || self.metric.add_slow(self.labels, value)
    }

    /// Raises the series for a guard; `None` when no recorder takes it.
    #[inline(always)]
    fn raise(&self, value: f64) -> Option<Added> {
        let added = add_to_take_back(self.index(), value);
        (added.is_some() || self.metric.add_slow(self.labels, value)).then_some(added)
    }

    #[inline(always)]
    fn index(&self) -> Index {
        // Known at compile time.
        if L::LABELS.is_empty() {
            self.metric.only.get()
        } else {
            self.metric.core.index::<L>(self.labels)
        }
    }
}

/// One series of a gauge, to keep: cheap to clone, `'static`, and right
/// whenever the recorder is installed.
#[derive(Clone)]
pub struct BoundGauge(Bound<GaugeLink>);

impl BoundGauge {
    /// Sets the value.
    #[inline]
    pub fn set(&self, value: impl Sample) {
        if let Some(value) = finite(self.0.shared(), value) {
            self.0.with(|gauge| gauge.set(value));
        }
    }

    /// Raises the value.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn add(&self, value: impl Sample) {
        if let Some(value) = finite(self.0.shared(), value) {
            self.0.add(value);
        }
    }

    /// Lowers the value.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn sub(&self, value: impl Sample) {
        if let Some(value) = finite(self.0.shared(), value) {
            self.0.add(-value);
        }
    }

    /// Raises the value until the guard, which can be kept anywhere, is
    /// dropped.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn track(&self, value: impl Sample) -> OwnedTracked {
        let value = match finite(self.0.shared(), value) {
            Some(value) if self.0.add(value) => Some(value),
            _ => None,
        };
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
    /// Where open labels lead; see [`Core::pin`]. Dropped by hand: without open
    /// labels nothing of the guard then has to be in memory.
    block: Option<ManuallyDrop<Arc<Block<GaugeLink>>>>,
    /// What it added; `None` when no recorder took it: there is nothing to take
    /// back.
    held: Option<(f64, Added)>,
}

impl<L: LabelSet> Drop for Tracked<'_, L> {
    #[inline(always)]
    fn drop(&mut self) {
        let block = self.block.take();
        if let Some((value, added)) = self.held
            && !added.is_some_and(|cell| take_back(cell, value))
        {
            cold_path();
            self.at.change_in(block.as_ref(), -value);
        }
        if let Some(block) = block {
            drop(ManuallyDrop::into_inner(block));
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
    #[inline]
    fn drop(&mut self) {
        if let Some(value) = self.value {
            self.gauge.0.add(-value);
        }
    }
}

/// The sample, unless it is no finite number: then it is counted as dropped.
#[inline(always)]
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
    [] BoundGauge, 0;
    [L: LabelSet] Tracked<'_, L>, at.metric.core;
    [] OwnedTracked, gauge.0;
}
