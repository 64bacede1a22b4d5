//! When to try again.

use std::hash::{BuildHasher as _, RandomState};
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};
use tokio::time::Instant;

use crate::otlp::endpoint::Retry;

/// A pause that a collector asks for is taken to be no longer than this, so
/// that one with a wrong clock does not silence a program for good.
pub(super) const MAX_ASKED: Duration = Duration::from_secs(300);

/// The pauses of one batch.
#[derive(Debug)]
pub(super) struct Backoff {
    pause: Duration,
    max: Duration,
    random: RandomState,
    attempts: u32,
}

impl Backoff {
    pub(super) fn new(retry: Retry) -> Self {
        Self {
            pause: retry.initial,
            max: retry.max,
            random: RandomState::new(),
            attempts: 0,
        }
    }

    /// The pause before the next attempt. What the collector asks for is kept,
    /// and at most a tenth longer.
    pub(super) fn next(&mut self, asked: Option<Duration>) -> Duration {
        self.attempts += 1;
        let share = self.share();
        if let Some(asked) = asked {
            let asked = asked.min(MAX_ASKED);
            return asked + asked.mul_f64(share / 10.0);
        }
        let pause = self.pause;
        self.pause = pause.saturating_mul(2).min(self.max);
        pause.mul_f64(f64::midpoint(1.0, share))
    }

    /// Between 0 and 1, different in each process: the hash of a number under
    /// keys that the standard library draws.
    fn share(&self) -> f64 {
        let bits = self.random.hash_one(self.attempts) >> 11;
        bits as f64 / (1_u64 << 53) as f64
    }
}

/// The latest time to begin an attempt.
pub(super) fn last_start(retry: Retry, started: Instant, until: Instant) -> Instant {
    started
        .checked_add(retry.elapsed)
        .map_or(until, |last| last.min(until))
}

/// The pause that an HTTP answer asks for: seconds, or a date. A date is
/// compared with that of the answer, so that clocks need not agree.
pub(super) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds).min(MAX_ASKED));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    let answered = headers.get(DATE).and_then(|date| date.to_str().ok());
    let answered = answered.and_then(|date| httpdate::parse_http_date(date).ok());
    let pause = date.duration_since(answered.unwrap_or(now)).ok()?;
    Some(pause.min(MAX_ASKED))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn asked(value: &'static str, date: Option<&'static str>) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_static(value));
        if let Some(date) = date {
            headers.insert(DATE, HeaderValue::from_static(date));
        }
        // Sun, 06 Nov 1994 08:49:37 GMT
        retry_after(
            &headers,
            SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777),
        )
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(asked("7", None), seconds(7));
        assert_eq!(asked(" 0 ", None), seconds(0));
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:47 GMT", None), seconds(10));
        let date = Some("Sun, 06 Nov 1994 08:49:45 GMT");
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:47 GMT", date), seconds(2));
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:30 GMT", None), None);
        assert_eq!(asked("soon", None), None);
        assert_eq!(asked("-1", None), None);
        assert_eq!(asked("99999999999", None), Some(MAX_ASKED));
        assert_eq!(
            asked("Sat, 06 Nov 2094 08:49:37 GMT", None),
            Some(MAX_ASKED)
        );
        assert_eq!(retry_after(&HeaderMap::new(), SystemTime::now()), None);
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_vary_by_half() {
        let retry = Retry {
            initial: Duration::from_secs(1),
            max: Duration::from_secs(5),
            elapsed: Duration::from_secs(60),
        };
        for _ in 0..100 {
            let mut backoff = Backoff::new(retry);
            for most in [1.0, 2.0, 4.0, 5.0, 5.0] {
                let pause = backoff.next(None).as_secs_f64();
                assert!((most / 2.0..=most).contains(&pause), "{pause} of {most}");
            }
        }
        let pauses = [(); 2].map(|()| Backoff::new(retry).next(None));
        assert_ne!(pauses[0], pauses[1], "two programs that start together");
    }

    #[test]
    fn what_the_collector_asks_for_is_kept() {
        let mut backoff = Backoff::new(Retry::default());
        for _ in 0..100 {
            let pause = backoff.next(Some(Duration::from_secs(10))).as_secs_f64();
            assert!((10.0..=11.0).contains(&pause), "{pause}");
        }
        let year = Duration::from_secs(31_536_000);
        assert!(backoff.next(Some(year)) < Duration::from_secs(331));
        assert!(
            backoff.next(None) <= Retry::default().initial,
            "it does not count as a failure"
        );
    }

    #[test]
    fn no_length_of_time_overflows() {
        let retry = Retry {
            initial: Duration::MAX,
            max: Duration::MAX,
            elapsed: Duration::MAX,
        };
        let now = Instant::now();
        assert_eq!(last_start(retry, now, now), now);
        let mut backoff = Backoff::new(retry);
        for _ in 0..3 {
            assert!(backoff.next(None) <= Duration::MAX);
        }
    }
}
