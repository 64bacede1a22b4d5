//! Generated files in YAML, read.
#![allow(dead_code, reason = "each test uses a part")]

use serde_json::Value;

/// Every document of a file in YAML.
pub(crate) fn documents(text: &str) -> Vec<Value> {
    let documents = text.split("\n---\n");
    documents
        .map(|it| serde_saphyr::from_str(it).unwrap_or_else(|error| panic!("{error}\n{it}")))
        .collect()
}

/// Calls with every text of a value.
pub(crate) fn each_text(value: &Value, with: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => with(text),
        Value::Array(items) => items.iter().for_each(|it| each_text(it, with)),
        Value::Object(fields) => fields.values().for_each(|it| each_text(it, with)),
        _ => {}
    }
}
