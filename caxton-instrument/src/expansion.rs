//! What expansions of the derives call, most of it in constants.

use crate::descriptor::{
    LabelDescriptor, LabelValues, Location, MetricDescriptor, MetricKind, SetDescriptor,
};
use crate::rules::{self, Message};
use crate::text;
use crate::unit::Unit;

/// Fails the compilation at the caller's token when there is a message.
///
/// # Panics
///
/// In a constant, which is the point.
#[track_caller]
pub const fn enforce(message: &Message) {
    assert!(message.is_empty(), "{}", message.as_str());
}

/// The rules, enforced: one call for the compiler to check at each metric.
pub mod enforced {
    use super::enforce;
    use crate::descriptor::{LabelDescriptor, MetricDescriptor};
    use crate::rules;

    macro_rules! enforced {
        ($($rule:ident: $subject:ty,)*) => {$(
            #[doc = concat!("[`rules::", stringify!($rule), "`].")]
            ///
            /// # Panics
            ///
            /// In a constant, which is the point.
            #[track_caller]
            pub const fn $rule(subject: &$subject) {
                enforce(&rules::$rule(subject));
            }
        )*};
    }

    enforced! {
        label: LabelDescriptor,
        metric_name: MetricDescriptor,
        metric_help: MetricDescriptor,
        metric_labels: MetricDescriptor,
        metric_buckets: MetricDescriptor,
    }
}

/// A metric of a set: what most have, and the place of the set but for the line
/// and column. One call, since the compiler looks into each value in between.
#[must_use]
#[allow(clippy::too_many_arguments)]
pub const fn metric(
    set: &SetDescriptor,
    kind: MetricKind,
    name: &'static str,
    help: &'static str,
    field: &'static str,
    unit: Unit,
    labels: &'static [LabelDescriptor],
    buckets: &'static [f64],
    line: u32,
    column: u32,
) -> MetricDescriptor {
    let location = Location {
        line,
        column,
        ..set.location
    };
    let mut metric = MetricDescriptor::new(kind, name, location);
    metric.help = help;
    metric.namespace = set.namespace;
    metric.field = field;
    metric.unit = unit;
    metric.labels = labels;
    metric.buckets = buckets;
    metric
}

/// The rules over a set's constant label, told once at its name.
#[must_use]
pub const fn constant_label(name: &'static str) -> Message {
    rules::label(&LabelDescriptor::closed(name, &[]))
}

/// The set's constant labels, or none when one of them was refused: each
/// metric would refuse it again.
#[must_use]
pub const fn constant_labels(
    labels: &'static [(&'static str, &'static str)],
) -> &'static [(&'static str, &'static str)] {
    let mut i = 0;
    while i < labels.len() {
        if !constant_label(labels[i].0).is_empty() {
            return &[];
        }
        i += 1;
    }
    labels
}

/// Open labels with the bounds of one metric.
#[must_use]
pub const fn bounded<const N: usize>(
    labels: &[LabelDescriptor],
    bounds: &[(&'static str, u32)],
) -> [LabelDescriptor; N] {
    let mut bounded = [LabelDescriptor::open("", 0); N];
    let mut i = 0;
    while i < N {
        bounded[i] = labels[i];
        let mut k = 0;
        while k < bounds.len() {
            if text::equal(bounds[k].0, labels[i].name) {
                bounded[i] = labels[i].with_max_values(bounds[k].1);
            }
            k += 1;
        }
        i += 1;
    }
    bounded
}

/// Whether `label` is an open label of the metric: only those have a bound.
#[must_use]
pub const fn open_label(metric: &str, labels: &[LabelDescriptor], label: &str) -> Message {
    let message = Message::new();
    let mut i = 0;
    while i < labels.len() {
        if text::equal(labels[i].name, label) {
            if matches!(labels[i].values, LabelValues::Open { .. }) {
                return message;
            }
            return message
                .push("label `")
                .push(label)
                .push("` of `")
                .push(metric)
                .push("` is closed, its values are known: leave it out of `max_values(..)`");
        }
        i += 1;
    }
    let mut message = message
        .push("`")
        .push(metric)
        .push("` has no open label `")
        .push(label)
        .push("`: write ");
    let mut some = false;
    i = 0;
    while i < labels.len() {
        if matches!(labels[i].values, LabelValues::Open { .. }) {
            message = message
                .push(if some { " or `" } else { "`" })
                .push(labels[i].name)
                .push("`");
            some = true;
        }
        i += 1;
    }
    if some {
        message
    } else {
        message.push("no `max_values(..)`, it has no open label")
    }
}

/// `agent_metrics!` with `default` stands in the crate root, where annotated
/// functions of every module find it.
#[must_use]
pub const fn crate_root(module: &str) -> Message {
    let message = Message::new();
    let bytes = module.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i] == b':' {
            return message
                .push("`default` is for the whole crate, and this is the module `")
                .push(module)
                .push("`: write `agent_metrics!` in the crate root");
        }
        i += 1;
    }
    message
}

/// A file, a line and a column.
type Place = (&'static str, u32, u32);

/// Where something is declared: at its own token, or, if a macro of another crate
/// wrote that, where the macro was called. Of the former the file is none of this
/// crate.
#[must_use]
pub const fn location(
    token: Place,
    call: Place,
    module: &'static str,
    krate: &'static str,
    version: &'static str,
) -> Location {
    let is_here = text::equal(token.0, call.0);
    let (file, line, column) = if is_here { token } else { call };
    Location::new(file, line, column, module, krate, version)
}

/// The position of one more closed label's value, after those `before` it.
/// One outside its own list, of a hand-written `LabelValue`, leads outside
/// all series and not to one of another value.
#[inline]
#[must_use]
pub const fn position(before: usize, values: usize, index: usize) -> usize {
    if index < values {
        before.saturating_mul(values).saturating_add(index)
    } else {
        usize::MAX
    }
}
