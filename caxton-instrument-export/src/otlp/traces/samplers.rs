//! Which traces are exported: chosen by whoever starts them.

use std::collections::HashMap;
use std::sync::Arc;

use opentelemetry::trace::{Link, SpanKind, SpanRef, TraceContextExt as _, TraceId, TraceState};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{
    Sampler as SdkSampler, SamplingDecision, SamplingResult, ShouldSample,
};

use super::meta::{self, SampledBy};
use super::rate::RateLimit;
use super::strategies::{Strategies, Strategy};

/// Which traces are exported. Whoever starts a trace chooses, and all that
/// belongs to it follows, in this process and in those after it
/// (a [parent-based](https://opentelemetry.io/docs/specs/otel/trace/sdk/#parentbased)
/// sampler), unless [`ignore_parent`](Self::ignore_parent) says otherwise.
///
/// ```
/// use caxton_instrument_export::otlp::Sampler;
///
/// // One trace in ten, and every span that ends in an error.
/// let sampler = Sampler::ratio(0.1).keep_errors(2048);
/// ```
///
/// What is not chosen is counted in `caxton_instrument_spans_not_sampled_total`
/// by the sampler that decided.
#[derive(Debug, Clone)]
pub struct Sampler {
    root: Root,
    follow_parent: bool,
    keep_errors: Option<usize>,
}

#[derive(Debug, Clone)]
enum Root {
    Always,
    Never,
    Ratio(f64),
    PerSecond(f64),
    Strategies(Strategies),
    Custom(Box<dyn ShouldSample>),
}

impl Sampler {
    /// Every trace: right where few are made, or where a tail sampler downstream
    /// chooses among whole traces.
    #[must_use]
    pub fn always() -> Self {
        Self::of(Root::Always)
    }

    /// No trace but those that another process chose.
    #[must_use]
    pub fn never() -> Self {
        Self::of(Root::Never)
    }

    /// A ratio of all traces, from 0 to 1, by the
    /// [trace id](https://opentelemetry.io/docs/specs/otel/trace/sdk/#traceidratiobased):
    /// processes with the same ratio choose the same traces.
    #[must_use]
    pub fn ratio(ratio: f64) -> Self {
        Self::of(Root::Ratio(ratio))
    }

    /// At most so many traces a second, evenly; after a pause up to those of
    /// one second at once.
    #[must_use]
    pub fn per_second(traces: f64) -> Self {
        Self::of(Root::PerSecond(traces))
    }

    /// Ratios and limits of each operation, from a file of Jaeger's.
    #[must_use]
    pub fn strategies(strategies: Strategies) -> Self {
        Self::of(Root::Strategies(strategies))
    }

    /// A sampler of the program's own, for traces that start here.
    #[must_use]
    pub fn custom(sampler: impl ShouldSample + 'static) -> Self {
        Self::of(Root::Custom(Box::new(sampler)))
    }

    const fn of(root: Root) -> Self {
        Self {
            root,
            follow_parent: true,
            keep_errors: None,
        }
    }

    /// Chooses each span by itself, whatever the one before it: for a process
    /// that does not trust what comes from outside. Traces fall apart unless the
    /// ratio is the same everywhere.
    #[must_use]
    pub const fn ignore_parent(mut self) -> Self {
        self.follow_parent = false;
        self
    }

    /// Exports what ends in an error also when its trace was not chosen, with
    /// those spans of its trace that ended before it in this process, as long as
    /// they are among the last `spans` that were not chosen. What ends later in
    /// that trace, its root for instance, is exported too.
    ///
    /// A tail sampler downstream that keeps errors sees them then, and its other
    /// policies see the ratio that was set here. Three things to know:
    ///
    /// - Every span is recorded, so that it costs what a chosen one does until
    ///   it ends; `spans` of them are held in memory, about a kilobyte each.
    /// - The trace is complete only as far as this process goes: others are told
    ///   that it is not sampled, and export their part only if they keep errors
    ///   too.
    /// - Such spans carry the attribute `caxton.kept_for = "error"`, and their
    ///   trace flags say not sampled: leave them out where you reckon totals
    ///   from the ratio.
    ///
    /// With [`always`](Self::always) it changes nothing: a tail sampler that is
    /// to judge whole traces wants that.
    #[must_use]
    pub const fn keep_errors(mut self, spans: usize) -> Self {
        self.keep_errors = Some(spans);
        self
    }

    /// The spans that are held for errors.
    pub(super) const fn held(&self) -> Option<usize> {
        self.keep_errors
    }

    /// What is likely a mistake, and still works.
    pub(super) fn warnings(&self) -> &[String] {
        match &self.root {
            Root::Strategies(strategies) => strategies.warnings(),
            _ => &[],
        }
    }

    /// What is wrong with it.
    pub(super) fn problem(&self) -> Option<String> {
        match self.root {
            Root::Ratio(ratio) if !(0.0..=1.0).contains(&ratio) => Some(format!(
                "a ratio of traces is from 0 to 1, and `Sampler::ratio` was given {ratio}"
            )),
            Root::PerSecond(rate) if !(rate.is_finite() && rate >= 0.0) => Some(format!(
                "a limit of traces a second is 0 or more, and `Sampler::per_second` was given {rate}"
            )),
            _ => None,
        }
    }

    /// The sampler as the SDK calls it, for a service of that name.
    pub(super) fn start(self, service: &str) -> Head {
        let root = match self.root {
            Root::Always => Choice::Always,
            Root::Never => Choice::Never,
            Root::Ratio(ratio) => Choice::Ratio(ratio, SampledBy::Ratio),
            Root::PerSecond(rate) => Choice::limit(rate, SampledBy::RateLimit),
            Root::Strategies(strategies) => Choice::of_service(&strategies, service),
            Root::Custom(sampler) => Choice::Custom(sampler),
        };
        Head {
            root,
            follow_parent: self.follow_parent,
            not_chosen: if self.keep_errors.is_some() {
                SamplingDecision::RecordOnly
            } else {
                SamplingDecision::Drop
            },
        }
    }
}

/// Decides when a span starts.
#[derive(Debug, Clone)]
pub(super) struct Head {
    root: Choice,
    follow_parent: bool,
    not_chosen: SamplingDecision,
}

#[derive(Debug, Clone)]
enum Choice {
    Always,
    Never,
    Ratio(f64, SampledBy),
    Limit(Arc<RateLimit>, SampledBy),
    Operations(Arc<Operations>),
    Custom(Box<dyn ShouldSample>),
}

#[derive(Debug)]
struct Operations {
    named: HashMap<String, Choice>,
    others: Choice,
}

impl Choice {
    fn limit(rate: f64, by: SampledBy) -> Self {
        Self::Limit(Arc::new(RateLimit::new(rate)), by)
    }

    fn of_service(strategies: &Strategies, service: &str) -> Self {
        let strategies = strategies.of_service(service);
        let others = Self::of(strategies.strategy, SampledBy::Ratio, SampledBy::RateLimit);
        if strategies.operations.is_empty() {
            return others;
        }
        let (ratio, limit) = (SampledBy::OperationRatio, SampledBy::OperationRateLimit);
        let named = strategies
            .operations
            .iter()
            .map(|(name, strategy)| (name.clone(), Self::of(*strategy, ratio, limit)))
            .collect();
        Self::Operations(Arc::new(Operations { named, others }))
    }

    fn of(strategy: Strategy, ratio: SampledBy, limit: SampledBy) -> Self {
        match strategy {
            Strategy::Ratio(of) => Self::Ratio(of, ratio),
            Strategy::PerSecond(rate) => Self::limit(rate, limit),
        }
    }

    /// What decided against the trace; `None` if it is chosen.
    fn refuses(&self, trace_id: TraceId, name: &str) -> Option<SampledBy> {
        match self {
            Self::Never => Some(SampledBy::Never),
            Self::Ratio(ratio, by) => (!is_in_ratio(*ratio, trace_id)).then_some(*by),
            Self::Limit(limit, by) => (!limit.take()).then_some(*by),
            Self::Operations(operations) => operations
                .named
                .get(name)
                .unwrap_or(&operations.others)
                .refuses(trace_id, name),
            // Asked before, by `Head`.
            Self::Always | Self::Custom(_) => None,
        }
    }
}

/// The SDK's own arithmetic: other processes use it too.
fn is_in_ratio(ratio: f64, trace_id: TraceId) -> bool {
    let sampler = SdkSampler::TraceIdRatioBased(ratio);
    let result = sampler.should_sample(None, trace_id, "", &SpanKind::Internal, &[], &[]);
    result.decision == SamplingDecision::RecordAndSample
}

impl ShouldSample for Head {
    fn should_sample(
        &self,
        parent_context: Option<&Context>,
        trace_id: TraceId,
        name: &str,
        span_kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        let parent = parent_context.map(|context| context.span());
        let parent = parent
            .as_ref()
            .map(SpanRef::span_context)
            .filter(|context| context.is_valid());
        let mut result = SamplingResult {
            decision: SamplingDecision::RecordAndSample,
            attributes: Vec::new(),
            trace_state: parent
                .map_or_else(TraceState::default, |parent| parent.trace_state().clone()),
        };
        let refused = match (parent, &self.root) {
            (Some(parent), _) if self.follow_parent => {
                (!parent.is_sampled()).then_some(SampledBy::Parent)
            }
            (_, Choice::Custom(sampler)) => {
                result = sampler.should_sample(
                    parent_context,
                    trace_id,
                    name,
                    span_kind,
                    attributes,
                    links,
                );
                let chosen = result.decision == SamplingDecision::RecordAndSample;
                (!chosen).then_some(SampledBy::Custom)
            }
            (_, root) => root.refuses(trace_id, name),
        };
        if let Some(sampler) = refused {
            meta::not_sampled(sampler);
            result.decision = self.not_chosen.clone();
        }
        result
    }
}

#[cfg(test)]
#[path = "samplers_tests.rs"]
mod tests;
