//! Which formats a program reads and writes: both, unless its configuration
//! says otherwise. One for the program, since libraries propagate as well.

use std::sync::atomic::{AtomicBool, Ordering};

static TRACE: AtomicBool = AtomicBool::new(true);
static BAGGAGE: AtomicBool = AtomicBool::new(true);

/// Chooses them.
pub(crate) fn choose(trace: bool, baggage: bool) {
    TRACE.store(trace, Ordering::Relaxed);
    BAGGAGE.store(baggage, Ordering::Relaxed);
}

/// Whether `traceparent` and `tracestate` are read and written.
pub(super) fn has_trace() -> bool {
    TRACE.load(Ordering::Relaxed)
}

/// Whether `baggage` is.
pub(super) fn has_baggage() -> bool {
    BAGGAGE.load(Ordering::Relaxed)
}
