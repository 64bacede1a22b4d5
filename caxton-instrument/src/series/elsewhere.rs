//! Updates of series that have no cells within reach at once: those whose open
//! labels are short, long or many, the first of each series and of each thread,
//! and those of other recorders. They know labels as values and not as a type, so
//! that they are compiled once, with this crate, and not for each label set of a
//! program.

use super::Core;
use super::update::{is_finite, offer, record};
use crate::exemplar;
use crate::link::{CounterLink, GaugeLink, HistogramLink, Link};
use crate::open::OpenTable;
use crate::recorder::cells::add_to_gauge;
use crate::recorder::slab::Index;

impl<H: Link> Core<H> {
    /// Runs `update` on the handle of one series; false when no recorder takes
    /// it.
    pub(super) fn with_at(&self, closed: usize, open: &[&str], update: impl FnOnce(&H)) -> bool {
        match &self.open {
            None => {
                let live = self.root.with(closed, update);
                if let Some(near) = self.near.get(closed) {
                    near.put(self.root.index(closed));
                }
                live
            }
            Some(table) => table.block(open).with(closed, update),
        }
    }

    /// Where the cells of a series stand that this thread looked up lately.
    pub(super) fn near_at(&self, closed: usize, open: &[&str]) -> Index {
        match &self.open {
            None => self.root.index(closed),
            Some(table) => OpenTable::<H>::index(table.key(open), open, closed),
        }
    }

    /// The same past this thread's cache, which has one of open labels from its
    /// second update on.
    pub(super) fn index_at(&self, closed: usize, open: &[&str]) -> Index {
        match &self.open {
            None => self.root.index(closed),
            Some(table) => table.block(open).index(closed),
        }
    }
}

impl Core<CounterLink> {
    pub(super) fn increment_at(&self, closed: usize, open: &[&str], n: u64) {
        if let Some(table) = &self.open {
            let key = table.key(open);
            if let Some(cell) = table.cell(key, closed) {
                cell.add(n);
                return;
            }
            let index = OpenTable::<CounterLink>::index(key, open, closed);
            if index.add(n) {
                OpenTable::keep_cell(key, closed, index);
                return;
            }
        }
        self.with_at(closed, open, |counter| counter.increment(n));
    }
}

impl Core<GaugeLink> {
    pub(crate) fn add_at(&self, closed: usize, open: &[&str], value: f64) -> bool {
        add_to_gauge(self.near_at(closed, open), value)
            || self.with_at(closed, open, |gauge| gauge.add(value))
    }

    /// Sets one series to a finite number.
    pub(crate) fn set_at(&self, closed: usize, open: &[&str], value: f64) {
        self.with_at(closed, open, |gauge| gauge.set(value));
    }
}

impl Core<HistogramLink> {
    /// Records a sample in one series, whose index is known or is asked for.
    pub(super) fn record_at(&self, known: Index, closed: usize, open: &[&str], value: f64) {
        let index = if known.has_cells() {
            known
        } else {
            self.near_at(closed, open)
        };
        // SAFETY: a place has no other index than of cells for these bounds.
        if let Some(bucket) = unsafe { record(index, &raw const self.bounds, value) } {
            offer(index, &self.bounds, bucket, value);
            return;
        }
        if !is_finite(&self.shared, value) {
            return;
        }
        self.with_at(closed, open, |histogram| histogram.record(value));
        if exemplar::wanted() {
            let (index, bounds) = (self.index_at(closed, open), &self.bounds);
            exemplar::offer_sample(index, bounds, bounds.bucket_of(value), value);
        }
    }
}
