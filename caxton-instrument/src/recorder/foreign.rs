//! What other crates emit through the `metrics` macros, made fit to expose.

use std::borrow::Cow;
use std::collections::BTreeMap;

use metrics::{Key, Label, SharedString};

use crate::label::{MAX_VALUE_BYTES, OVERFLOW};
use crate::open;

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
