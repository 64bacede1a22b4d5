//! What is refreshed when a reader comes.

use std::sync::{Arc, PoisonError, RwLock};

type Refresh = Arc<dyn Fn() + Send + Sync>;

/// Locked by readers alone: an update never meets it.
#[derive(Default)]
pub(super) struct Readers(RwLock<Vec<Refresh>>);

impl Readers {
    pub(super) fn add(&self, refresh: impl Fn() + Send + Sync + 'static) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.push(Arc::new(refresh));
    }

    /// Runs all of it. Foreign code: without the lock.
    pub(super) fn come(&self) {
        let all = self
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        for refresh in all {
            refresh();
        }
    }
}
