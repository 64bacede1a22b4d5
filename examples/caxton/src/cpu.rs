//! Processor time of a thread, where the system tells it and somebody wants to
//! know.

#[cfg(not(all(unix, feature = "instrumented")))]
#[path = "cpu/absent.rs"]
mod system;
#[cfg(all(unix, feature = "instrumented"))]
#[path = "cpu/unix.rs"]
mod system;

pub(crate) use system::of_thread;
