//! Looks at what threads do while they use the processor.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use thiserror::Error;

#[cfg(not(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
#[path = "sampler/absent.rs"]
mod system;
#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
#[path = "sampler/linux.rs"]
mod system;
mod table;

pub(super) use table::Stack;

/// Why no sample can be taken.
#[derive(Debug, Error)]
pub(super) enum SampleError {
    #[error("a profile is being taken already")]
    Running,
    #[error(
        "another profiler of this program uses SIGPROF: end it, or look at what it finds instead"
    )]
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "of Linux"))]
    InUse,
    #[error("the system does not let this program sample itself: {0}")]
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "of Linux"))]
    System(#[source] io::Error),
    #[error("profiles are taken on Linux, on x86-64 and aarch64")]
    #[cfg_attr(target_os = "linux", allow(dead_code, reason = "of other systems"))]
    Unsupported,
}

/// There is one timer.
static RUNNING: AtomicBool = AtomicBool::new(false);

/// Samples until it is finished or dropped.
#[derive(Debug)]
pub(super) struct Sampling {
    /// Ends before another may begin.
    timer: Option<system::Timer>,
    rate: u32,
    began: Instant,
    at: SystemTime,
}

/// What was sampled.
#[derive(Debug)]
pub(super) struct Samples {
    pub(super) stacks: Vec<Stack>,
    /// Samples that found no place.
    pub(super) lost: u64,
    /// Samples for each second of processor time.
    pub(super) rate: u32,
    pub(super) at: SystemTime,
    pub(super) duration: Duration,
}

impl Sampling {
    /// Takes so many samples for each second of processor time.
    pub(super) fn start(rate: u32) -> Result<Self, SampleError> {
        if RUNNING.swap(true, Ordering::Acquire) {
            return Err(SampleError::Running);
        }
        // Gives the turn back if there is no timer.
        let mut sampling = Self {
            timer: None,
            rate,
            began: Instant::now(),
            at: SystemTime::now(),
        };
        sampling.timer = Some(system::Timer::start(rate)?);
        Ok(sampling)
    }

    pub(super) fn finish(self) -> Samples {
        let table = self.timer.as_ref().map(system::Timer::table);
        Samples {
            stacks: table.map(table::Table::stacks).unwrap_or_default(),
            lost: table.map(table::Table::lost).unwrap_or_default(),
            rate: self.rate,
            at: self.at,
            duration: self.began.elapsed(),
        }
    }
}

impl Drop for Sampling {
    fn drop(&mut self) {
        drop(self.timer.take());
        RUNNING.store(false, Ordering::Release);
    }
}
