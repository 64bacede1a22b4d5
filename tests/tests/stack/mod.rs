//! Rules that generated files keep, whichever program reads them.

mod pipelines;
mod ports;
mod registry;

use serde_json::Value;

/// Every document of a file in YAML.
pub(crate) fn documents(text: &str) -> Vec<Value> {
    let documents = text.split("\n---\n");
    documents
        .map(|it| serde_saphyr::from_str(it).unwrap_or_else(|error| panic!("{error}\n{it}")))
        .collect()
}

/// The only document of a file.
pub(crate) fn document(text: &str) -> Value {
    let mut documents = documents(text);
    assert_eq!(documents.len(), 1);
    documents.remove(0)
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

fn names(value: &Value) -> Vec<&str> {
    let items = value.as_array().expect("a list").iter();
    items.map(|it| it.as_str().expect("a name")).collect()
}

fn keys(value: &Value) -> Vec<&str> {
    let fields = value.as_object().expect("a mapping");
    fields.keys().map(String::as_str).collect()
}
