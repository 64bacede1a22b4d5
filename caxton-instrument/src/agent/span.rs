//! The span of an execution.

use std::fmt::Display;

use tracing::callsite::DefaultCallsite;
use tracing::field::{Empty, Value, display};
use tracing::level_filters::{LevelFilter, STATIC_MAX_LEVEL};
use tracing::{Metadata, Span};

use super::labels::Status;
use super::outcome::Verdict;
use crate::label::LabelValue;

/// No span.
pub const NONE: Span = Span::none();

/// The fields of the span, in the order in which [`open`] fills them.
pub(crate) const FIELDS: &[&str] = &[
    "agent_type",
    "operation",
    "agent.id",
    "status",
    "error",
    "otel.status_code",
];

/// `agent_id`, which is evaluated only when the span is wanted.
pub type AgentId<'a> = &'a dyn Fn(&mut dyn FnMut(&dyn Display));

/// A value that a field of a span takes as it is.
#[diagnostic::on_unimplemented(
    message = "a span's field cannot take a `{Self}` as it is",
    label = "neither a number, a `bool`, text nor an error",
    note = "write `name = %value` to display it, or `name = ?value` to debug it"
)]
pub trait FieldValue {
    /// The value as `tracing` takes it.
    fn as_value(&self) -> &dyn Value;
}

#[diagnostic::do_not_recommend]
impl<V: Value> FieldValue for V {
    fn as_value(&self) -> &dyn Value {
        self
    }
}

/// The value of a field; fails at the caller's token when it is none.
pub fn field<V: FieldValue>(value: &V) -> &dyn Value {
    value.as_value()
}

/// Whether anyone wants spans of this level: what costs least is asked first.
#[inline(always)]
pub(crate) fn may_be_wanted(metadata: &'static Metadata<'static>) -> bool {
    let level = *metadata.level();
    level <= STATIC_MAX_LEVEL && level <= LevelFilter::current()
}

/// Whether anyone wants the span.
pub(crate) fn wanted(
    callsite: &'static DefaultCallsite,
    metadata: &'static Metadata<'static>,
) -> bool {
    may_be_wanted(metadata) && wanted_at_its_level(callsite, metadata)
}

/// The same where spans of its level may be.
pub(crate) fn wanted_at_its_level(
    callsite: &'static DefaultCallsite,
    metadata: &'static Metadata<'static>,
) -> bool {
    let interest = callsite.interest();
    !interest.is_never()
        && (interest.is_always()
            || tracing::dispatcher::get_default(|dispatch| dispatch.enabled(metadata)))
}

pub(crate) fn open(
    metadata: &'static Metadata<'static>,
    agent_type: &str,
    operation: &str,
    agent_id: Option<AgentId<'_>>,
) -> Span {
    let new = |agent_id: &dyn Value| {
        let values: [&dyn Value; FIELDS.len()] =
            [&agent_type, &operation, agent_id, &Empty, &Empty, &Empty];
        Span::new(
            metadata,
            &metadata.fields().value_set_all(&values.map(Some)),
        )
    };
    let Some(agent_id) = agent_id else {
        return new(&Empty);
    };
    let mut span = NONE;
    agent_id(&mut |id| span = new(&display(id)));
    span
}

pub(crate) fn enter(span: &Span) {
    span.with_subscriber(|(id, dispatch)| dispatch.enter(id));
}

pub(crate) fn exit(span: &Span) {
    span.with_subscriber(|(id, dispatch)| dispatch.exit(id));
}

pub(crate) fn record(span: &Span, status: Status, verdict: Verdict<'_>) {
    span.record("status", status.as_str());
    if matches!(status, Status::Error | Status::Panicked) {
        span.record("otel.status_code", "ERROR");
    }
    // Formatted here: a subscriber would run the user's code under its locks.
    let error = match verdict {
        Verdict::Ok | Verdict::Error => None,
        Verdict::Display(error) => Some(error.to_string()),
        Verdict::Debug(error) => Some(format!("{error:?}")),
        Verdict::Told(outcome) => outcome.error().map(ToString::to_string),
    };
    if let Some(error) = error {
        span.record("error", error.as_str());
    }
}
