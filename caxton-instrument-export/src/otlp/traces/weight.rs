//! The memory that a span takes, roughly: its fixed parts, and its texts.

use opentelemetry::{Array, KeyValue, Value};
use opentelemetry_sdk::trace::SpanData;

pub(super) fn of_span(span: &SpanData) -> usize {
    let events: usize = span
        .events
        .iter()
        .map(|event| size_of_val(event) + event.name.len() + of_attributes(&event.attributes))
        .sum();
    let links: usize = span
        .links
        .iter()
        .map(|link| size_of_val(link) + of_attributes(&link.attributes))
        .sum();
    size_of::<SpanData>() + span.name.len() + of_attributes(&span.attributes) + events + links
}

fn of_attributes(attributes: &[KeyValue]) -> usize {
    attributes
        .iter()
        .map(|attribute| size_of::<KeyValue>() + of_value(&attribute.value))
        .sum()
}

fn of_value(value: &Value) -> usize {
    match value {
        Value::String(text) => text.as_str().len(),
        Value::Array(Array::Bool(values)) => values.len(),
        Value::Array(Array::I64(values)) => size_of_val(values.as_slice()),
        Value::Array(Array::F64(values)) => size_of_val(values.as_slice()),
        Value::Array(Array::String(values)) => values
            .iter()
            .map(|text| size_of_val(text) + text.as_str().len())
            .sum(),
        _ => 0,
    }
}
