//! What a refusal says to a person: what is wrong, and what to do.

use std::borrow::Cow;

use metrics::{Key, Label, Metadata};

use super::family::Store;
use super::foreign;
use super::refusals::Message;
use super::registry::MAX_UNDECLARED;
use crate::descriptor::{LabelValues, MetricDescriptor, MetricKind};
use crate::meta::RefusalReason;
use crate::open::visible;

/// A registration that was refused.
pub(super) struct Registration<'a> {
    pub(super) name: &'a str,
    pub(super) key: &'a Key,
    pub(super) kind: MetricKind,
    pub(super) metadata: &'a Metadata<'a>,
}

/// Characters of foreign text that a message repeats.
const SHOWN: usize = 64;

/// Labels that a message names.
const LABELS: usize = 8;

pub(super) fn registration(
    reason: RefusalReason,
    asked: &Registration<'_>,
    store: Option<&Store>,
) -> Message {
    let metric = store.and_then(Store::metric);
    let (name, kind) = (asked.name, asked.kind);
    let place = match asked.metadata.module_path() {
        Some(module) => format!(" in `{}`", shown(module)),
        None => String::new(),
    };
    let text = match reason {
        RefusalReason::OtherType => {
            let first = match store.and_then(Store::kind) {
                Some(first) => first.to_string(),
                None => String::from("metric of another type"),
            };
            format!(
                "`{name}` is a {first}, and a {kind} of that name{place} is not recorded: rename \
                 one of the two, or put a layer in front of the recorder that does"
            )
        }
        RefusalReason::OtherLabels => {
            let detail = match metric {
                Some(metric) => difference(metric, asked.key),
                None => String::new(),
            };
            format!(
                "`{name}` is declared, and one without the declared labels and values{place} is \
                 not recorded{detail}: use the typed handle, or another name"
            )
        }
        RefusalReason::TooManySeries if metric.is_some() => format!(
            "`{name}` has {MAX_UNDECLARED} series more than its labels declare, and another \
             one{place} is not recorded: use the typed handle, which bounds them"
        ),
        RefusalReason::TooManySeries => format!(
            "there are {MAX_UNDECLARED} series that nobody declared, and another one, of \
             `{name}`{place}, is not recorded: drop the label that has too many values with a \
             layer in front of the recorder, or let idle series go"
        ),
        _ => format!(
            "there is no memory for another series, so that one of `{name}`{place} is not \
             recorded: look for a label that has too many values"
        ),
    };
    Message {
        text,
        place: metric.map(|metric| metric.location),
    }
}

/// Another help text than the first one.
pub(super) fn help(store: &Store, name: &str, help: &str) -> Message {
    let metric = store.metric();
    let first = if metric.is_some() {
        "declared"
    } else {
        "first"
    };
    Message {
        text: format!(
            "`{name}` is described as \"{}\", and the {first} text stays, \"{}\": describe it once",
            shown(help),
            shown(store.help()),
        ),
        place: metric.map(|metric| metric.location),
    }
}

/// What an exposition does not show, for
/// [`Registry::leave_out`](super::Registry::leave_out).
#[derive(Debug, Clone, Copy)]
pub struct LeftOut<'a> {
    /// The metric.
    pub name: &'a str,
    /// The label whose series are left out; all of them if there is none.
    pub label: Option<&'a str>,
    /// The name that it would write.
    pub taken: &'a str,
    /// The metric that writes it, or the label that is written so.
    pub owner: &'a str,
    /// How names are escaped where that is so, if the names themselves differ.
    pub escaping: Option<&'a str>,
}

impl LeftOut<'_> {
    /// What is told once.
    pub(super) fn subject(&self) -> Cow<'_, str> {
        match self.label {
            Some(label) => Cow::Owned(format!("{}{{{label}}}", self.name)),
            None => Cow::Borrowed(self.name),
        }
    }

    pub(super) fn message(&self) -> Message {
        let Self { taken, owner, .. } = self;
        let (what, whose) = match self.label {
            Some(label) => (
                format!("`{}` with the label `{label}`", self.name),
                format!("how the label `{owner}` is written"),
            ),
            None => (format!("`{}`", self.name), format!("a name of `{owner}`")),
        };
        let (readers, remedy) = match self.escaping {
            Some(escaping) => (
                format!(" to readers of `escaping={escaping}`"),
                ", or let them ask for `escaping=allow-utf-8`",
            ),
            None => (String::new(), ""),
        };
        Message {
            text: format!(
                "{what} is recorded and not exposed{readers}, because it would write `{taken}`, \
                 which is {whose}: rename it, or put a layer in front of the recorder that \
                 does{remedy}"
            ),
            place: None,
        }
    }
}

/// What tells the labels of a key from the declared ones.
fn difference(metric: &MetricDescriptor, key: &Key) -> String {
    let value_of = |name: &str| {
        let label = key.labels().find(|label| label.key() == name)?;
        Some(label.value())
    };
    for (name, declared) in metric.constant_labels {
        if let Some(value) = value_of(name).filter(|value| value != declared) {
            return format!(
                ", since `{name}` is \"{declared}\" and not \"{}\"",
                shown(value)
            );
        }
    }
    for label in metric.labels {
        if let (LabelValues::Closed(values), Some(value)) = (label.values, value_of(label.name))
            && !values.contains(&value)
        {
            return format!(", since `{}` has no value \"{}\"", label.name, shown(value));
        }
    }
    let constant = metric.constant_labels.iter().map(|(name, _)| *name);
    let declared = constant.chain(metric.labels.iter().map(|label| label.name));
    let emitted = key.labels().map(Label::key);
    format!(
        ", since it has the labels {} and not {}",
        listed(emitted),
        listed(declared)
    )
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::from("{");
    for (at, name) in names.enumerate() {
        if at == LABELS {
            text.push_str(",..");
            break;
        }
        if at > 0 {
            text.push(',');
        }
        let name: String = name.chars().take(SHOWN).collect();
        text.push_str(&foreign::name(&name));
    }
    text.push('}');
    text
}

/// The beginning of a foreign text, on one line.
fn shown(text: &str) -> Cow<'_, str> {
    let short = match text.char_indices().nth(SHOWN) {
        Some((end, _)) => text.get(..end).unwrap_or_default(),
        None => text,
    };
    let is_plain = !short.contains(char::is_control);
    match (is_plain, short.len() == text.len()) {
        (true, true) => Cow::Borrowed(text),
        (_, is_whole) => {
            let mut line = visible(short).replace('\n', " ");
            if !is_whole {
                line.push_str("..");
            }
            Cow::Owned(line)
        }
    }
}
