//! The clock that timers and executions read, twice each.

use std::time::{Duration, Instant};

/// A moment that a duration is measured from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Started(Instant);

impl Started {
    #[inline]
    pub(crate) fn now() -> Self {
        Self(Instant::now())
    }

    #[inline]
    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}
