//! What sampling says about itself.

use caxton_instrument::prelude::*;

/// What decided that a span is not sampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, LabelValue)]
#[non_exhaustive]
pub enum SampledBy {
    /// The span before it in its trace is not sampled.
    Parent,
    /// Nothing is to be sampled.
    Never,
    /// A ratio of all traces.
    Ratio,
    /// A limit on all traces.
    RateLimit,
    /// A ratio of the traces that start with one operation.
    OperationRatio,
    /// A limit on the traces that start with one operation.
    OperationRateLimit,
    /// A sampler of the program's own.
    Custom,
}

/// What did not choose a span.
#[derive(LabelSet)]
pub struct BySampler {
    /// What decided.
    pub sampler: SampledBy,
}

/// Sampling's metrics about itself.
#[derive(MetricSet)]
#[metric_set(namespace = "caxton", subsystem = "instrument")]
pub struct SamplingMetrics {
    /// Spans that a sampler did not choose.
    pub spans_not_sampled: Counter<BySampler>,
    /// Spans that no sampler chose, exported since one of their trace ended in an error.
    pub spans_kept_for_errors: Counter,
}

fn metrics() -> &'static SamplingMetrics {
    SamplingMetrics::global()
}

pub(super) fn not_sampled(sampler: SampledBy) {
    metrics()
        .spans_not_sampled
        .at(&BySampler::of(sampler))
        .increment(1);
}

pub(super) fn kept_for_error(spans: u64) {
    metrics().spans_kept_for_errors.increment(spans);
}
