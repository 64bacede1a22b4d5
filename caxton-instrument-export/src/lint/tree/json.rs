//! [JSON](https://www.rfc-editor.org/rfc/rfc8259), as a tree with places.

use jsonc_parser::ast::{ObjectPropName, Value};
use jsonc_parser::common::{Range, Ranged as _};
use jsonc_parser::errors::ParseErrorKind;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::build::{Builder, Refused, straight};
use super::lines::Lines;
use super::spots::{Spots, Style};
use super::{Key, Kind, Parsed, Place};

/// Nothing but JSON.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// The value of a text, and what is wrong in it. A text that is no JSON has no
/// document.
///
/// ```
/// use caxton_instrument_export::lint::tree;
///
/// let parsed = tree::json("{\n\t\"uid\": \"shop\"}");
/// let uid = parsed.documents[0].get("uid").expect("written above");
/// assert_eq!((uid.text(), uid.place.line, uid.place.column), (Some("shop"), 2, 9));
/// ```
#[must_use]
pub fn json(text: &str) -> Parsed {
    let mut reader = Reader {
        text,
        lines: Lines::of(text),
        builder: Builder::default(),
    };
    match parse_to_ast(text, &CollectOptions::default(), &STRICT) {
        Ok(parsed) => match &parsed.value {
            // What stops it is a problem that is noted.
            Some(value) => drop(reader.value(value)),
            None => reader.builder.problem(
                Place::START,
                String::from("the file is empty"),
                "write it, or leave it out",
            ),
        },
        Err(error) => {
            let place = reader.lines.place(error.range().start);
            if matches!(error.kind(), ParseErrorKind::NestingDepthExceeded) {
                reader.builder.too_deep(place);
                return reader.parsed();
            }
            reader.builder.problem(
                place,
                format!(
                    "this is no JSON: {}",
                    decapitalised(&error.kind().to_string())
                ),
                "look for a comma that is missing or too much, a quote, a comment",
            );
        }
    }
    reader.parsed()
}

fn decapitalised(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}

struct Reader<'a> {
    text: &'a str,
    lines: Lines<'a>,
    builder: Builder,
}

impl Reader<'_> {
    fn parsed(self) -> Parsed {
        Parsed {
            documents: self.builder.documents,
            problems: self.builder.problems,
        }
    }

    /// One value; the parser nests no deeper than 512, and the builder refuses
    /// before.
    fn value(&mut self, value: &Value<'_>) -> Result<(), Refused> {
        let place = self.lines.place(value.start());
        match value {
            Value::NullKeyword(_) => self.builder.scalar(place, Kind::Null, 0),
            Value::BooleanLit(it) => self.builder.scalar(place, Kind::Bool(it.value), 0),
            Value::NumberLit(it) => {
                let kind = Kind::Number(it.value.into());
                self.builder.scalar(place, kind, 0)
            }
            Value::StringLit(it) => {
                let kind = self.string(&it.value, it.range, place);
                self.builder.scalar(place, kind, 0)
            }
            Value::Array(list) => {
                self.builder.start(place, Kind::List(Vec::new()), 0)?;
                for item in &list.elements {
                    self.value(item)?;
                }
                self.builder.end()
            }
            Value::Object(map) => {
                self.builder.start(place, Kind::Map(Vec::new()), 0)?;
                for property in &map.properties {
                    let text = match &property.name {
                        ObjectPropName::String(name) => name.value.to_string(),
                        ObjectPropName::Word(name) => name.value.to_owned(),
                    };
                    let place = self.lines.place(property.range.start);
                    self.builder.key(Key { text, place });
                    self.value(&property.value)?;
                }
                self.builder.end()
            }
        }
    }

    fn string(&self, text: &str, range: Range, place: Place) -> Kind {
        if text.is_empty() {
            return straight(String::new(), place);
        }
        let raw = self.text.get(range.start..range.end).unwrap_or_default();
        Kind::Text(text.into(), Spots::of(text, raw, place, Style::Double))
    }
}
