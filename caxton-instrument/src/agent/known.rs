//! Where the cells of a function's series stand, once they do: what its
//! executions need of them, in the function's own static and nowhere else.

use std::ptr::{from_ref, null_mut};
use std::sync::atomic::{AtomicPtr, Ordering};

use super::labels::Status;
use super::site::Families;
use crate::label::LabelValue;
use crate::recorder::bounds::Bounds;
use crate::recorder::cells::add_to_gauge;
use crate::recorder::slab::Place;
use crate::series::record;

const STATUSES: usize = Status::VALUES.len();

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

    /// Changes the number of executions under way; false when no recorder takes
    /// it.
    #[inline(always)]
    pub(super) fn change_active(
        &self,
        by: f64,
        families: impl FnOnce() -> &'static Families,
    ) -> bool {
        add_to_gauge(self.active.get(), by) || self.change_active_slow(by, families())
    }

    #[cold]
    #[inline(never)]
    fn change_active_slow(&self, by: f64, families: &'static Families) -> bool {
        let is_live = families.change_active(by);
        self.active.put(families.active.index(0));
        is_live
    }

    /// Counts an execution that ended, and how long it took.
    #[inline(always)]
    pub(super) fn count(
        &self,
        status: Status,
        elapsed: f64,
        families: impl Fn() -> &'static Families,
    ) {
        let at = status.index();
        let index = self.duration[at].get();
        let bounds = self.bounds.load(Ordering::Relaxed);
        // SAFETY: they were set before the place, to what the families keep for
        // ever; they are not looked at before the index is found to have cells.
        if unsafe { record(index, bounds, elapsed) }.is_none() {
            self.record_slow(status, elapsed, families());
        }
        if !self.executions[at].get().add(1) {
            self.increment_slow(status, families());
        }
    }

    #[cold]
    #[inline(never)]
    fn record_slow(&self, status: Status, elapsed: f64, families: &'static Families) {
        let at = status.index();
        families.duration.record(at, elapsed);
        let bounds = from_ref(families.duration.bounds());
        self.bounds.store(bounds.cast_mut(), Ordering::Relaxed);
        self.duration[at].put(families.duration.index(at));
    }

    #[cold]
    #[inline(never)]
    fn increment_slow(&self, status: Status, families: &'static Families) {
        let at = status.index();
        families.executions.increment(at, 1);
        self.executions[at].put(families.executions.index(at));
    }
}
