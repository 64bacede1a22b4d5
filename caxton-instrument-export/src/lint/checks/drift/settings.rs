//! One setting of a program that TOML spells in two ways: a key in a section, and
//! the section's word in the key.

use std::collections::BTreeMap;

use crate::lint::class::Class;
use crate::lint::context::Context;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::kind::Kind;
use crate::lint::tree::Place;

/// A value, and the key that it stands behind.
struct Setting {
    key: String,
    value: String,
    place: Place,
}

pub(super) fn check(document: &Document, context: &Context<'_>, out: &mut Findings) {
    // All of a system are compared once, from its first.
    let mut documents = context.of_kind(document, Kind::Toml);
    if !documents
        .next()
        .is_some_and(|it| std::ptr::eq(it, document))
    {
        return;
    }
    let mut seen: BTreeMap<String, Setting> = BTreeMap::new();
    for document in context.of_kind(document, Kind::Toml) {
        for later in settings(document) {
            let path = later.key.replace('.', "_");
            let Some(first) = seen.get(&path) else {
                seen.insert(path, later);
                continue;
            };
            // The same key again is another variant of the file.
            if first.key == later.key || first.value == later.value {
                continue;
            }
            out.add(
                Class::Drift,
                &document.file,
                later.place,
                format!(
                    "`{}` is {} here, and `{}` in line {} says {}",
                    later.key, later.value, first.key, first.place.line, first.value
                ),
                "write it once",
            );
        }
    }
}

/// The plain values of a file, by their whole keys.
fn settings(document: &Document) -> Vec<Setting> {
    let Some(text) = document.text() else {
        return Vec::new();
    };
    let places = text.places();
    let mut found = Vec::new();
    let (mut section, mut offset) = (String::new(), 0);
    for line in text.text.split_inclusive('\n') {
        let trimmed = line.trim();
        let start = offset + line.len() - line.trim_start().len();
        offset += line.len();
        if let Some(name) = trimmed.strip_prefix('[') {
            // Items of a list are settings of several things.
            section = match name.split_once(']') {
                Some((name, _)) if !name.starts_with('[') => name.trim().to_owned(),
                _ => String::new(),
            };
            continue;
        }
        let Some((key, value)) = trimmed.split_once('=') else {
            continue;
        };
        let key = key.trim();
        let is_key = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '.');
        if section.is_empty() || key.is_empty() || !key.chars().all(is_key) {
            continue;
        }
        let value = value.split(" #").next().unwrap_or_default().trim();
        found.push(Setting {
            key: format!("{section}.{key}"),
            value: value.into(),
            place: places(start),
        });
    }
    found
}
