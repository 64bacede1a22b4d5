//! In and out of carriers.

use opentelemetry::Context;
use opentelemetry::baggage::{Baggage, BaggageExt as _};
use opentelemetry::trace::TraceContextExt as _;
use tracing::Span;
use tracing_opentelemetry::{OpenTelemetrySpanExt as _, SetParentError};

use super::baggage::{self, BAGGAGE};
use super::carrier::Carrier;
use super::formats;
use super::trace_context::{self, PARENT, STATE};

/// The context of what goes on: that of the current span, and outside of any
/// span that OpenTelemetry knows the current one of OpenTelemetry.
///
/// Baggage is that of the current context of OpenTelemetry, also where it was
/// attached after the span began.
pub fn current() -> Context {
    let current = Context::current();
    let of_span = Span::current().context();
    // A span that it does not know has an empty context.
    if !of_span.has_active_span() || is_same(&of_span, &current) {
        return current;
    }
    // Spans that are entered are not made current.
    let baggage = current.baggage();
    if baggage.is_empty() {
        return of_span;
    }
    let members = baggage.iter();
    let members = members.map(|(key, value)| (key.clone(), value.clone()));
    of_span.with_baggage(members.collect::<Baggage>())
}

/// Whether both are in one span.
fn is_same(one: &Context, other: &Context) -> bool {
    one.span().span_context() == other.span().span_context()
}

/// Writes the [current](current) trace and baggage into a carrier, in place of
/// what it carried. Without a trace and without baggage the carrier stays as it
/// is: who only passes a message on passes its trace on.
pub fn inject(carrier: &mut impl Carrier) {
    inject_context(&current(), carrier);
}

/// The same with another context.
pub fn inject_context(context: &Context, carrier: &mut impl Carrier) {
    write(context, |name, value| match value {
        Some(value) => carrier.set(name, value),
        None => carrier.remove(name),
    });
}

pub(super) fn write(context: &Context, mut set: impl FnMut(&'static str, Option<String>)) {
    let span = context.span();
    let trace = span.span_context();
    let baggage = baggage::write(context.baggage());
    if !trace.is_valid() && baggage.is_none() {
        return;
    }
    let (has_trace, has_baggage) = (formats::has_trace(), formats::has_baggage());
    let (parent, state) = if trace.is_valid() {
        let (parent, state) = trace_context::write(trace);
        (Some(parent), Some(state).filter(|state| !state.is_empty()))
    } else {
        (None, None)
    };
    if has_trace {
        set(PARENT, parent);
        set(STATE, state);
    }
    if has_baggage {
        set(BAGGAGE, baggage);
    }
}

/// The [current](current) context, with the trace and the baggage of a
/// carrier in the place of its own. What is malformed is ignored and counted.
pub fn extract(carrier: &impl Carrier) -> Context {
    read(&current(), |name| carrier.values_of(name))
}

pub(super) fn read<'a, I>(base: &Context, values: impl Fn(&'static str) -> I) -> Context
where
    I: Iterator<Item = &'a [u8]>,
{
    let mut context = base.clone();
    if formats::has_trace()
        && let Some(trace) = trace_context::read(values(PARENT), values(STATE))
    {
        context = context.with_remote_span_context(trace);
    }
    if formats::has_baggage()
        && let Some(baggage) = baggage::read(values(BAGGAGE))
    {
        context = context.with_baggage(baggage);
    }
    context
}

/// The span with another parent, which may be one of another program. Call it
/// before the span is entered or asked for its context: one that began already
/// keeps its parent, and gets a link to this one.
pub fn with_parent(span: Span, parent: Context) -> Span {
    let trace = parent.span().span_context().clone();
    if let Err(SetParentError::AlreadyStarted) = span.set_parent(parent) {
        span.add_link(trace);
    }
    span
}
