//! Exemplars: of some samples, the trace that they come from
//! ([OpenMetrics](https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md#exemplars)),
//! so that a reader of a slow bucket has a trace to open.
//!
//! A [source of traces](set_trace_source) says which trace a span belongs to.
//! caxton-instrument-export has one for OpenTelemetry; a program with another
//! tracer sets its own before it installs the recorder:
//!
//! ```standalone_crate
//! use caxton_instrument::exemplar::{self, TraceContext};
//! use caxton_instrument::prelude::*;
//! use caxton_instrument::recorder::Registry;
//! use caxton_instrument::Catalog;
//!
//! /// Mail.
//! #[derive(MetricSet)]
//! #[metric_set(namespace = "mailer")]
//! struct Mail {
//!     /// Time to send one message.
//!     #[metric(unit = seconds, buckets = [0.1, 1.0])]
//!     send_duration: Histogram,
//! }
//!
//! // Every span is sampled here, and they are all of one trace.
//! let trace = TraceContext::new([7; 16], [9; 8]);
//! exemplar::set_trace_source(|_span| Some(TraceContext::new([7; 16], [9; 8])))
//!     .expect("the first source");
//! let registry = Registry::new(&Catalog::collect()?);
//! caxton_instrument::install(registry.clone())?;
//! Mail::global().send_duration.record(0.4);
//!
//! let families = registry.families();
//! let family = families.iter().find(|family| family.name() == "mailer_send_duration_seconds");
//! let series = family.and_then(|family| family.series().next()).expect("it was updated");
//! let mut exemplars = Vec::new();
//! series.exemplars(&mut exemplars);
//! let found = exemplars[1].expect("the bucket up to a second has one");
//! assert_eq!((found.trace, found.value), (trace, 0.4));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Which samples
//!
//! An execution of `#[instrument_agent]` offers its own span, with its duration
//! and its count; `record` and timers of a histogram offer the current span, and
//! so does `increment_with_exemplar` of a counter. The plain `increment` does
//! not, and costs nothing for it.
//!
//! From one scrape to the next each thread offers a bucket, or a counter, until
//! it met a sampled span there, 64 times at most, and at most 256 of them.
//! What was offered last stays: one exemplar for each bucket, for as long as the
//! series lives. A native histogram has one for each bucket of its
//! [classic view](crate::NativeBuckets::classic_bounds).
//!
//! # Where not
//!
//! Only our own [`Registry`](crate::recorder::Registry), installed with nothing
//! around it, keeps exemplars. Behind another recorder or a layer, in a set made
//! by `new_in`, and for the `metrics` macros of other crates there are none.

mod due;
mod kept;

use std::fmt;
use std::ops::Deref;
use std::time::SystemTime;

use tracing::Span;

use crate::native::classic_bucket;
use crate::recorder::bounds::Bounds;
use crate::recorder::slab::Index;

pub(crate) use due::wanted;
pub(crate) use kept::{forget, read};

/// The trace and the span that a sample comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct TraceContext {
    /// As in the [W3C recommendation](https://www.w3.org/TR/trace-context/#trace-id);
    /// never all zeroes.
    pub trace_id: [u8; 16],
    /// As in the [W3C recommendation](https://www.w3.org/TR/trace-context/#parent-id);
    /// never all zeroes.
    pub span_id: [u8; 8],
}

impl TraceContext {
    /// From the bytes of both ids.
    ///
    /// ```
    /// use caxton_instrument::exemplar::TraceContext;
    ///
    /// let trace = TraceContext::new([0xab; 16], [1, 2, 3, 4, 5, 6, 7, 8]);
    /// assert_eq!(&*trace.trace_id_hex(), "abababababababababababababababab");
    /// assert_eq!(trace.span_id_hex().to_string(), "0102030405060708");
    /// ```
    #[must_use]
    pub const fn new(trace_id: [u8; 16], span_id: [u8; 8]) -> Self {
        Self { trace_id, span_id }
    }

    /// The trace's id as exemplars write it.
    #[must_use]
    pub const fn trace_id_hex(&self) -> Hex<32> {
        Hex::of(&self.trace_id)
    }

    /// The span's id as exemplars write it.
    #[must_use]
    pub const fn span_id_hex(&self) -> Hex<16> {
        Hex::of(&self.span_id)
    }
}

/// Bytes in lower-case hexadecimal digits; reads as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hex<const DIGITS: usize>([u8; DIGITS]);

impl<const DIGITS: usize> Hex<DIGITS> {
    const fn of(bytes: &[u8]) -> Self {
        let mut digits = [b'0'; DIGITS];
        let mut at = 0;
        while at < DIGITS && at / 2 < bytes.len() {
            let byte = bytes[at / 2];
            let digit = if at % 2 == 0 { byte >> 4 } else { byte & 0xf };
            digits[at] = b"0123456789abcdef"[digit as usize];
            at += 1;
        }
        Self(digits)
    }
}

impl<const DIGITS: usize> Deref for Hex<DIGITS> {
    type Target = str;

    fn deref(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl<const DIGITS: usize> fmt::Display for Hex<DIGITS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

/// A sample, and the trace that it comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Exemplar {
    /// Where it comes from.
    pub trace: TraceContext,
    /// What was recorded, in the metric's unit; of a counter, what was added.
    pub value: f64,
    /// When.
    pub at: SystemTime,
}

/// Says which trace a span belongs to; `None` unless that trace is sampled.
///
/// Called in the middle of an update, on the thread that makes it. It must not
/// panic. It may update metrics, which offer nothing meanwhile.
pub type TraceSource = fn(&Span) -> Option<TraceContext>;

/// Sets what says which trace a span belongs to, once in a program. Until then
/// there are no exemplars, and an update looks at no span.
///
/// # Errors
///
/// Returns the source when another one was set before.
///
/// ```
/// use caxton_instrument::exemplar;
///
/// assert!(exemplar::set_trace_source(|_span| None).is_ok());
/// assert!(exemplar::set_trace_source(|_span| None).is_err());
/// ```
pub fn set_trace_source(source: TraceSource) -> Result<(), TraceSource> {
    due::set(source)
}

/// Lets every thread offer exemplars anew: a reader that shows them calls it
/// once for each scrape. [`Exposition`] does.
///
/// [`Exposition`]: https://docs.rs/caxton-instrument-export/latest/caxton_instrument_export/exposition/struct.Exposition.html
pub fn next_interval() {
    due::advance();
}

/// Offers a sample of a histogram, which was counted in `bucket`, with the
/// current span.
///
/// One call, so that the update that leads to it is not in its way.
#[cold]
#[inline(never)]
pub(crate) fn offer_sample(index: Index, bounds: &Bounds, bucket: usize, value: f64) {
    let bucket = Bucket::of(index, bounds, bucket);
    if due::may_take(&bucket) {
        offer(bucket, value, None);
    }
}

/// Offers what was added to a counter, with the current span.
#[cold]
#[inline(never)]
pub(crate) fn offer_count(index: Index, n: u64) {
    let bucket = Bucket::only(index);
    if due::may_take(&bucket) {
        offer(bucket, n as f64, None);
    }
}

/// Offers what an execution adds to its counter and its histogram, with its
/// own span; where it has none, with the current one.
#[cold]
#[inline(never)]
pub(crate) fn offer_execution(
    executions: Index,
    (duration, bounds): (Index, &Bounds),
    elapsed: f64,
    span: Option<&Span>,
) {
    let bucket = Bucket::of(duration, bounds, bounds.bucket_of(elapsed));
    if due::may_take(&bucket) {
        offer(bucket, elapsed, span);
    }
    let bucket = Bucket::only(executions);
    if due::may_take(&bucket) {
        offer(bucket, 1.0, span);
    }
}

/// Takes what it needs to a call of its own: most samples are not due.
#[inline(never)]
fn offer(bucket: Bucket, value: f64, span: Option<&Span>) {
    // None in the cells of our recorder, or its series ended.
    if !bucket.series.has_cells() {
        return;
    }
    let Some(due) = due::take(&bucket) else {
        return;
    };
    if let Some(trace) = due::ask(span) {
        let at = SystemTime::now();
        if kept::keep(&bucket, Exemplar { trace, value, at }) {
            due.done();
        }
    }
}

/// A bucket as a reader sees it; of a counter there is one.
#[derive(Clone, Copy)]
struct Bucket {
    series: Index,
    /// Which one it is of how many.
    at: usize,
    of: usize,
}

impl Bucket {
    fn only(series: Index) -> Self {
        let (at, of) = (0, 1);
        Self { series, at, of }
    }

    fn of(series: Index, bounds: &Bounds, bucket: usize) -> Self {
        let buckets = bounds.buckets();
        Self {
            series,
            at: classic_bucket(bucket, buckets),
            of: classic_bucket(buckets - 1, buckets) + 1,
        }
    }
}
