//! What the process takes, measured from time to time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use crate::cpu;
use crate::metrics::{BuildLabels, MetricSet as _, RuntimeMetrics};

/// A few times as often as the usual scrape.
const INTERVAL: Duration = Duration::from_secs(5);

/// A shorter time says nothing about a share of processors.
const SHORTEST: Duration = Duration::from_millis(10);

/// States which program runs.
pub fn state_build() {
    let profile = if cfg!(debug_assertions) {
        "debug"
    } else {
        "release"
    };
    RuntimeMetrics::global().build.set(&BuildLabels::of(
        env!("CARGO_PKG_VERSION"),
        profile,
        std::env::consts::ARCH,
        std::env::consts::OS,
    ));
}

/// Samples the process's memory and processor time until it is dropped.
#[derive(Debug)]
pub struct Sampler {
    last: Arc<Mutex<Last>>,
    task: JoinHandle<()>,
}

/// The sample before.
#[derive(Debug)]
struct Last {
    at: Instant,
    used: Option<Duration>,
}

impl Sampler {
    /// Begins now: the first share of processors is known at the next sample.
    /// Runs on a Tokio runtime.
    #[must_use]
    pub fn start() -> Self {
        let last = Arc::new(Mutex::new(Last {
            at: Instant::now(),
            used: cpu::of_process(),
        }));
        let shared = Arc::clone(&last);
        let task = tokio::spawn(async move {
            loop {
                tokio::time::sleep(INTERVAL).await;
                sample(&shared);
            }
        });
        Self { last, task }
    }

    /// Takes a sample before its time, so that what is read next is of now.
    pub fn sample(&self) {
        sample(&self.last);
    }
}

impl Drop for Sampler {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn sample(last: &Mutex<Last>) {
    let metrics = RuntimeMetrics::global();
    if let Some(bytes) = cpu::resident_bytes() {
        metrics.runtime_memory_usage.set(bytes);
    }
    let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
    let (now, used) = (Instant::now(), cpu::of_process());
    let elapsed = now.duration_since(last.at);
    let (Some(before), Some(after)) = (last.used, used) else {
        return;
    };
    if elapsed < SHORTEST {
        return;
    }
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let share = after.saturating_sub(before).as_secs_f64() / elapsed.as_secs_f64();
    metrics.runtime_cpu_usage.set(share / processors as f64);
    *last = Last { at: now, used };
}
