//! The clock that timers and executions read, twice each: the processor's
//! time-stamp counter where it is steady, the system's monotonic clock where
//! it is not (`quanta` decides, and calibrates once in about a millisecond).

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use quanta::Clock;

struct Ticks {
    clock: Clock,
    /// How long a tick takes: one multiplication, where nanoseconds would take
    /// a division more.
    seconds: f64,
}

static TICKS: OnceLock<Ticks> = OnceLock::new();

/// The seconds of a tick as bits, where the clock reads nothing but the
/// processor's counter, which is then read here: one instruction instead of a
/// call. 0 where it reads more, and before that is known.
static OF_COUNTER: AtomicU64 = AtomicU64::new(0);

/// Ticks of minutes, so that a nanosecond of rounding is nothing.
const MANY: u64 = 1 << 40;

#[cold]
#[inline(never)]
fn ticks() -> &'static Ticks {
    TICKS.get_or_init(|| {
        let clock = Clock::new();
        let nanoseconds = clock.delta_as_nanos(0, MANY) as f64;
        let seconds = nanoseconds / 1e9 / MANY as f64;
        if counter::is_read_by(&clock) {
            OF_COUNTER.store(seconds.to_bits(), Ordering::Relaxed);
        }
        Ticks { clock, seconds }
    })
}

/// The clock, and the seconds of its tick.
#[inline(always)]
fn now() -> (u64, f64) {
    let of_counter = OF_COUNTER.load(Ordering::Relaxed);
    if of_counter != 0 {
        return (counter::now(), f64::from_bits(of_counter));
    }
    now_slow()
}

#[cold]
#[inline(never)]
fn now_slow() -> (u64, f64) {
    let Ticks { clock, seconds } = ticks();
    (clock.raw(), *seconds)
}

#[cfg(target_arch = "x86_64")]
mod counter {
    use std::arch::x86_64::_rdtsc;

    use quanta::Clock;

    #[inline(always)]
    pub(super) fn now() -> u64 {
        // SAFETY: it reads a register; every processor of this kind has it.
        unsafe { _rdtsc() }
    }

    /// Whether a clock is the counter: it then always says what lies between
    /// two readings of it.
    pub(super) fn is_read_by(clock: &Clock) -> bool {
        (0..8).all(|_| {
            let (before, read, after) = (now(), clock.raw(), now());
            (before..=after).contains(&read)
        })
    }
}

#[cfg(not(target_arch = "x86_64"))]
mod counter {
    pub(super) fn now() -> u64 {
        0
    }

    pub(super) fn is_read_by(_: &quanta::Clock) -> bool {
        false
    }
}

/// Calibrates the clock before the first timer would.
pub(crate) fn calibrate() {
    ticks();
}

/// A moment that a duration is measured from, in ticks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Started(u64);

impl Started {
    #[inline(always)]
    pub(crate) fn now() -> Self {
        Self(now().0)
    }

    /// The same, if it takes no call.
    #[inline(always)]
    pub(crate) fn at_once() -> Option<Self> {
        (OF_COUNTER.load(Ordering::Relaxed) != 0).then(|| Self(counter::now()))
    }

    pub(crate) fn elapsed(self) -> Duration {
        let ticks = ticks();
        ticks.clock.delta(self.0, ticks.clock.raw())
    }

    /// The time since in seconds, as histograms take it.
    #[inline(always)]
    pub(crate) fn seconds(self) -> f64 {
        let (now, seconds) = now();
        self.seconds_until(now, seconds)
    }

    /// The same, if it takes no call.
    #[inline(always)]
    pub(crate) fn seconds_at_once(self) -> Option<f64> {
        let of_counter = OF_COUNTER.load(Ordering::Relaxed);
        (of_counter != 0).then(|| self.seconds_until(counter::now(), f64::from_bits(of_counter)))
    }

    #[inline(always)]
    fn seconds_until(self, now: u64, seconds: f64) -> f64 {
        let since = now.wrapping_sub(self.0).cast_signed() as f64 * seconds;
        // The counters of two processors may differ by a few ticks.
        if since > 0.0 { since } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_durations_agree() {
        let started = Started::now();
        std::thread::sleep(Duration::from_millis(20));
        let (before, seconds, after) = (started.elapsed(), started.seconds(), started.elapsed());
        // A float of 53 bits, and the rounding of the conversion.
        assert!(seconds >= before.as_secs_f64() * (1.0 - 1e-9) - 1e-9);
        assert!(seconds <= after.as_secs_f64() * (1.0 + 1e-9) + 1e-9);
    }

    #[test]
    fn a_moment_that_lies_ahead_is_no_time_ago() {
        let ahead = Started(now().0 + (1 << 40));
        assert_eq!(ahead.seconds(), 0.0);
        assert_eq!(ahead.elapsed(), Duration::ZERO);
    }
}
