//! Where the cells of a function's series stand, once they do: what its
//! executions need of them, in the function's own static and nowhere else.

use std::ptr::{from_ref, null_mut};
use std::sync::atomic::{AtomicPtr, Ordering};

use super::labels::Status;
use super::site::Families;
use crate::label::LabelValue;
use crate::recorder::bounds::Bounds;
use crate::recorder::cells::add_to_gauge;
use crate::recorder::slab::{Own, Place};
use crate::series::{record, record_duration_at_once};

const STATUSES: usize = Status::VALUES.len();

/// Added to what wraps around.
const ONE_LESS: u64 = u64::MAX;

/// The places of the series of one agent type and operation.
pub(super) struct Known {
    active: Place,
    duration: [Place; STATUSES],
    executions: [Place; STATUSES],
    /// Of `duration`; null before one of its places is known.
    bounds: AtomicPtr<Bounds>,
}

impl Known {
    pub(super) const fn new() -> Self {
        Self {
            active: Place::new(),
            duration: [const { Place::new() }; STATUSES],
            executions: [const { Place::new() }; STATUSES],
            bounds: AtomicPtr::new(null_mut()),
        }
    }

    /// Counts an execution that is under way, if the current thread has a cell
    /// for it; nothing is done otherwise.
    #[inline(always)]
    pub(super) fn begin_at_once(&self, own: Own) -> bool {
        let active = own.cell_unless_shared(self.active.get());
        active.map(|active| active.add(1)).is_some()
    }

    /// Counts an execution as under way no more, as one that ended, and how long
    /// it took, if the current thread has cells for all of it, and it took about
    /// as long as the one before; nothing is done otherwise.
    #[inline(always)]
    pub(super) fn end_at_once(&self, own: Own, status: Status, elapsed: f64) -> bool {
        let at = status.index();
        let at_once = || {
            let active = own.cell_unless_shared(self.active.get())?;
            let executions = own.cell(self.executions[at].get())?;
            let duration = self.duration[at].get();
            // Only now: they were set before the place.
            let bounds = self.bounds.load(Ordering::Relaxed);
            // SAFETY: the place is of a histogram with the bounds, which the
            // families keep for ever.
            unsafe { record_duration_at_once(own, duration, bounds, elapsed) }?;
            active.add(ONE_LESS);
            executions.add(1);
            Some(())
        };
        at_once().is_some()
    }

    /// Changes the number of executions under way; false when no recorder takes
    /// it.
    pub(super) fn change_active(&self, by: f64, families: &'static Families) -> bool {
        if add_to_gauge(self.active.get(), by) {
            return true;
        }
        let is_live = families.change_active(by);
        self.active.put(families.active.index(0));
        is_live
    }

    /// Counts an execution that ended, and how long it took, and is active no
    /// more if it was.
    pub(super) fn end(
        &self,
        active: bool,
        status: Status,
        elapsed: f64,
        families: &'static Families,
    ) {
        if active {
            self.change_active(-1.0, families);
        }
        let at = status.index();
        let index = self.duration[at].get();
        let bounds = self.bounds.load(Ordering::Relaxed);
        // SAFETY: as above; they are not looked at before the index is found to
        // have cells.
        if unsafe { record(index, bounds, elapsed) }.is_none() {
            families.duration.record(at, elapsed);
            let bounds = from_ref(families.duration.bounds());
            self.bounds.store(bounds.cast_mut(), Ordering::Relaxed);
            self.duration[at].put(families.duration.index(at));
        }
        if !self.executions[at].get().add(1) {
            families.executions.increment(at, 1);
            self.executions[at].put(families.executions.index(at));
        }
    }
}
