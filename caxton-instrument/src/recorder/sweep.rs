//! A family as its readers get it where idle series are evicted.

use std::sync::Arc;

use super::family::{Family, Snapshot, Store, Table, Tables};
use super::idle::{Candidate, Sweep};
use super::kind::Kind;
use super::ordered::Ordered;
use super::stored::Stored;

/// Idle series that are removed under one lock.
const REMOVED_AT_ONCE: usize = 16;

impl Store {
    /// What a reader gets where idle series are evicted: the family with those
    /// that are not idle. Tells how many series were removed.
    pub(super) fn sweep(self: &Arc<Self>, sweep: Sweep) -> (Option<Family>, usize) {
        let is_taken = self.kind().is_some_and(|kind| sweep.eviction.takes(kind));
        // A sum would go down with each series that leaves it.
        if !is_taken || !self.without().is_empty() {
            return (self.snapshot(), 0);
        }
        let (series, removed) = match self.tables.get() {
            Some(Tables::Counter(table)) => {
                let (visible, removed) = self.sweep_table(table, sweep);
                (Snapshot::Counter(visible), removed)
            }
            Some(Tables::Gauge(table)) => {
                let (visible, removed) = self.sweep_table(table, sweep);
                (Snapshot::Gauge(visible), removed)
            }
            Some(Tables::Histogram(table)) => {
                let (visible, removed) = self.sweep_table(table, sweep);
                (Snapshot::Histogram(visible), removed)
            }
            None => return (None, 0),
        };
        let store = Arc::clone(self);
        let family = (!series.is_empty()).then_some(Family { store, series });
        (family, removed)
    }

    fn sweep_table<C: Kind>(&self, table: &Table<C>, sweep: Sweep) -> (Ordered<Stored<C>>, usize) {
        let Some(series) = table.snapshot() else {
            return (Ordered::default(), 0);
        };
        // In the list, and of another crate's by its labels as well.
        let own = if self.schema().is_some() { 1 } else { 2 };
        let looked = table
            .watch
            .get_or_init(Box::default)
            .look(&series, sweep, own);
        if looked.ask {
            self.forget_remembered();
        }
        // It would hold what is to go.
        drop(series);
        let mut removed = 0;
        // A few at a time: a registration may wait.
        for candidates in looked.candidates.chunks(REMOVED_AT_ONCE) {
            let gone: Vec<_> = {
                let mut state = table.write();
                let take = |candidate: &Candidate<C>| {
                    let found = self.find(&state, candidate.closed, &candidate.text);
                    let place = found.ok()?;
                    let may_go = candidate.may_go(state.series.get(place)?, own);
                    may_go.then(|| self.take(&mut state, place))?
                };
                candidates.iter().filter_map(take).collect()
            };
            removed += gone.len();
        }
        (looked.visible, removed)
    }
}
