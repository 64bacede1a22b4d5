//! The trace that a line belongs to.

#[cfg(not(feature = "otlp"))]
#[path = "ids/absent.rs"]
mod source;
#[cfg(feature = "otlp")]
#[path = "ids/opentelemetry.rs"]
mod source;

pub(super) use source::Source;

/// A trace and a span, in hexadecimal digits.
#[derive(Debug, Clone)]
pub(super) struct Ids {
    pub(super) trace: String,
    pub(super) span: String,
    /// The last bytes of the trace's id, which are random.
    pub(super) random: u64,
}
