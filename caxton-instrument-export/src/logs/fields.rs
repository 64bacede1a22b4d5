//! The fields of a span or an event, already as JSON.

use std::error::Error;
use std::fmt::{self, Write as _};

use tracing::field::{Field, Visit};

use super::json::{self, Escaped};
use super::sensitive::{Names, REDACTED};

/// The field that `tracing` keeps an event's message in.
pub(super) const MESSAGE: &str = "message";

/// Names with their values. A name that is set again has its last value.
#[derive(Debug, Default)]
pub(super) struct Fields {
    entries: Vec<Entry>,
    /// The values, one after the other, and those that were replaced.
    json: String,
    /// Bytes of `json` that nothing points to any more.
    unused: usize,
    /// Whether a value was cut.
    pub(super) is_cut: bool,
}

#[derive(Debug)]
struct Entry {
    name: &'static str,
    start: usize,
    end: usize,
}

impl Fields {
    /// Forgets all of them and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.json.clear();
        self.unused = 0;
        self.is_cut = false;
    }

    /// Bytes that it holds.
    pub(super) const fn capacity(&self) -> usize {
        self.json.capacity()
    }

    /// Names and JSON values, in the order in which they were first set.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.entries
            .iter()
            .map(|entry| (entry.name, &self.json[entry.start..entry.end]))
    }

    /// The value of a name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find_map(|(other, json)| (other == name).then_some(json))
    }

    pub(super) fn set(&mut self, name: &'static str, write: impl FnOnce(&mut String)) {
        let start = self.json.len();
        write(&mut self.json);
        let end = self.json.len();
        match self.entries.iter_mut().find(|entry| entry.name == name) {
            Some(entry) => {
                self.unused += entry.end - entry.start;
                (entry.start, entry.end) = (start, end);
                self.compact();
            }
            None => self.entries.push(Entry { name, start, end }),
        }
    }

    /// A span may record a field as often as it likes.
    fn compact(&mut self) {
        if self.unused <= self.json.len() / 2 {
            return;
        }
        let mut json = String::with_capacity(self.json.len() - self.unused);
        for entry in &mut self.entries {
            let start = json.len();
            json.push_str(&self.json[entry.start..entry.end]);
            (entry.start, entry.end) = (start, json.len());
        }
        self.json = json;
        self.unused = 0;
    }

    /// Takes the values of another over its own.
    pub(super) fn merge(&mut self, other: &Self) {
        for (name, json) in other.iter() {
            self.set(name, |out| out.push_str(json));
        }
        self.is_cut |= other.is_cut;
    }
}

/// Takes the fields of a span or an event. It runs code of whoever wrote the
/// values: no lock may be held.
pub(super) struct Visitor<'a> {
    pub(super) fields: &'a mut Fields,
    pub(super) sensitive: &'a Names,
    /// Bytes that one value may have.
    pub(super) most: usize,
}

impl Visitor<'_> {
    fn value(&mut self, field: &Field, write: impl FnOnce(&mut String)) {
        if is_instruction(field) {
            return;
        }
        if self.sensitive.contains(field.name()) {
            self.redact(field);
        } else {
            self.fields.set(field.name(), write);
        }
    }

    fn text(&mut self, field: &Field, text: impl FnOnce(&mut Escaped<'_>)) {
        if is_instruction(field) {
            return;
        }
        if self.sensitive.contains(field.name()) {
            return self.redact(field);
        }
        let (most, mut is_whole) = (self.most, true);
        self.fields.set(field.name(), |out| {
            is_whole = json::string(out, most, text);
        });
        self.fields.is_cut |= !is_whole;
    }

    fn redact(&mut self, field: &Field) {
        self.fields.set(field.name(), |out| {
            json::string(out, REDACTED.len() + 2, |escaped| escaped.text(REDACTED));
        });
    }
}

/// `otel.name`, `otel.kind` and the like tell the layer of OpenTelemetry what
/// to do with a span.
fn is_instruction(field: &Field) -> bool {
    field.name().starts_with("otel.")
}

impl Visit for Visitor<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.value(field, |out| json::float(out, value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.value(field, |out| _ = write!(out, "{value}"));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.value(field, |out| _ = write!(out, "{value}"));
    }

    /// Readers of JSON would round what is past 64 bits.
    fn record_i128(&mut self, field: &Field, value: i128) {
        match i64::try_from(value) {
            Ok(value) => self.record_i64(field, value),
            Err(_) => self.value(field, |out| _ = write!(out, "\"{value}\"")),
        }
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        match u64::try_from(value) {
            Ok(value) => self.record_u64(field, value),
            Err(_) => self.value(field, |out| _ = write!(out, "\"{value}\"")),
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.value(field, |out| {
            out.push_str(if value { "true" } else { "false" });
        });
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, |escaped| escaped.text(value));
    }

    fn record_bytes(&mut self, field: &Field, value: &[u8]) {
        self.text(field, |escaped| {
            _ = value
                .iter()
                .try_for_each(|byte| write!(escaped, "{byte:02x}"));
        });
    }

    /// With what caused it, as `outer: inner`.
    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.text(field, |escaped| {
            _ = write!(escaped, "{value}");
            let mut source = value.source();
            // A chain that leads back to itself ends with the space.
            while let Some(error) = source {
                if write!(escaped, ": {error}").is_err() {
                    break;
                }
                source = error.source();
            }
        });
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, |escaped| _ = write!(escaped, "{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_its_last_value_and_bounded_memory() {
        let mut fields = Fields::default();
        fields.set("a", |out| out.push('1'));
        for round in 0..10_000 {
            fields.set("b", |out| _ = write!(out, "{round}"));
        }
        let all: Vec<_> = fields.iter().collect();
        assert_eq!(all, [("a", "1"), ("b", "9999")]);
        assert_eq!(fields.get("b"), Some("9999"));
        assert!(fields.capacity() < 256, "{}", fields.capacity());

        let mut more = Fields::default();
        more.set("c", |out| out.push('3'));
        more.set("a", |out| out.push_str("\"one\""));
        fields.merge(&more);
        let all: Vec<_> = fields.iter().collect();
        assert_eq!(all, [("a", "\"one\""), ("b", "9999"), ("c", "3")]);
    }
}
