//! Metrics of the process, of its Tokio runtimes, and of the disks and networks
//! that it uses, read when somebody reads them.
//!
//! ```text
//! build      what the builder takes
//! metrics    the declarations
//! refresh    when values are read: before a scrape, on a thread of their own
//! own        the process itself      linux, portable: where the values come
//! network    its network devices                      from
//! disk       file systems
//! runtime    Tokio runtimes, and groups of tasks
//! info       what was built
//! capacity   alerts on what the process may use
//! ```
//!
//! ```no_run
//! use caxton_instrument_export::process::{NetworkDevices, TaskGroup};
//!
//! static INGEST: TaskGroup = TaskGroup::new("ingest");
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let runtime = tokio::runtime::Runtime::new()?;
//! let telemetry = caxton_instrument_export::builder()
//!     .process_metrics()
//!     .runtime_metrics("main", runtime.handle())
//!     .task_metrics([&INGEST])
//!     .disk_metrics(["/", "/var/lib/shop"])
//!     .network_metrics(NetworkDevices::all())
//!     .build_info(caxton_instrument_export::build_info!())
//!     .install()?;
//! runtime.block_on(INGEST.instrument(async { /* .. */ }));
//! # Ok(())
//! # }
//! ```
//!
//! [`capacity_alerts!`](crate::capacity_alerts) declares alerts on them with one
//! line.
//!
//! # When values are read
//!
//! At most once a second, before a scrape or an export, on a thread that does
//! nothing else; the reader waits for it, up to a quarter of a second. What
//! hangs, as a file system whose server is gone, then holds up no other values:
//! its metrics keep what they read last, and
//! `caxton_instrument_refreshes_total{outcome="late"}` counts it. Disks have a
//! thread of their own. Updates of metrics never wait for any of this.
//!
//! # Systems
//!
//! Linux tells everything, from `/proc`. Others tell what
//! [sysinfo](https://docs.rs/sysinfo) knows of them: not the number of threads
//! and the limit of virtual memory.

mod build;
mod capacity;
mod disk;
mod info;
#[cfg(target_os = "linux")]
mod linux;
mod meta;
mod metrics;
mod network;
mod own;
#[cfg(any(test, not(target_os = "linux")))]
mod portable;
mod refresh;
mod runtime;

#[doc(hidden)]
pub use capacity::{bytes, share_of};
pub use info::BuildInfo;
pub use meta::{RefreshMetrics, RefreshOutcome, Refreshed, RefreshedRef, Source};
#[cfg(tokio_unstable)]
pub use metrics::RuntimeDetails;
pub use metrics::{
    BuildLabels, BuildLabelsRef, BuildMetrics, DeviceLabels, DeviceLabelsRef, Direction,
    DiskLabels, DiskLabelsRef, DiskMetrics, NetworkMetrics, ProcessMetrics, RuntimeLabels,
    RuntimeLabelsRef, RuntimeMetrics, TaskLabels, TaskLabelsRef, TaskMetrics,
};
pub use network::NetworkDevices;
pub use runtime::TaskGroup;

pub(crate) use build::{Options, Running};

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
use portable as system;

/// What the system says of the process at one moment; `None` for what it does
/// not tell.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Usage {
    /// In user and system mode, in seconds.
    cpu: Option<f64>,
    open_files: Option<u64>,
    max_files: Option<u64>,
    virtual_memory: Option<u64>,
    max_virtual_memory: Option<u64>,
    resident_memory: Option<u64>,
    /// Seconds since 1970.
    started: Option<f64>,
    threads: Option<u64>,
}

/// What went through a network device since it came up, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Device {
    name: String,
    received: u64,
    transmitted: u64,
}

/// A file system, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Space {
    size: u64,
    used: u64,
    /// To programs without privileges.
    available: u64,
}
