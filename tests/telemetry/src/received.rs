//! Spans and log records as a collector received them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::collector::Collector;

/// A span.
#[derive(Debug, Clone)]
pub struct Span {
    /// Its name.
    pub name: String,
    /// The trace's id, in hexadecimal digits.
    pub trace: String,
    /// Its id, in hexadecimal digits.
    pub id: String,
    /// The id of the span above it; nothing if there is none.
    pub parent: String,
    /// All of it as OTLP/JSON.
    pub json: Value,
    /// Its attributes without the types.
    pub attributes: BTreeMap<String, Value>,
}

/// A log record.
#[derive(Debug, Clone)]
pub struct Record {
    /// The message.
    pub body: String,
    /// The trace's id, in hexadecimal digits; nothing if there is none.
    pub trace: String,
    /// The span's id, in hexadecimal digits; nothing if there is none.
    pub span: String,
    /// The name of its scope.
    pub scope: String,
    /// All of it as OTLP/JSON.
    pub json: Value,
    /// Its attributes without the types.
    pub attributes: BTreeMap<String, Value>,
}

/// The parts of all batches of a signal (`traces`, `logs`) that have a resource.
#[must_use]
pub fn resources(collector: &Collector, signal: &str) -> Vec<Value> {
    let key = match signal {
        "traces" => "resourceSpans",
        _ => "resourceLogs",
    };
    let batches = collector.received(signal);
    batches
        .iter()
        .flat_map(|batch| list(&batch[key]).to_vec())
        .collect()
}

/// All spans.
#[must_use]
pub fn spans(collector: &Collector) -> Vec<Span> {
    let mut spans = Vec::new();
    for resource in resources(collector, "traces") {
        for scope in list(&resource["scopeSpans"]) {
            spans.extend(list(&scope["spans"]).iter().map(span_of));
        }
    }
    spans
}

/// The one span of that name.
///
/// # Panics
///
/// When there is none, or another one.
#[must_use]
#[track_caller]
pub fn span(collector: &Collector, name: &str) -> Span {
    let spans = spans(collector);
    let mut named = spans.iter().filter(|span| span.name == name);
    match (named.next(), named.next()) {
        (Some(span), None) => span.clone(),
        _ => panic!("not one span `{name}` in {spans:#?}"),
    }
}

/// All log records.
#[must_use]
pub fn records(collector: &Collector) -> Vec<Record> {
    let mut records = Vec::new();
    for resource in resources(collector, "logs") {
        for scope in list(&resource["scopeLogs"]) {
            let name = text(&scope["scope"]["name"]);
            let of_scope = list(&scope["logRecords"]).iter();
            records.extend(of_scope.map(|json| record_of(json, &name)));
        }
    }
    records
}

/// A list, or none.
#[must_use]
pub fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Each attribute's value without its type.
#[must_use]
pub fn attributes(value: &Value) -> BTreeMap<String, Value> {
    list(value)
        .iter()
        .map(|attribute| {
            let value = attribute["value"].as_object();
            let value = value.and_then(|of_type| of_type.values().next());
            (text(&attribute["key"]), value.cloned().unwrap_or_default())
        })
        .collect()
}

fn span_of(json: &Value) -> Span {
    Span {
        name: text(&json["name"]),
        trace: text(&json["traceId"]),
        id: text(&json["spanId"]),
        parent: text(&json["parentSpanId"]),
        attributes: attributes(&json["attributes"]),
        json: json.clone(),
    }
}

fn record_of(json: &Value, scope: &str) -> Record {
    Record {
        body: text(&json["body"]["stringValue"]),
        trace: text(&json["traceId"]),
        span: text(&json["spanId"]),
        scope: scope.to_owned(),
        attributes: attributes(&json["attributes"]),
        json: json.clone(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
