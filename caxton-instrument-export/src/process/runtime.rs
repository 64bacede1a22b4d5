//! Tokio runtimes, and groups of tasks.

use std::fmt;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio_metrics::TaskMonitorCore;

use super::metrics::{RuntimeLabels, RuntimeMetrics, TaskLabels, TaskMetrics};

/// Runtimes that can be told apart.
pub(super) const MAX_RUNTIMES: usize = 8;

/// Groups of tasks that can be told apart.
pub(super) const MAX_GROUPS: usize = 32;

/// Tasks that are measured together: how long they wait for a worker, how long
/// they keep one, and how long they wait for what they need.
///
/// ```
/// use caxton_instrument_export::process::TaskGroup;
///
/// static INGEST: TaskGroup = TaskGroup::new("ingest");
///
/// # async fn start() {
/// tokio::spawn(INGEST.instrument(async {
///     // what the task does
/// }));
/// # }
/// let builder = caxton_instrument_export::builder().task_metrics([&INGEST]);
/// # let _ = builder;
/// ```
///
/// It costs two clock reads a poll.
pub struct TaskGroup {
    name: &'static str,
    monitor: TaskMonitorCore,
}

impl TaskGroup {
    /// A group, to be kept in a `static`. The name is the value of the label
    /// `task`.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            monitor: TaskMonitorCore::new(),
        }
    }

    /// The group's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The same future, measured.
    pub fn instrument<F: Future>(&'static self, future: F) -> impl Future<Output = F::Output> {
        self.monitor.instrument(future)
    }

    pub(super) fn refresh(&self, metrics: &TaskMetrics) {
        let now = self.monitor.cumulative();
        let labels = TaskLabels::of(self.name);
        let counts = [
            (&metrics.instrumented, now.instrumented_count),
            (&metrics.dropped, now.dropped_count),
            (&metrics.polls, now.total_poll_count),
            (&metrics.slow_polls, now.total_slow_poll_count),
            (&metrics.scheduled, now.total_scheduled_count),
            (&metrics.idled, now.total_idled_count),
        ];
        for (counter, total) in counts {
            counter.at(&labels).absolute(total);
        }
        let times = [
            (&metrics.first_poll_delay, now.total_first_poll_delay),
            (&metrics.poll, now.total_poll_duration),
            (&metrics.scheduled_wait, now.total_scheduled_duration),
            (&metrics.idle, now.total_idle_duration),
        ];
        for (counter, total) in times {
            counter.at(&labels).absolute(total);
        }
    }
}

impl fmt::Debug for TaskGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TaskGroup").field(&self.name).finish()
    }
}

/// A runtime by its name. It may end; its metrics then stay as they were.
#[derive(Debug, Clone)]
pub(super) struct Runtime {
    pub(super) name: String,
    pub(super) handle: Handle,
}

impl Runtime {
    pub(super) fn refresh(&self, metrics: &RuntimeMetrics) {
        let now = self.handle.metrics();
        let labels = RuntimeLabels::of(&self.name);
        let workers = now.num_workers();
        metrics.workers.at(&labels).set(workers);
        metrics.tasks_alive.at(&labels).set(now.num_alive_tasks());
        metrics
            .global_queue_tasks
            .at(&labels)
            .set(now.global_queue_depth());
        let of_workers = 0..workers;
        let busy: Duration = of_workers
            .clone()
            .map(|worker| now.worker_total_busy_duration(worker))
            .sum();
        metrics.worker_busy.at(&labels).absolute(busy);
        let parks = of_workers.map(|worker| now.worker_park_count(worker)).sum();
        metrics.worker_parks.at(&labels).absolute(parks);
        #[cfg(tokio_unstable)]
        self.refresh_details(super::metrics::RuntimeDetails::global());
    }

    #[cfg(tokio_unstable)]
    fn refresh_details(&self, metrics: &super::metrics::RuntimeDetails) {
        let now = self.handle.metrics();
        let labels = RuntimeLabels::of(&self.name);
        let workers = 0..now.num_workers();
        let gauges = [
            (&metrics.blocking_threads, now.num_blocking_threads()),
            (
                &metrics.blocking_threads_idle,
                now.num_idle_blocking_threads(),
            ),
            (&metrics.blocking_queue_tasks, now.blocking_queue_depth()),
            (
                &metrics.local_queue_tasks,
                workers
                    .clone()
                    .map(|worker| now.worker_local_queue_depth(worker))
                    .sum(),
            ),
        ];
        for (gauge, value) in gauges {
            gauge.at(&labels).set(value);
        }
        let counts = [
            (&metrics.tasks_spawned, now.spawned_tasks_count()),
            (&metrics.remote_schedules, now.remote_schedule_count()),
            (
                &metrics.budget_forced_yields,
                now.budget_forced_yield_count(),
            ),
            (
                &metrics.worker_polls,
                workers
                    .clone()
                    .map(|worker| now.worker_poll_count(worker))
                    .sum(),
            ),
            (
                &metrics.worker_steals,
                workers.map(|worker| now.worker_steal_count(worker)).sum(),
            ),
        ];
        for (counter, total) in counts {
            counter.at(&labels).absolute(total);
        }
    }
}
