//! POSIX clocks.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Processor time of the current thread.
#[allow(clippy::unnecessary_wraps, reason = "other systems do not tell")]
pub(crate) fn of_thread() -> Option<Duration> {
    // This clock is never negative.
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Some(Duration::new(
        time.tv_sec.try_into().unwrap_or_default(),
        time.tv_nsec.try_into().unwrap_or_default(),
    ))
}
