//! The catalog for programs. The shape is described by
//! `schema/catalog.v2.schema.json` in this crate's source.

use super::document::Document;

pub(crate) fn render(document: &Document) -> String {
    // Strings, numbers and finite bounds: there is nothing here that JSON
    // cannot say.
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}
