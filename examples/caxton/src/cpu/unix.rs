//! POSIX clocks; memory from Linux's `/proc`.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Processor time of the current thread.
#[allow(clippy::unnecessary_wraps, reason = "other systems do not tell")]
pub(crate) fn of_thread() -> Option<Duration> {
    Some(read(ClockId::ThreadCPUTime))
}

/// Processor time of all threads.
#[allow(clippy::unnecessary_wraps, reason = "other systems do not tell")]
pub(crate) fn of_process() -> Option<Duration> {
    Some(read(ClockId::ProcessCPUTime))
}

/// Memory that is resident.
pub(crate) fn resident_bytes() -> Option<u64> {
    // The second field, in pages; see proc_pid_statm(5).
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}

fn read(clock: ClockId) -> Duration {
    // These clocks are never negative.
    let time = clock_gettime(clock);
    Duration::new(
        time.tv_sec.try_into().unwrap_or_default(),
        time.tv_nsec.try_into().unwrap_or_default(),
    )
}
