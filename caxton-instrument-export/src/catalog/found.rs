//! What checks beyond the declarations find: that nothing reads a metric, that
//! a running program says something else, that a server does not answer.

use std::fmt::Write as _;

use serde::Serialize;

use super::table::visible;

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Weight {
    /// The command fails.
    Error,
    /// It fails where `--strict` is asked for.
    Note,
}

/// A kind of finding, and what to do about it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Class {
    pub(super) weight: Weight,
    pub(super) id: &'static str,
    pub(super) remedy: &'static str,
}

impl Class {
    pub(super) const fn error(id: &'static str, remedy: &'static str) -> Self {
        Self {
            weight: Weight::Error,
            id,
            remedy,
        }
    }

    pub(super) const fn note(id: &'static str, remedy: &'static str) -> Self {
        Self {
            weight: Weight::Note,
            id,
            remedy,
        }
    }

    /// A finding of this kind.
    pub(super) fn on(&'static self, subject: &str, message: impl Into<String>) -> Found {
        Found {
            class: self,
            subject: subject.into(),
            message: message.into(),
        }
    }
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Found {
    #[serde(flatten)]
    pub(super) class: &'static Class,
    /// A metric, an alert or an address.
    pub(super) subject: String,
    pub(super) message: String,
}

/// Whether a command fails on them.
pub(super) fn fails(found: &[Found], is_strict: bool) -> bool {
    found
        .iter()
        .any(|it| is_strict || it.class.weight == Weight::Error)
}

/// A block for each class, errors first: what to do, then where.
pub(super) fn listing(found: &[Found]) -> String {
    let mut sorted: Vec<_> = found.iter().collect();
    sorted.sort_by_key(|it| it.class.weight);
    let mut out = String::new();
    let mut told: Vec<&str> = Vec::new();
    for first in &sorted {
        let class = first.class;
        if told.contains(&class.id) {
            continue;
        }
        told.push(class.id);
        let weight = match class.weight {
            Weight::Error => "error",
            Weight::Note => "note",
        };
        // Writing to text cannot fail.
        let _ = writeln!(out, "{weight}[{}]: {}", class.id, class.remedy);
        for it in sorted.iter().filter(|it| it.class.id == class.id) {
            let _ = writeln!(out, "  {}: {}", visible(&it.subject), visible(&it.message));
        }
        out.push('\n');
    }
    out
}
