//! What became of a batch, in numbers that add up.

use std::marker::PhantomData;

use tokio::time::Instant;

use super::answer::{Failure, Taken};
use super::signal::Signal;
use super::told::{Effort, Told};
use crate::otlp::meta::{self, LossReason};

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// The collector took all of it.
    Accepted,
    /// The collector took a part; the rest is lost.
    Partly {
        /// Items that are lost.
        rejected: u64,
    },
    /// All of it is lost.
    Lost {
        /// Items.
        items: u64,
        /// Why.
        reason: LossReason,
    },
}

/// A batch on its way. Counts each item once, as exported or as lost; when it is
/// dropped before the end, as when the program stops, the rest is lost.
pub(super) struct Batch<'a, S: Signal> {
    told: &'a Told,
    pub(super) started: Instant,
    pub(super) until: Instant,
    pub(super) attempts: u32,
    open: u64,
    taken: u64,
    lost: u64,
    reason: LossReason,
    signal: PhantomData<S>,
}

impl<'a, S: Signal> Batch<'a, S> {
    pub(super) fn new(told: &'a Told, items: u64, until: Instant) -> Self {
        Self {
            told,
            started: Instant::now(),
            until,
            attempts: 0,
            open: items,
            taken: 0,
            lost: 0,
            reason: LossReason::Shutdown,
            signal: PhantomData,
        }
    }

    /// The collector took `items`, but for those that it says it did not.
    pub(super) fn take(&mut self, items: u64, answer: &Taken) {
        let rejected = answer.rejected.min(items);
        let taken = (items - rejected).min(self.open);
        self.open -= taken;
        self.taken += taken;
        if taken > 0 {
            meta::exported(S::SIGNAL, taken);
        }
        if rejected == 0 {
            self.told.arrived::<S>(&answer.message);
        } else {
            let why = format!("the collector took the others and says: {}", answer.message);
            self.lose(rejected, &Failure::new(LossReason::Rejected, why));
        }
    }

    pub(super) fn lose(&mut self, items: u64, failure: &Failure) {
        let items = items.min(self.open);
        self.open -= items;
        self.lost += items;
        self.reason = failure.reason;
        meta::lost(S::SIGNAL, failure.reason, items);
        let effort = Effort {
            attempts: self.attempts,
            took: self.started.elapsed(),
        };
        self.told.lost::<S>(items, failure, effort);
    }

    pub(super) const fn delivery(&self) -> Delivery {
        match (self.taken, self.lost) {
            (_, 0) => Delivery::Accepted,
            (0, items) => Delivery::Lost {
                items,
                reason: self.reason,
            },
            (_, rejected) => Delivery::Partly { rejected },
        }
    }
}

impl<S: Signal> Drop for Batch<'_, S> {
    fn drop(&mut self) {
        if self.open > 0 {
            self.lose(
                self.open,
                &Failure::new(LossReason::Shutdown, "the program ended"),
            );
        }
    }
}
