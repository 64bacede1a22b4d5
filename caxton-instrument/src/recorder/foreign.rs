//! What other crates emit through the `metrics` macros, made fit to expose.
//! Names stay as they are, whatever their characters: each reader says which it
//! takes.

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

/// An undeclared key as it can be exposed: names and values of a bounded length
/// without control characters, each label once.
pub(super) fn clean(key: &Key) -> Cow<'_, Key> {
    let value_fits = |value: &str| {
        !value.is_empty()
            && value.len() <= MAX_VALUE_BYTES
            && !value.contains(|c: char| c.is_control() && c != '\n')
    };
    let mut seen: Vec<&str> = Vec::new();
    let is_clean = is_fit(key.name())
        && key.labels().all(|label| {
            let first = !seen.contains(&label.key());
            seen.push(label.key());
            let name_fits = is_fit(label.key()) && !is_reserved_label(label.key());
            first && name_fits && value_fits(label.value())
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
        labels.insert(label_name(label.key()), value);
    }
    let labels: Vec<Label> = labels
        .into_iter()
        .map(|(name, value)| Label::new(name, value))
        .collect();
    Cow::Owned(Key::from_parts(name(key.name()).into_owned(), labels))
}

/// A name as it is kept. One that is too long is cut, one that is empty is `_`,
/// and control characters are shown by their pictures, the newline too.
pub(super) fn name(name: &str) -> Cow<'_, str> {
    let short = &name[..name.floor_char_boundary(MAX_VALUE_BYTES)];
    if short.is_empty() {
        Cow::Borrowed("_")
    } else if is_fit(short) {
        Cow::Borrowed(short)
    } else {
        Cow::Owned(open::visible(short).replace('\n', "\u{240a}"))
    }
}

/// Whether a name is kept as it is.
fn is_fit(name: &str) -> bool {
    !name.is_empty() && name.len() <= MAX_VALUE_BYTES && !name.contains(char::is_control)
}

/// A name that readers or formats write themselves.
fn is_reserved_label(name: &str) -> bool {
    name.starts_with("__") || matches!(name, "le" | "quantile")
}

/// A label name as it is kept; a reserved one gets the prefix that Prometheus
/// gives to a label which meets one of its own.
fn label_name(label: &str) -> String {
    let name = name(label);
    if is_reserved_label(&name) {
        format!("exported_{name}")
    } else {
        name.into_owned()
    }
}
