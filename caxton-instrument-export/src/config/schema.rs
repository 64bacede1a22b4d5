//! The JSON Schema of the file, for editors.

use serde_json::{Map, Value as Json, json};

use super::key::{Key, Section};
use super::keys::{ROOTS, SECTIONS};

/// The [JSON Schema](https://json-schema.org/draft-07) of `caxton.toml`, as
/// `docs/caxton.schema.json` has it: draft 7, which editors read.
///
/// ```
/// let schema = caxton_instrument_export::config::schema_json();
/// assert!(schema.contains("\"export_interval\""));
/// ```
#[must_use]
pub fn schema_json() -> String {
    let mut root = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "caxton.toml",
        "description": "What the telemetry of a program does. Other sections are its own.",
    });
    root["type"] = json!("object");
    root["properties"] = ROOTS
        .iter()
        .map(|path| (String::from(*path), table(path)))
        .collect();
    // A value prints; the fallback has never been seen.
    let mut text = serde_json::to_string_pretty(&root).unwrap_or_default();
    text.push('\n');
    text
}

/// The section of a path, with those in it.
fn table(path: &str) -> Json {
    let mut properties = Map::new();
    let mut description = String::new();
    for section in SECTIONS {
        if section.path == path {
            description = text(section.doc);
            properties.extend(section.keys.iter().map(|key| property(section, key)));
        }
        let inner = section.path.strip_prefix(path);
        let inner = inner.and_then(|rest| rest.strip_prefix('.'));
        if let Some(name) = inner.filter(|name| !name.contains('.')) {
            properties.insert(String::from(name), table(section.path));
        }
        for key in section.keys {
            properties.extend(key.also.iter().filter_map(|also| {
                let name = also.strip_prefix(path)?.strip_prefix('.')?;
                let is_here = !name.contains('.');
                is_here.then(|| (String::from(name), alias(section, key)))
            }));
        }
    }
    json!({
        "type": "object",
        "description": description,
        "properties": properties,
        "additionalProperties": false,
    })
}

fn property(section: &Section, key: &Key) -> (String, Json) {
    let mut schema = (key.schema)();
    let mut description = text(key.doc);
    description.push_str("\n\nAllowed: ");
    description.push_str(&(key.allowed)());
    description.push_str("\n\nEnvironment: ");
    description.push_str(&section.variable_of(key));
    for name in section.otel_of(key) {
        description.push_str(", ");
        description.push_str(&name);
    }
    if let Some(default) = key.default {
        description.push_str("\n\nDefault: ");
        description.push_str(&default());
    }
    schema["description"] = Json::String(description);
    (String::from(key.name), schema)
}

fn alias(section: &Section, key: &Key) -> Json {
    let mut schema = (key.schema)();
    let path = section.path_of(key);
    schema["description"] = Json::String(format!("As `{path}`, which is the better one."));
    schema
}

fn text(doc: &[&str]) -> String {
    let lines: Vec<_> = doc.iter().map(|line| line.trim()).collect();
    lines.join(" ")
}
