//! From events to records: the appender, in the context that an event names.

use opentelemetry::Context;
use tracing::{Event, Subscriber, dispatcher};
use tracing_opentelemetry::get_otel_context;
use tracing_subscriber::layer::{self, Layer};
use tracing_subscriber::registry::LookupSpan;

/// The appender takes the span that is current. An event may name another one,
/// `parent: &span`, or none, `parent: None`.
pub(super) struct InParent<L>(pub(super) L);

impl<S, L> Layer<S> for InParent<L>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    L: Layer<S>,
{
    fn on_event(&self, event: &Event<'_>, context: layer::Context<'_, S>) {
        let _guard = named_context(event).map(Context::attach);
        self.0.on_event(event, context);
    }
}

fn named_context(event: &Event<'_>) -> Option<Context> {
    if event.is_contextual() || Context::is_current_telemetry_suppressed() {
        return None;
    }
    match event.parent() {
        Some(parent) => dispatcher::get_default(|now| get_otel_context(parent, now)),
        None => Some(Context::new()),
    }
}
