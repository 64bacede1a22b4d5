//! Processor time and memory of this process, where the system tells them and
//! somebody wants to know.

#[cfg(not(all(unix, feature = "instrumented")))]
#[path = "cpu/absent.rs"]
mod system;
#[cfg(all(unix, feature = "instrumented"))]
#[path = "cpu/unix.rs"]
mod system;

pub(crate) use system::{of_process, of_thread, resident_bytes};
