//! The clock that timers and executions read, twice each: the processor's
//! time-stamp counter where it is steady, the system's monotonic clock where
//! it is not (`quanta` decides, and calibrates once in about a millisecond).

use std::sync::OnceLock;
use std::time::Duration;

use quanta::Clock;

static CLOCK: OnceLock<Clock> = OnceLock::new();

#[inline]
fn clock() -> &'static Clock {
    CLOCK.get_or_init(Clock::new)
}

/// Calibrates the clock before the first timer would.
pub(crate) fn calibrate() {
    clock();
}

/// A moment that a duration is measured from, in ticks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Started(u64);

impl Started {
    #[inline]
    pub(crate) fn now() -> Self {
        Self(clock().raw())
    }

    #[inline]
    pub(crate) fn elapsed(self) -> Duration {
        let clock = clock();
        clock.delta(self.0, clock.raw())
    }

    /// The time since in seconds, as histograms take it.
    #[inline]
    pub(crate) fn seconds(self) -> f64 {
        let clock = clock();
        // Exact up to 2^53 ns, which is 104 days.
        clock.delta_as_nanos(self.0, clock.raw()) as f64 / 1e9
    }
}
