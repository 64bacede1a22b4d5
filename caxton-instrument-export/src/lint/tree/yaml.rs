//! [YAML 1.2](https://yaml.org/spec/1.2.2/), several documents in one text.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, Tag};

use super::build::{Builder, Refused, straight};
use super::spots::{Spots, Style};
use super::{Kind, Parsed, Place};

/// The documents of a text, and what is wrong in it. After text that is no
/// YAML nothing more is read.
///
/// ```
/// use caxton_instrument_export::lint::tree;
///
/// let parsed = tree::yaml("groups:\n- name: shop\n");
/// let name = parsed.documents[0].at(&["groups"]).and_then(|it| it.items()[0].get("name"));
/// let name = name.expect("written above");
/// assert_eq!((name.text(), name.place.line, name.place.column), (Some("shop"), 2, 9));
/// ```
#[must_use]
pub fn yaml(text: &str) -> Parsed {
    let mut reader = Reader {
        text,
        byte: 0,
        index: 0,
        builder: Builder::merging(),
    };
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => {
                if reader.event(event, span).is_err() {
                    break;
                }
            }
            Err(error) => {
                if error.info().contains("recursion limit") {
                    reader.builder.too_deep(place(error.marker()));
                    break;
                }
                reader.builder.problem(
                    place(error.marker()),
                    format!("this is no YAML: {}", error.info()),
                    "look for indentation, a missing quote, or a `: ` or ` #` in a text without quotes, \
                     in this line and the one before",
                );
                break;
            }
        }
    }
    Parsed {
        documents: reader.builder.documents,
        problems: reader.builder.problems,
    }
}

fn place(marker: &Marker) -> Place {
    let number = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
    Place {
        line: number(marker.line()).max(1),
        column: number(marker.col()).saturating_add(1),
    }
}

struct Reader<'a> {
    text: &'a str,
    /// The last place that was looked up, as a byte and as a letter.
    byte: usize,
    index: usize,
    builder: Builder,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Refused> {
        let place = place(&span.start);
        match event {
            Event::DocumentStart(_) => self.builder.start_document(),
            Event::SequenceStart(anchor, _) => {
                self.builder.start(place, Kind::List(Vec::new()), anchor)?;
            }
            Event::MappingStart(anchor, _) => {
                self.builder.start(place, Kind::Map(Vec::new()), anchor)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.builder.end()?,
            Event::Alias(anchor) => self.builder.alias(place, anchor)?,
            Event::Scalar(text, style, anchor, tag) => {
                let kind = match style {
                    ScalarStyle::Plain => resolved(&text, tag.as_deref()),
                    _ => None,
                };
                let kind = match kind {
                    Some(kind) => kind,
                    None => self.text(text.into_owned(), style, span),
                };
                self.builder.scalar(place, kind, anchor)?;
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn text(&mut self, text: String, style: ScalarStyle, span: Span) -> Kind {
        let start = self.byte_of(span.start.index());
        let end = self.byte_of(span.end.index());
        let raw = self.text.get(start..end).unwrap_or_default();
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::Single,
            ScalarStyle::DoubleQuoted => Style::Double,
            ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
        };
        let start = place(&span.start);
        if text.is_empty() {
            return straight(text, start);
        }
        let spots = Spots::of(&text, raw, start, style);
        Kind::Text(text, spots)
    }

    /// Where a letter begins. Events come in the order of the text, so that
    /// each look-up starts where the last one ended.
    fn byte_of(&mut self, index: usize) -> usize {
        while self.index < index {
            let Some(letter) = self.text[self.byte..].chars().next() else {
                break;
            };
            self.byte += letter.len_utf8();
            self.index += 1;
        }
        while self.index > index {
            let Some(letter) = self.text[..self.byte].chars().next_back() else {
                break;
            };
            self.byte -= letter.len_utf8();
            self.index -= 1;
        }
        self.byte
    }
}

/// What a text without quotes is by the
/// [core schema](https://yaml.org/spec/1.2.2/#103-core-schema), unless it is a
/// text.
fn resolved(text: &str, tag: Option<&Tag>) -> Option<Kind> {
    let is_text = |tag: &Tag| {
        let is_core = tag.is_yaml_core_schema();
        tag.suffix == if is_core { "str" } else { "" }
    };
    if tag.is_some_and(is_text) {
        return None;
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Some(Kind::Null),
        "true" | "True" | "TRUE" => Some(Kind::Bool(true)),
        "false" | "False" | "FALSE" => Some(Kind::Bool(false)),
        _ => is_number(text).then(|| Kind::Number(text.into())),
    }
}

fn is_number(text: &str) -> bool {
    if let Some(digits) = text.strip_prefix("0x") {
        return !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_hexdigit());
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return !digits.is_empty() && digits.bytes().all(|it| matches!(it, b'0'..=b'7'));
    }
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return true;
    }
    // Rust reads words such as `infinity` too.
    unsigned.starts_with(|it: char| it.is_ascii_digit() || it == '.')
        && unsigned.parse::<f64>().is_ok()
}
