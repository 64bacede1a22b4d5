//! One round: every check at once, each under its timeout.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::check::Check;
use super::meta;
use super::report::{Checked, Outcome, Report};

/// What a check may take beyond its timeout before it counts as blocked: the
/// time to be given a thread, most of all.
pub(super) const SLACK: Duration = Duration::from_millis(500);

/// A check, and whether a run of it is under way.
#[derive(Debug)]
pub(super) struct Kept {
    check: Check,
    runs: Arc<AtomicBool>,
}

impl Kept {
    pub(super) fn new(check: Check) -> Self {
        Self {
            check,
            runs: Arc::new(AtomicBool::new(false)),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.check.name
    }

    pub(super) const fn timeout(&self) -> Duration {
        self.check.timeout
    }

    /// Starts a run on a thread of its own; `None` while one is under way.
    fn start(&self, runtime: &Handle) -> Option<JoinHandle<(Outcome, Duration)>> {
        if self.runs.swap(true, Ordering::AcqRel) {
            return None;
        }
        let running = Running(Arc::clone(&self.runs));
        let (probe, limit) = (Arc::clone(&self.check.probe), self.check.timeout);
        let runtime = runtime.clone();
        // A check that blocks would hold up every other task of the runtime.
        Some(runtime.clone().spawn_blocking(move || {
            let _running = running;
            let start = Instant::now();
            let run = || runtime.block_on(async { timeout(limit, probe.run()).await });
            let outcome = match std::panic::catch_unwind(AssertUnwindSafe(run)) {
                Ok(Ok(Ok(()))) => Outcome::Passed,
                Ok(Ok(Err(error))) => Outcome::failed(&*error),
                Ok(Err(_)) => Outcome::TimedOut(limit),
                Err(_) => Outcome::Panicked,
            };
            (outcome, start.elapsed())
        }))
    }
}

/// Says that a run has ended, however it did.
struct Running(Arc<AtomicBool>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// Runs all checks.
pub(super) async fn run(checks: &[Kept]) -> Report {
    let runtime = Handle::current();
    let start = Instant::now();
    let runs: Vec<_> = checks.iter().map(|check| check.start(&runtime)).collect();
    let mut report = Vec::with_capacity(checks.len());
    for (kept, run) in checks.iter().zip(runs) {
        let (outcome, latency) = match run {
            None => (Outcome::Blocked, Duration::ZERO),
            Some(run) => {
                let left = (kept.check.timeout + SLACK).saturating_sub(start.elapsed());
                match timeout(left, run).await {
                    Ok(Ok(ended)) => ended,
                    // Its runtime ends, and took it along.
                    Ok(Err(_)) => (
                        Outcome::Failed(String::from("the runtime has ended")),
                        start.elapsed(),
                    ),
                    Err(_) => (Outcome::TimedOut(kept.check.timeout), start.elapsed()),
                }
            }
        };
        meta::ran(&kept.check.name, &outcome, latency);
        report.push(Checked {
            name: Arc::clone(&kept.check.name),
            is_critical: kept.check.is_critical,
            outcome,
            latency,
        });
    }
    Report::new(report)
}
