//! The trace as OpenTelemetry has it, sampled or not.

use std::sync::OnceLock;

use opentelemetry::Context as OtelContext;
use opentelemetry::trace::{SpanContext, TraceContextExt as _};
use tracing::dispatcher::WeakDispatch;
use tracing::{Dispatch, Event, Subscriber, span};
use tracing_opentelemetry::get_otel_context;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::Ids;

/// Where the layer of `tracing-opentelemetry` is found: while an event is
/// handled, the current subscriber is none.
#[derive(Debug, Default)]
pub(in super::super) struct Source(OnceLock<WeakDispatch>);

impl Source {
    pub(in super::super) fn set(&self, dispatch: &Dispatch) {
        // A layer is part of one subscriber.
        _ = self.0.set(dispatch.downgrade());
    }

    /// The trace of the event's span. Where that has none, because the layer
    /// does not see it, the trace of what goes on in the current context.
    pub(in super::super) fn of_event<S>(
        &self,
        event: &Event<'_>,
        context: &Context<'_, S>,
    ) -> Option<Ids>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let current = context.current_span();
        let span = match event.parent() {
            // One that ended is asked for nothing.
            Some(parent) => Some(parent).filter(|id| context.exists(id)),
            None => current.id().filter(|_| event.is_contextual()),
        };
        span.and_then(|id| self.of_span(id)).or_else(|| {
            let is_contextual = event.is_contextual();
            is_contextual
                .then(|| OtelContext::map_current(|context| ids(context.span().span_context())))?
        })
    }

    pub(in super::super) fn of_span(&self, id: &span::Id) -> Option<Ids> {
        let dispatch = self.0.get()?.upgrade()?;
        let context = get_otel_context(id, &dispatch)?;
        ids(context.span().span_context())
    }
}

fn ids(context: &SpanContext) -> Option<Ids> {
    context.is_valid().then(|| {
        let trace = context.trace_id();
        let mut low = [0; 8];
        low.copy_from_slice(&trace.to_bytes()[8..]);
        Ids {
            trace: trace.to_string(),
            span: context.span_id().to_string(),
            random: u64::from_be_bytes(low),
        }
    })
}
