//! Processor time and memory of this process, where the system tells them.

#[cfg(not(unix))]
#[path = "cpu/absent.rs"]
mod system;
#[cfg(unix)]
#[path = "cpu/unix.rs"]
mod system;

pub(crate) use system::{of_process, of_thread, resident_bytes};
