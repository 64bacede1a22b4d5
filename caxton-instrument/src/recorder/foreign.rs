//! What other crates emit through the `metrics` macros, made fit to expose.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use metrics::{Key, Label, SharedString};

use super::label_text::{labels, push_label};
use crate::label::{MAX_VALUE_BYTES, OVERFLOW};
use crate::open;

/// The labels of a clean key as they are kept: by name, so that they are the
/// same series in whatever order a macro names them.
pub(super) fn text(key: &Key) -> String {
    let mut labels: Vec<_> = key.labels().collect();
    labels.sort_unstable();
    let mut text = String::new();
    for label in labels {
        if !text.is_empty() {
            text.push(',');
        }
        push_label(&mut text, label.key(), label.value());
    }
    text
}

/// Whether the labels of a key are those of a text, in any order.
pub(super) fn matches(text: &str, key: &Key) -> bool {
    let mut count = 0;
    for (name, value) in labels(text) {
        count += 1;
        let same = |label: &Label| label.key() == name && value == *label.value();
        if !key.labels().any(same) {
            return false;
        }
    }
    key.labels().len() == count
}

/// A hash of the labels that does not depend on their order.
pub(super) fn hash(hasher: &RandomState, key: &Key) -> u64 {
    key.labels().fold(0, |hash, label| {
        hash.wrapping_add(hasher.hash_one((label.key(), label.value())))
    })
}

/// The same of labels as they are kept.
pub(super) fn hash_text(hasher: &RandomState, text: &str) -> u64 {
    labels(text).fold(0, |hash, (name, value)| {
        let value = value.unescaped();
        hash.wrapping_add(hasher.hash_one((name, &*value)))
    })
}

/// An undeclared key as it can be exposed: names of the allowed characters,
/// each label once, values of a bounded length.
pub(super) fn clean(key: &Key) -> Cow<'_, Key> {
    let value_fits = |value: &str| {
        !value.is_empty()
            && value.len() <= MAX_VALUE_BYTES
            && !value.contains(|c: char| c.is_control() && c != '\n')
    };
    let mut seen: Vec<&str> = Vec::new();
    let is_clean = is_name(key.name(), ':')
        && key.labels().all(|label| {
            let first = !seen.contains(&label.key());
            seen.push(label.key());
            first && is_label_name(label.key()) && value_fits(label.value())
        });
    if is_clean {
        return Cow::Borrowed(key);
    }
    let mut labels: BTreeMap<String, SharedString> = BTreeMap::new();
    for label in key.labels() {
        if label.value().is_empty() {
            // To a reader the same as no label, and so the same series.
            continue;
        }
        let value = if label.value().len() > MAX_VALUE_BYTES {
            SharedString::const_str(OVERFLOW)
        } else if value_fits(label.value()) {
            // As it would read in a key that is clean.
            label.clone().into_parts().1
        } else {
            open::visible(label.value())
        };
        labels.insert(as_label_name(label.key()), value);
    }
    let labels: Vec<Label> = labels
        .into_iter()
        .map(|(name, value)| Label::new(name, value))
        .collect();
    Cow::Owned(Key::from_parts(as_name(key.name(), ':'), labels))
}

/// `[a-zA-Z_][a-zA-Z0-9_]*`, with one more character allowed: the
/// [data model](https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels)
/// of the text format.
fn is_name(name: &str, also: char) -> bool {
    name.len() <= MAX_VALUE_BYTES
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == also)
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == also)
}

/// As [`is_name`], and none that a format or a reader writes itself.
fn is_label_name(name: &str) -> bool {
    is_name(name, '_') && !is_reserved_label(name)
}

fn is_reserved_label(name: &str) -> bool {
    name.starts_with("__") || matches!(name, "le" | "quantile")
}

/// The nearest label name that is allowed; a reserved one gets the prefix that
/// Prometheus gives to a label which meets one of its own.
fn as_label_name(name: &str) -> String {
    let name = as_name(name, '_');
    if is_reserved_label(&name) {
        format!("exported_{name}")
    } else {
        name
    }
}

/// The nearest name that is allowed.
pub(super) fn as_name(name: &str, also: char) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == also;
    let mut text = String::new();
    if !name.starts_with(|c: char| allowed(c) && !c.is_ascii_digit()) {
        text.push('_');
    }
    text.extend(
        name.chars()
            .map(|c| if allowed(c) { c } else { '_' })
            .take(MAX_VALUE_BYTES),
    );
    text
}
