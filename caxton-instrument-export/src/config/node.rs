//! The text of a file as a tree, each part with its place.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Bytes of the text.
pub(crate) type Span = Range<usize>;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) data: Data,
    pub(crate) span: Span,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Data {
    Text(String),
    /// What exceeds the type saturates, which no key allows.
    Integer(i128),
    Float(f64),
    Bool(bool),
    Time(String),
    Array(Vec<Node>),
    Table(Vec<Entry>),
}

/// A key of a table, in the order of the text.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_span: Span,
    pub(crate) value: Node,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.data == other.data
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key && self.value == other.value
    }
}

impl Node {
    pub(crate) fn of_table(table: &Spanned<DeTable<'_>>) -> Self {
        Self {
            data: Data::Table(entries(table.get_ref())),
            span: table.span(),
        }
    }

    pub(crate) fn of_value(value: &Spanned<DeValue<'_>>) -> Self {
        let data = match value.get_ref() {
            DeValue::String(text) => Data::Text(text.to_string()),
            DeValue::Integer(number) => {
                let exceeds = if number.as_str().starts_with('-') {
                    i128::MIN
                } else {
                    i128::MAX
                };
                let parsed = i128::from_str_radix(number.as_str(), number.radix());
                Data::Integer(parsed.unwrap_or(exceeds))
            }
            DeValue::Float(number) => Data::Float(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(value) => Data::Bool(*value),
            DeValue::Datetime(time) => Data::Time(time.to_string()),
            DeValue::Array(items) => Data::Array(items.iter().map(Self::of_value).collect()),
            DeValue::Table(table) => Data::Table(entries(table)),
        };
        Self {
            data,
            span: value.span(),
        }
    }

    /// A value of the environment, which has no place in a text.
    pub(crate) fn of_text(text: &str) -> Self {
        Self {
            data: Data::Text(text.to_owned()),
            span: 0..0,
        }
    }

    pub(crate) fn table(&self) -> Option<&[Entry]> {
        match &self.data {
            Data::Table(entries) => Some(entries),
            _ => None,
        }
    }

    /// The entry at a path of keys.
    pub(crate) fn entry(&self, path: &str) -> Option<&Entry> {
        let (first, rest) = match path.split_once('.') {
            Some((first, rest)) => (first, Some(rest)),
            None => (path, None),
        };
        let entry = self.table()?.iter().find(|entry| entry.key == first)?;
        match rest {
            Some(rest) => entry.value.entry(rest),
            None => Some(entry),
        }
    }
}

fn entries(table: &DeTable<'_>) -> Vec<Entry> {
    let mut entries: Vec<_> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_span: key.span(),
            value: Node::of_value(value),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_span.start);
    entries
}

impl Data {
    /// What was found, in words.
    pub(crate) fn describe(&self) -> Cow<'static, str> {
        match self {
            Self::Text(text) if has_user(text) => Cow::Borrowed("a URL with a user in it"),
            Self::Text(text) => Cow::Owned(format!("the string {}", quoted(text))),
            Self::Integer(number) => Cow::Owned(format!("the integer {number}")),
            Self::Float(number) => Cow::Owned(format!("the number {number}")),
            Self::Bool(value) => Cow::Owned(format!("the boolean {value}")),
            Self::Time(time) => Cow::Owned(format!("the date {time}")),
            Self::Array(_) => Cow::Borrowed("a list"),
            Self::Table(_) => Cow::Borrowed("a table"),
        }
    }
}

/// Whether a text is a URL with a user, and so perhaps a password.
pub(crate) fn has_user(text: &str) -> bool {
    text.split_once("://")
        .is_some_and(|(_, rest)| rest.contains('@'))
}

/// Characters of a found text that a message repeats, at most.
const SHOWN: usize = 60;

/// A text as TOML writes it, shortened.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for (at, c) in text.chars().enumerate() {
        if at == SHOWN {
            quoted.push('…');
            break;
        }
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            c if c.is_control() => quoted.push('\u{fffd}'),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
