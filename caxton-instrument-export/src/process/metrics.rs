//! What is declared.

use caxton_instrument::prelude::*;

/// The process, by the
/// [names](https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics)
/// that Prometheus clients of every language use.
#[derive(MetricSet)]
#[metric_set(namespace = "process")]
pub struct ProcessMetrics {
    /// Processor time that the process used, in user and in system mode.
    #[metric(
        unit = seconds,
        replaces(
            "caxton_runtime_cpu_usage_ratio",
            reason = "a share is computed where it is read, over the time that the reader wants: the rate is the number of processors in use"
        )
    )]
    pub cpu: FloatCounter,
    /// File descriptors that are open.
    #[metric(replaces(
        "caxton_file_descriptors",
        reason = "Prometheus clients of every language name it so, and their dashboards read it"
    ))]
    pub open_fds: Gauge,
    /// File descriptors that may be open at once.
    pub max_fds: Gauge,
    /// Virtual memory in use.
    #[metric(unit = bytes)]
    pub virtual_memory: Gauge,
    /// Virtual memory that may be in use, 2^64 without a limit.
    #[metric(unit = bytes)]
    pub virtual_memory_max: Gauge,
    /// Memory that is resident.
    #[metric(
        unit = bytes,
        replaces(
            "caxton_runtime_memory_usage_bytes",
            reason = "Prometheus clients of every language name it so, and their dashboards read it"
        )
    )]
    pub resident_memory: Gauge,
    /// When the process started, in seconds since 1970.
    #[metric(unit = seconds)]
    pub start_time: Gauge,
    /// Threads of the operating system.
    pub threads: Gauge,
    /// What all network devices but loopback received since metrics are read, for every process in the network namespace.
    #[metric(unit = bytes)]
    pub network_receive: Counter,
    /// What all network devices but loopback transmitted since metrics are read, for every process in the network namespace.
    #[metric(unit = bytes)]
    pub network_transmit: Counter,
}

/// The file system of a path.
#[derive(LabelSet)]
pub struct DiskLabels {
    /// The path, as it was given.
    #[label(max_values = 16)]
    pub mountpoint: Text,
}

/// File systems.
#[derive(MetricSet)]
#[metric_set(namespace = "caxton", subsystem = "disk")]
pub struct DiskMetrics {
    /// Space of a file system that is in use.
    #[metric(unit = bytes)]
    pub usage: Gauge<DiskLabels>,
    /// Size of a file system.
    #[metric(unit = bytes)]
    pub size: Gauge<DiskLabels>,
    /// Space of a file system that programs without privileges can still use.
    #[metric(unit = bytes)]
    pub available: Gauge<DiskLabels>,
}

/// Which way bytes went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, LabelValue)]
pub enum Direction {
    /// To this machine.
    Receive,
    /// From it.
    Transmit,
}

/// A way through a network device.
#[derive(LabelSet)]
pub struct DeviceLabels {
    /// The device, as `eth0`.
    #[label(max_values = 32)]
    pub device: Text,
    /// Which way.
    pub direction: Direction,
}

/// Network devices.
#[derive(MetricSet)]
#[metric_set(namespace = "caxton")]
pub struct NetworkMetrics {
    /// What went through a network device since metrics are read, for every process in the network namespace.
    #[metric(unit = bytes)]
    pub network: Counter<DeviceLabels>,
}

/// A Tokio runtime.
#[derive(LabelSet)]
pub struct RuntimeLabels {
    /// Its name, as it was given.
    #[label(max_values = 8)]
    pub runtime: Text,
}

/// Tokio runtimes, as
/// [`RuntimeMetrics`](https://docs.rs/tokio/1/tokio/runtime/struct.RuntimeMetrics.html)
/// has them.
#[derive(MetricSet)]
#[metric_set(namespace = "tokio")]
pub struct RuntimeMetrics {
    /// Threads that poll tasks.
    pub workers: Gauge<RuntimeLabels>,
    /// Tasks that were spawned and did not end yet.
    pub tasks_alive: Gauge<RuntimeLabels>,
    /// Tasks that wait in the queue which all workers share.
    pub global_queue_tasks: Gauge<RuntimeLabels>,
    /// Time that workers were busy, all together; its rate is the number of busy workers.
    #[metric(unit = seconds)]
    pub worker_busy: FloatCounter<RuntimeLabels>,
    /// How often workers went to sleep because there was nothing to do, all together.
    pub worker_parks: Counter<RuntimeLabels>,
}

/// What Tokio tells of a runtime only if the program is built with
/// `--cfg tokio_unstable`.
#[cfg(tokio_unstable)]
#[derive(MetricSet)]
#[metric_set(namespace = "tokio")]
pub struct RuntimeDetails {
    /// Tasks that were spawned.
    pub tasks_spawned: Counter<RuntimeLabels>,
    /// Threads for blocking work, idle ones among them.
    pub blocking_threads: Gauge<RuntimeLabels>,
    /// Threads for blocking work that have none.
    pub blocking_threads_idle: Gauge<RuntimeLabels>,
    /// Blocking work that waits for a thread.
    pub blocking_queue_tasks: Gauge<RuntimeLabels>,
    /// Tasks that wait in the queues of workers, all together.
    pub local_queue_tasks: Gauge<RuntimeLabels>,
    /// Polls of tasks.
    pub worker_polls: Counter<RuntimeLabels>,
    /// Tasks that workers took from each other's queues.
    pub worker_steals: Counter<RuntimeLabels>,
    /// Tasks that were scheduled from outside the runtime.
    pub remote_schedules: Counter<RuntimeLabels>,
    /// Tasks that yielded because they had done enough for one poll.
    pub budget_forced_yields: Counter<RuntimeLabels>,
}

/// A group of tasks.
#[derive(LabelSet)]
pub struct TaskLabels {
    /// The group's name.
    #[label(max_values = 32)]
    pub task: Text,
}

/// Groups of tasks, as [tokio-metrics](https://docs.rs/tokio-metrics/0.5) has
/// them.
#[derive(MetricSet)]
#[metric_set(namespace = "tokio", subsystem = "task")]
pub struct TaskMetrics {
    /// Tasks that were instrumented.
    pub instrumented: Counter<TaskLabels>,
    /// Tasks that ended, or were dropped before.
    pub dropped: Counter<TaskLabels>,
    /// Time from the instrumenting of tasks to their first poll.
    #[metric(unit = seconds)]
    pub first_poll_delay: FloatCounter<TaskLabels>,
    /// How often tasks were polled.
    pub polls: Counter<TaskLabels>,
    /// Time in polls.
    #[metric(unit = seconds)]
    pub poll: FloatCounter<TaskLabels>,
    /// Polls of 50 microseconds and more, during which a worker could do nothing else.
    pub slow_polls: Counter<TaskLabels>,
    /// How often tasks were woken, and waited for a worker.
    pub scheduled: Counter<TaskLabels>,
    /// Time that woken tasks waited for a worker.
    #[metric(unit = seconds)]
    pub scheduled_wait: FloatCounter<TaskLabels>,
    /// How often tasks waited to be woken.
    pub idled: Counter<TaskLabels>,
    /// Time that tasks waited to be woken.
    #[metric(unit = seconds)]
    pub idle: FloatCounter<TaskLabels>,
}

/// What was built.
#[derive(LabelSet)]
pub struct BuildLabels {
    /// The package.
    #[label(max_values = 2)]
    pub program: Text,
    /// Its version.
    #[label(max_values = 2)]
    pub version: Text,
    /// The commit it was built from; empty if nobody told.
    #[label(max_values = 2)]
    pub revision: Text,
    /// The compiler's version; empty if it is not known.
    #[label(max_values = 2)]
    pub rustc: Text,
    /// How it was compiled: `release` or `debug`; empty if nobody told.
    #[label(max_values = 2)]
    pub profile: Text,
    /// The processor's architecture.
    #[label(max_values = 2)]
    pub arch: Text,
    /// The operating system.
    #[label(max_values = 2)]
    pub os: Text,
}

/// The program, as it was built.
#[derive(MetricSet)]
#[metric_set(namespace = "process")]
pub struct BuildMetrics {
    /// The program that runs, its version, and what it was built from and with.
    pub build: Info<BuildLabels>,
}
