//! The keys of `[observability.process]`.

use std::path::PathBuf;

use crate::config::key::section;
use crate::config::value::List;

section! {
    /// Metrics of the process and its machine, read when a reader comes.
    Process {
        /// Processor time, memory, file descriptors, threads, start time.
        enabled: bool = false; needs("process"),
        /// File systems, by a path on each.
        disks: List<PathBuf>; needs("process"),
        /// Network devices by name; `["*"]` for all.
        network_devices: List<String>; needs("process"),
    }
}
