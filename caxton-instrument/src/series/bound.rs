//! One series, looked up once and kept.

use std::sync::Arc;

use super::update::{is_finite, offer, record, record_at_once, record_duration_at_once};
use super::{Block, Core, Shared};
use crate::exemplar;
use crate::label::LabelSet;
use crate::link::{CounterLink, GaugeLink, HistogramLink, Link};
use crate::recorder::bounds::Bounds;
use crate::recorder::cells::add_to_gauge;
use crate::recorder::slab::{Index, Own, Place};

/// One series, to keep: what a handle of a user's is made of.
pub(crate) struct Bound<H: Link> {
    /// As in the block, without a detour.
    place: Place,
    pub(crate) block: Arc<Block<H>>,
    closed: usize,
}

impl<H: Link> Clone for Bound<H> {
    fn clone(&self) -> Self {
        let place = Place::default();
        place.put(self.place.get());
        Self {
            place,
            block: Arc::clone(&self.block),
            closed: self.closed,
        }
    }
}

impl<H: Link> Bound<H> {
    pub(crate) fn new<L: LabelSet>(core: &Core<H>, labels: L::Ref<'_>) -> Self {
        Self {
            place: Place::default(),
            block: core.block(L::open_values(labels).as_ref()),
            closed: L::closed_index(labels),
        }
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.block.shared
    }

    /// Runs `update` on the handle; false when no recorder takes it.
    pub(crate) fn with(&self, update: impl FnOnce(&H)) -> bool {
        let live = self.block.with(self.closed, update);
        self.place.put(self.block.index(self.closed));
        live
    }
}

impl Bound<CounterLink> {
    #[inline(always)]
    pub(crate) fn increment(&self, n: u64) {
        if !self.place.get().add(n) {
            self.increment_slow(n);
        }
    }

    #[cold]
    #[inline(never)]
    fn increment_slow(&self, n: u64) {
        self.with(|counter| counter.increment(n));
    }

    /// The same, and offers it as an exemplar.
    pub(crate) fn increment_with_exemplar(&self, n: u64) {
        self.increment(n);
        if exemplar::wanted() {
            exemplar::offer_count(self.place.get(), n);
        }
    }
}

impl Bound<GaugeLink> {
    #[inline(always)]
    pub(crate) fn add(&self, value: f64) -> bool {
        add_to_gauge(self.place.get(), value) || self.add_slow(value)
    }

    #[cold]
    #[inline(never)]
    fn add_slow(&self, value: f64) -> bool {
        self.with(|gauge| gauge.add(value))
    }
}

impl Bound<HistogramLink> {
    #[inline(always)]
    pub(crate) fn record(&self, value: f64) {
        self.record_by(value, |own, index, bounds| {
            // SAFETY: the place has no other index than of cells for these bounds.
            unsafe { record_at_once(own, index, bounds, value) }
        });
    }

    /// The same with what the clock just said.
    #[inline(always)]
    pub(crate) fn record_duration(&self, seconds: f64) {
        self.record_by(seconds, |own, index, bounds| {
            // SAFETY: as above.
            unsafe { record_duration_at_once(own, index, bounds, seconds) }
        });
    }

    #[inline(always)]
    fn record_by(
        &self,
        value: f64,
        at_once: impl FnOnce(Own, Index, *const Bounds) -> Option<usize>,
    ) {
        let (own, index) = (Own::current(), self.place.get());
        match at_once(own, index, &raw const self.block.shared.bounds) {
            None => self.record_slow(value),
            Some(bucket) => offer(index, &self.block.shared.bounds, bucket, value),
        }
    }

    #[cold]
    #[inline(never)]
    fn record_slow(&self, value: f64) {
        if !is_finite(self.shared(), value) {
            return;
        }
        let bounds = &self.block.shared.bounds;
        // SAFETY: as above.
        let known = unsafe { record(self.place.get(), &raw const *bounds, value) };
        let bucket = known.unwrap_or_else(|| {
            self.with(|histogram| histogram.record(value));
            bounds.bucket_of(value)
        });
        offer(self.place.get(), bounds, bucket, value);
    }
}
