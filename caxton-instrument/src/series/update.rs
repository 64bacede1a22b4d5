//! Updates of series: inlined down to a few loads, one test and a store. All
//! else is one call that takes everything with it, so that nothing is saved for
//! it.

use super::{Block, Core, Shared, combinations};
use crate::exemplar;
use crate::label::LabelSet;
use crate::link::{CounterLink, GaugeLink, HistogramLink};
use crate::meta::DropReason;
use crate::recorder::bounds::Bounds;
use crate::recorder::cells::{add_to_gauge, add_to_take_back};
use crate::recorder::slab::{Index, Own, OwnCell, OwnCount};

impl Core<CounterLink> {
    /// The current thread's cell of one series, if it can be reached at once.
    #[inline(always)]
    fn cell<L: LabelSet>(&self, labels: L::Ref<'_>) -> Option<OwnCount> {
        let open = L::open_values(labels);
        // How many there are is known at compile time.
        if open.as_ref().is_empty() {
            let own = Own::current();
            return own.cell(self.index::<L>(labels));
        }
        let closed = L::closed_index(labels);
        match (open.as_ref(), &self.open) {
            ([value], Some(table)) if closed < const { combinations(L::LABELS) } => {
                // SAFETY: the core was made for these labels, and every block has
                // a place for each combination.
                unsafe { table.cell_at_once(value, closed) }
            }
            _ => None,
        }
    }

    /// Counts `n` more events in one series.
    #[inline(always)]
    pub(crate) fn increment<L: LabelSet>(&self, labels: L::Ref<'_>, n: u64) {
        match self.cell::<L>(labels) {
            Some(cell) => cell.add(n),
            None => self.increment_slow::<L>(L::closed_index(labels), L::open_values(labels), n),
        }
    }

    // What it takes is in registers: labels would be written to memory for it, at
    // every update.
    #[cold]
    #[inline(never)]
    fn increment_slow<L: LabelSet>(&self, closed: usize, open: L::Open<'_>, n: u64) {
        self.increment_at(closed, open.as_ref(), n);
    }

    /// The same, and offers it as an exemplar.
    pub(crate) fn increment_with_exemplar<L: LabelSet>(&self, labels: L::Ref<'_>, n: u64) {
        let mut index = self.index::<L>(labels);
        if !index.add(n) {
            let (closed, open) = (L::closed_index(labels), L::open_values(labels));
            self.increment_slow::<L>(closed, open, n);
            index = self.index_at(closed, open.as_ref());
        }
        if exemplar::wanted() {
            exemplar::offer_count(index, n);
        }
    }
}

impl Block<CounterLink> {
    /// Counts `n` more events in one series.
    #[inline(always)]
    pub(crate) fn increment(&self, closed: usize, n: u64) {
        if !self.index(closed).add(n) {
            self.increment_slow(closed, n);
        }
    }

    #[cold]
    #[inline(never)]
    fn increment_slow(&self, closed: usize, n: u64) {
        self.with(closed, |counter| counter.increment(n));
    }
}

impl Core<GaugeLink> {
    /// Changes one series by a finite number; false when no recorder takes it.
    #[inline(always)]
    pub(crate) fn add<L: LabelSet>(&self, labels: L::Ref<'_>, value: f64) -> bool {
        add_to_gauge(self.index::<L>(labels), value)
            || self.add_slow::<L>(L::closed_index(labels), L::open_values(labels), value)
    }

    #[cold]
    #[inline(never)]
    fn add_slow<L: LabelSet>(&self, closed: usize, open: L::Open<'_>, value: f64) -> bool {
        self.add_at(closed, open.as_ref(), value)
    }
}

/// What a guard takes back: where it was added, if this thread can reach that
/// at once.
pub(crate) type Added = Option<OwnCell>;

impl Block<GaugeLink> {
    /// Raises one series for a guard; `None` when no recorder takes it.
    #[inline(always)]
    pub(crate) fn raise(&self, closed: usize, value: f64) -> Option<Added> {
        let added = add_to_take_back(self.index(closed), value);
        (added.is_some() || self.add_slow(closed, value)).then_some(added)
    }

    /// Changes one series by a finite number; false when no recorder takes it.
    #[inline(always)]
    pub(crate) fn add(&self, closed: usize, value: f64) -> bool {
        add_to_gauge(self.index(closed), value) || self.add_slow(closed, value)
    }

    #[cold]
    #[inline(never)]
    fn add_slow(&self, closed: usize, value: f64) -> bool {
        self.with(closed, |gauge| gauge.add(value))
    }
}

impl Core<HistogramLink> {
    /// Records a sample in one series, and offers it as an exemplar.
    #[inline(always)]
    pub(crate) fn record<L: LabelSet>(&self, labels: L::Ref<'_>, value: f64) {
        self.record_by::<L>(labels, value, |own, index, bounds| {
            // SAFETY: a place has no other index than of cells for these bounds.
            unsafe { record_at_once(own, index, bounds, value) }
        });
    }

    /// The same with what the clock just said.
    #[inline(always)]
    pub(crate) fn record_duration<L: LabelSet>(&self, labels: L::Ref<'_>, seconds: f64) {
        self.record_by::<L>(labels, seconds, |own, index, bounds| {
            // SAFETY: as above.
            unsafe { record_duration_at_once(own, index, bounds, seconds) }
        });
    }

    #[inline(always)]
    fn record_by<L: LabelSet>(
        &self,
        labels: L::Ref<'_>,
        value: f64,
        at_once: impl FnOnce(Own, Index, *const Bounds) -> Option<usize>,
    ) {
        let own = Own::current();
        let index = self.index::<L>(labels);
        match at_once(own, index, &raw const self.bounds) {
            None => {
                let (closed, open) = (L::closed_index(labels), L::open_values(labels));
                self.record_slow::<L>(index, closed, open, value);
            }
            Some(bucket) => offer(index, &self.bounds, bucket, value),
        }
    }

    #[cold]
    #[inline(never)]
    fn record_slow<L: LabelSet>(&self, index: Index, closed: usize, open: L::Open<'_>, value: f64) {
        self.record_at(index, closed, open.as_ref(), value);
    }
}

/// Offers a sample that was recorded as an exemplar.
#[inline(always)]
pub(super) fn offer(index: Index, bounds: &Bounds, bucket: usize, value: f64) {
    if exemplar::wanted() {
        exemplar::offer_sample(index, bounds, bucket, value);
    }
}

/// Records a sample where the current thread has cells for it, and tells its
/// bucket, if it has a slot; nothing is done otherwise.
///
/// # Safety
/// The index is of no cells, or of those that were made for these bounds.
#[inline(always)]
pub(super) unsafe fn record_at_once(
    own: Own,
    index: Index,
    bounds: *const Bounds,
    value: f64,
) -> Option<usize> {
    // SAFETY: the caller's promise, in all three.
    unsafe {
        let cells = own.histogram(index)?;
        let bucket = (*bounds).bucket_at_once(value)?;
        cells.add(bucket, value);
        Some(bucket)
    }
}

/// The same with what the clock just said, if it falls where the duration before
/// did: the processor can go on before it knows the duration, for which it waits
/// long.
///
/// # Safety
/// As above.
#[inline(always)]
pub(crate) unsafe fn record_duration_at_once(
    own: Own,
    index: Index,
    bounds: *const Bounds,
    seconds: f64,
) -> Option<usize> {
    // SAFETY: the caller's promise; a bucket that was kept is one of theirs, as
    // is the first.
    unsafe {
        let cells = own.histogram(index)?;
        let bucket = cells.kept_bucket();
        if !(*bounds).is_in(bucket, seconds) {
            return None;
        }
        cells.add(bucket, seconds);
        Some(bucket)
    }
}

/// Records any sample where the current thread has cells for it, and keeps and
/// tells its bucket; not one that is no finite number.
///
/// # Safety
/// As above.
#[inline]
pub(crate) unsafe fn record(index: Index, bounds: *const Bounds, value: f64) -> Option<usize> {
    // SAFETY: the caller's promise.
    unsafe {
        let cells = Own::current().histogram(index)?;
        let mut bucket = cells.kept_bucket();
        if !value.is_finite() || !(*bounds).is_in(bucket, value) {
            bucket = (*bounds).bucket_of_finite(value)?;
            cells.keep_bucket(bucket);
        }
        cells.add(bucket, value);
        Some(bucket)
    }
}

/// Whether a sample is a finite number; else it is counted as dropped.
#[inline]
pub(super) fn is_finite(shared: &Shared, value: f64) -> bool {
    if !value.is_finite() {
        shared.drop_sample(DropReason::NonFinite);
    }
    value.is_finite()
}

/// What an execution updates: it offers its exemplars itself.
impl Block<HistogramLink> {
    /// Records a finite sample in one series.
    pub(crate) fn record(&self, closed: usize, value: f64) {
        let bounds = &raw const self.shared.bounds;
        // SAFETY: a place has no other index than of cells for these bounds.
        if unsafe { record(self.index(closed), bounds, value) }.is_none() {
            self.with(closed, |histogram| histogram.record(value));
        }
    }

    pub(crate) fn bounds(&self) -> &Bounds {
        &self.shared.bounds
    }
}
