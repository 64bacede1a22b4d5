//! Rules that generated files keep, whichever program reads them.

mod pipelines;
mod ports;
mod registry;

use serde_json::Value;

pub(crate) use crate::yaml::{documents, each_text};

/// The only document of a file.
pub(crate) fn document(text: &str) -> Value {
    let mut documents = documents(text);
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

fn names(value: &Value) -> Vec<&str> {
    let items = value.as_array().expect("a list").iter();
    items.map(|it| it.as_str().expect("a name")).collect()
}

fn keys(value: &Value) -> Vec<&str> {
    let fields = value.as_object().expect("a mapping");
    fields.keys().map(String::as_str).collect()
}
