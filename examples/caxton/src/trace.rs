//! One trace across HTTP and messages, whose metadata carry it. Without the
//! feature `instrumented`, `absent` stands in for it, and metadata stay empty.

#[cfg(not(feature = "instrumented"))]
#[path = "trace/absent.rs"]
mod carried;
#[cfg(feature = "instrumented")]
mod carried;

pub(crate) use carried::{current, in_scope, served, within};
