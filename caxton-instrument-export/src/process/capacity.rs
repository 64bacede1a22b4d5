//! Alerts on what a process may use, with one line.

/// Declares alerts on the capacity of the process: file descriptors, disks, and
/// the queue of its Tokio runtime; with `processors` and `memory`, what it may
/// have of them, also processor time and memory.
///
/// | alert | fires when | for |
/// |---|---|---|
/// | `CpuNearlyExhausted` | it uses more than 70 % of its processors | 15 minutes |
/// | `MemoryNearlyExhausted` | more than 80 % of its memory is resident | 5 minutes |
/// | `FilesNearlyExhausted` | more than 80 % of its file descriptors are open; connections are among them | 5 minutes |
/// | `DiskNearlyFull` | more than 80 % of a file system of `disk_metrics` is in use | 15 minutes |
/// | `TasksQueueUp` | more than 5000 tasks wait for a worker of a runtime | 10 minutes |
///
/// All are warnings. The metrics are those of [`process`](crate::process): what
/// the program does not read is not there, and the alert on it stays silent.
/// `processors` is a whole number, `memory` is in bytes; in a container they are
/// its limits.
///
/// ```standalone_crate
/// use caxton_instrument::Catalog;
/// use caxton_instrument_export::generate;
///
/// caxton_instrument_export::capacity_alerts!(processors = 4, memory = 2 << 30);
///
/// let catalog = Catalog::collect()?;
/// let names: Vec<_> = catalog.alerts().iter().map(|alert| alert.name).collect();
/// assert_eq!(names, [
///     "CpuNearlyExhausted",
///     "DiskNearlyFull",
///     "FilesNearlyExhausted",
///     "MemoryNearlyExhausted",
///     "TasksQueueUp",
/// ]);
/// // promtool tests each of them.
/// assert_eq!(generate::untested(&catalog), []);
/// # Ok::<(), caxton_instrument::CatalogError>(())
/// ```
///
/// As of every alert, there may be who looks after them and where it says what to
/// do: `capacity_alerts!(owner = "platform", runbook = "https://..")`, the limits
/// before them.
///
/// One limit alone is refused, as are others:
///
/// ```compile_fail
/// caxton_instrument_export::capacity_alerts!(processors = 4);
/// ```
#[macro_export]
macro_rules! capacity_alerts {
    ($(owner = $owner:literal $(,)?)? $(runbook = $runbook:literal $(,)?)?) => {
        const _: () = {
            use $crate::__private::caxton_instrument as caxton;
            use $crate::__private::caxton_instrument::query::minutes;
            use $crate::process::{
                DiskLabels, DiskMetrics, ProcessMetrics, RuntimeLabels, RuntimeMetrics,
            };

            /// {instance}: {value} of the file descriptors are open.
            ///
            /// Past the last one it can neither take connections nor open files. Look for
            /// connections that are not closed, or raise the limit.
            #[caxton::alert(
                crate = caxton,
                severity = warning,
                hold = minutes(5),
                $(owner = $owner,)?
                $(runbook = $runbook,)?
            )]
            static FILES_NEARLY_EXHAUSTED: caxton::Alert = ProcessMetrics::OPEN_FDS
                .max()
                .by_instance()
                .divided_by(ProcessMetrics::MAX_FDS.max().by_instance())
                .above(0.8);

            /// {instance}: {value} of {mountpoint} is in use.
            ///
            /// Make room, keep data for less time, or extend the file system.
            #[caxton::alert(
                crate = caxton,
                severity = warning,
                hold = minutes(15),
                $(owner = $owner,)?
                $(runbook = $runbook,)?
            )]
            static DISK_NEARLY_FULL: caxton::Alert = DiskMetrics::USAGE
                .max()
                .by(DiskLabels::MOUNTPOINT)
                .by_instance()
                .divided_by(
                    DiskMetrics::SIZE
                        .max()
                        .by(DiskLabels::MOUNTPOINT)
                        .by_instance(),
                )
                .above(0.8);

            /// {instance}: {value} tasks wait for a worker of the runtime {runtime}.
            ///
            /// More work comes than is done. Add replicas, or look for tasks that block a
            /// worker.
            #[caxton::alert(
                crate = caxton,
                severity = warning,
                hold = minutes(10),
                $(owner = $owner,)?
                $(runbook = $runbook,)?
            )]
            static TASKS_QUEUE_UP: caxton::Alert = RuntimeMetrics::GLOBAL_QUEUE_TASKS
                .sum()
                .by(RuntimeLabels::RUNTIME)
                .by_instance()
                .above(5_000.0);
        };
    };
    (
        processors = $processors:expr,
        memory = $memory:expr
        $(, owner = $owner:literal)?
        $(, runbook = $runbook:literal)?
        $(,)?
    ) => {
        $crate::capacity_alerts!($(owner = $owner,)? $(runbook = $runbook)?);
        const _: () = {
            use $crate::__private::caxton_instrument as caxton;
            use $crate::__private::caxton_instrument::query::minutes;
            use $crate::process::ProcessMetrics;

            /// {instance}: {value} of the processors is in use.
            ///
            /// Add replicas, or look for what takes the time.
            #[caxton::alert(
                crate = caxton,
                severity = warning,
                hold = minutes(15),
                $(owner = $owner,)?
                $(runbook = $runbook,)?
            )]
            static CPU_NEARLY_EXHAUSTED: caxton::Alert = ProcessMetrics::CPU
                .rate(minutes(5))
                .by_instance()
                .times($crate::__private::share_of($processors))
                .above(0.7);

            /// {instance}: {value} of memory is resident, more than 80 % of what there is.
            ///
            /// Raise the limit, add replicas, or look for what grows.
            #[caxton::alert(
                crate = caxton,
                severity = warning,
                hold = minutes(5),
                $(owner = $owner,)?
                $(runbook = $runbook,)?
            )]
            static MEMORY_NEARLY_EXHAUSTED: caxton::Alert = ProcessMetrics::RESIDENT_MEMORY
                .max()
                .by_instance()
                .above(0.8 * $crate::__private::bytes($memory));
        };
    };
    ($($other:tt)*) => {
        compile_error!(
            "`capacity_alerts!` takes both limits or none, in this order, then `owner` and \
             `runbook`: write `capacity_alerts!(processors = 4, memory = 2 << 30)`, memory in bytes"
        );
    };
}

/// One of so many.
///
/// # Panics
///
/// When there are none, which in a constant does not compile.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn share_of(processors: u32) -> f64 {
    assert!(processors > 0, "there is one processor at least");
    1.0 / processors as f64
}

/// So many bytes.
///
/// # Panics
///
/// When there are none, which in a constant does not compile.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn bytes(memory: u64) -> f64 {
    assert!(
        memory > 0,
        "there is memory: write it in bytes, as `2 << 30`"
    );
    memory as f64
}
