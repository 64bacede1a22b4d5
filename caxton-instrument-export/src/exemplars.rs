//! The trace that a span belongs to, as OpenTelemetry knows it.

use std::sync::OnceLock;

use caxton_instrument::exemplar::{self, TraceContext};
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, TraceContextExt};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::error::InstallError;

/// Sets the source of traces. A second call, after an install that failed, is
/// none of another source.
pub(crate) fn install() -> Result<(), InstallError> {
    static IS_OURS: OnceLock<bool> = OnceLock::new();
    if *IS_OURS.get_or_init(|| exemplar::set_trace_source(trace_of).is_ok()) {
        Ok(())
    } else {
        Err(InstallError::OtherTraceSource)
    }
}

/// The span's trace, if it is sampled. A span that the layer does not see, or
/// none at all, is part of what goes on in the current context.
fn trace_of(span: &Span) -> Option<TraceContext> {
    let context = span.context().span().span_context().clone();
    let context = if context.is_valid() {
        context
    } else {
        Context::map_current(|current| current.span().span_context().clone())
    };
    sampled(&context)
}

fn sampled(context: &SpanContext) -> Option<TraceContext> {
    (context.is_valid() && context.is_sampled()).then(|| {
        let (trace, span) = (context.trace_id(), context.span_id());
        TraceContext::new(trace.to_bytes(), span.to_bytes())
    })
}
