//! Metrics about propagation.

use caxton_instrument::{Counter, LabelSet, LabelValue, MetricSet};

/// A header of the W3C.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, LabelValue)]
pub(super) enum Header {
    Traceparent,
    Tracestate,
    Baggage,
}

/// Why a header, or a part of it, was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, LabelValue)]
pub(super) enum RefusalReason {
    /// It is not written as the recommendation has it.
    Malformed,
    /// It is there twice, and nobody knows which one counts.
    Duplicate,
    /// It has more bytes than it may have.
    TooLong,
    /// It has more members than it may have.
    TooMany,
}

/// What was refused.
#[derive(LabelSet)]
pub(super) struct Refused {
    /// The header.
    header: Header,
    /// Why.
    reason: RefusalReason,
}

/// What became of the headers of other programs.
#[derive(MetricSet)]
#[metric_set(namespace = "caxton", subsystem = "instrument")]
pub(super) struct PropagationMetrics {
    /// Headers of traces and baggage that were ignored in whole or in part, or not sent in whole.
    propagation_refused: Counter<Refused>,
}

pub(super) fn refused(header: Header, reason: RefusalReason) {
    let metrics = PropagationMetrics::global();
    let labels = Refused::of(header, reason);
    metrics.propagation_refused.at(&labels).increment(1);
}
