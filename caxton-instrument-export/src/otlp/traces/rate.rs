//! At most so many traces a second.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const SECOND: f64 = 1e9;

/// A bucket of tokens that holds those of one second, one at least, and is full
/// at the start: what Jaeger's own samplers do. Kept as the time at which the
/// bucket would be full again, so that one word says it all
/// ([GCRA](https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm)).
#[derive(Debug)]
pub(super) struct RateLimit {
    start: Instant,
    /// Nanoseconds from one token to the next; `None` if there are none.
    interval: Option<u64>,
    /// Nanoseconds to fill a bucket that has room for one more token.
    burst: u64,
    /// Nanoseconds after the start.
    full_at: AtomicU64,
}

impl RateLimit {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub(super) fn new(per_second: f64) -> Self {
        // A float is cast to the nearest integer there is.
        let interval = (per_second > 0.0).then(|| ((SECOND / per_second) as u64).max(1));
        let room = per_second.max(1.0).floor() - 1.0;
        Self {
            start: Instant::now(),
            interval,
            burst: (room * interval.unwrap_or(0) as f64) as u64,
            full_at: AtomicU64::new(0),
        }
    }

    /// Takes a token, if there is one.
    pub(super) fn take(&self) -> bool {
        self.take_at(self.start.elapsed())
    }

    fn take_at(&self, now: Duration) -> bool {
        let Some(interval) = self.interval else {
            return false;
        };
        let now = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
        self.full_at
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |full_at| {
                let from = full_at.max(now);
                (from - now <= self.burst).then(|| from.saturating_add(interval))
            })
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(limit: &RateLimit, at: Duration, tries: usize) -> usize {
        (0..tries).filter(|_| limit.take_at(at)).count()
    }

    #[test]
    fn a_full_bucket_holds_one_second() {
        let limit = RateLimit::new(50.0);
        assert_eq!(taken(&limit, Duration::ZERO, 200), 50);
    }

    #[test]
    fn tokens_come_back_evenly() {
        let limit = RateLimit::new(50.0);
        assert_eq!(taken(&limit, Duration::ZERO, 200), 50);
        assert_eq!(taken(&limit, Duration::from_millis(19), 10), 0);
        assert_eq!(taken(&limit, Duration::from_millis(20), 10), 1);
        assert_eq!(taken(&limit, Duration::from_millis(520), 100), 25);
        // A pause fills the bucket, and no more than it holds.
        assert_eq!(taken(&limit, Duration::from_secs(3600), 200), 50);
    }

    #[test]
    fn a_rate_below_one_is_one_trace_in_several_seconds() {
        let limit = RateLimit::new(0.25);
        let seconds = (0..20).filter(|&at| limit.take_at(Duration::from_secs(at)));
        assert_eq!(seconds.collect::<Vec<_>>(), [0, 4, 8, 12, 16]);
    }

    #[test]
    fn over_a_minute_the_rate_holds() {
        let limit = RateLimit::new(10.0);
        let taken = (0..60_000).filter(|&at| limit.take_at(Duration::from_millis(at)));
        // Ten at once, then ten a second.
        assert_eq!(taken.count(), 10 + 599);
    }

    #[test]
    fn none_a_second_is_none() {
        let limit = RateLimit::new(0.0);
        assert_eq!(taken(&limit, Duration::from_secs(60), 10), 0);
    }

    #[test]
    fn many_threads_share_the_tokens() {
        let limit = RateLimit::new(1000.0);
        let taken: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| taken(&limit, Duration::ZERO, 1000)))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().expect("no panic"))
                .sum()
        });
        assert_eq!(taken, 1000);
    }
}
