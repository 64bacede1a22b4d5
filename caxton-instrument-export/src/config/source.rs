//! The text of a file, as messages show it: with line and column, and with
//! what may be secret covered.

use std::path::{Path, PathBuf};

use super::keys::SECTIONS;
use super::mistake::Place;
use super::node::{Data, Entry, Node, Span, has_user};
use super::value::{Headers, Secret, Value as _};

/// Words that tell that a value is secret, if a key has one of them.
const SECRET: [&str; 13] = [
    "secret",
    "token",
    "password",
    "passwd",
    "passphrase",
    "credential",
    "authorization",
    "signature",
    "cookie",
    "apikey",
    "api-key",
    "api_key",
    "access-key",
];

/// Keys whose tables hold values that are sent as they are.
const HEADERS: &str = "headers";

/// Whether the name of a key or header tells that its value is secret.
pub(crate) fn smells_of_a_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    // That of Honeycomb, which is none by its name.
    name == "x-honeycomb-team" || SECRET.iter().any(|word| name.contains(word))
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    path: PathBuf,
    /// With what may be secret covered, so that no message can show it.
    text: String,
}

impl Source {
    /// `is_broken` where the parser did not understand all of it: what it did
    /// not is in no tree.
    pub(crate) fn new(path: &Path, text: &str, root: &Node, is_broken: bool) -> Self {
        let mut covered = Vec::new();
        secrets(root, false, &mut covered);
        // From the end, so that the others hold.
        covered.sort_by_key(|span| std::cmp::Reverse(span.start));
        let mut text = text.to_owned();
        for span in covered {
            cover(&mut text, &span);
        }
        if is_broken {
            text = text.lines().map(cover_line).collect::<Vec<_>>().join("\n");
        }
        Self {
            path: path.to_owned(),
            text,
        }
    }

    /// The line at a line number, from 1.
    fn line(&self, number: usize) -> &str {
        self.text.lines().nth(number - 1).unwrap_or_default()
    }
}

/// Where each line of a text begins. Apart from the source, since covering
/// changes no line but its length.
#[derive(Debug)]
pub(crate) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            starts: std::iter::once(0).chain(ends).collect(),
        }
    }

    /// Line, column and width in characters of a span; of one that is longer
    /// than a line, its first line.
    pub(crate) fn place(&self, source: &Source, span: &Span) -> Place {
        let start = span.start.min(self.text.len());
        let line = self.starts.partition_point(|at| *at <= start).max(1);
        let from = self.starts.get(line - 1).copied().unwrap_or(0);
        let rest = self.text.get(from..).unwrap_or_default();
        let original = rest.lines().next().unwrap_or_default();
        let before = self.text.get(from..start).unwrap_or_default();
        let end = span
            .end
            .clamp(start, from + original.len().max(start - from));
        let marked = self.text.get(start..end).unwrap_or_default();
        Place::File {
            path: source.path.clone(),
            line,
            column: before.chars().count() + 1,
            width: marked.chars().count().max(1),
            text: source.line(line).to_owned(),
        }
    }
}

fn secrets(node: &Node, is_secret: bool, covered: &mut Vec<Span>) {
    match &node.data {
        Data::Table(entries) => {
            // `{ env = ".." }` names where the secret is.
            let is_reference = entries.iter().all(is_reference);
            for entry in entries {
                let is_header = entry.key.ends_with(HEADERS);
                let is_secret =
                    (is_secret && !is_reference) || is_header || smells_of_a_secret(&entry.key);
                secrets(&entry.value, is_secret, covered);
            }
        }
        Data::Array(items) => {
            for item in items {
                secrets(item, is_secret, covered);
            }
        }
        Data::Text(text) if has_user(text) => covered.push(node.span.clone()),
        _ if is_secret => covered.push(node.span.clone()),
        _ => {}
    }
}

fn is_reference(entry: &Entry) -> bool {
    match (entry.key.as_str(), &entry.value.data) {
        ("env", Data::Text(name)) => is_variable_name(name),
        ("file", Data::Text(path)) => path.contains(['/', '\\']),
        _ => false,
    }
}

/// Whether a text can be the name of an environment variable, and so is none
/// that was meant as its value.
pub(crate) fn is_variable_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Writes asterisks over what a span holds, its quotes and line ends left.
fn cover(text: &mut String, span: &Span) {
    if let Some(part) = text.get(span.clone()) {
        let covered: String = part.chars().map(hidden).collect();
        text.replace_range(span.clone(), &covered);
    }
}

fn hidden(c: char) -> char {
    if c.is_whitespace() || matches!(c, '"' | '\'' | '{' | '}' | '=' | ',') {
        c
    } else {
        '*'
    }
}

/// Covers the values in a line behind so many characters.
pub(crate) fn cover_from(line: &str, from: usize) -> String {
    let mut is_value = false;
    let chars = line.chars().enumerate();
    let covered = chars.map(|(at, c)| {
        is_value |= at >= from && c == '=';
        if is_value { hidden(c) } else { c }
    });
    covered.collect()
}

/// Covers a line that may hold a secret, as far as one can tell without
/// understanding it: all but sections and keys that are known to hold none.
fn cover_line(line: &str) -> String {
    if line.trim_start().starts_with(['[', '#']) {
        return line.to_owned();
    }
    match line.split_once('=') {
        Some((key, value)) if !is_plain(key) => {
            let covered: String = value.chars().map(hidden).collect();
            format!("{key}={covered}")
        }
        Some(_) => line.to_owned(),
        None => line.chars().map(hidden).collect(),
    }
}

/// Whether a key is known, and holds no secret.
pub(crate) fn is_plain(key: &str) -> bool {
    let name = key.rsplit('.').next().unwrap_or(key).trim();
    let mut keys = SECTIONS.iter().flat_map(|section| section.keys);
    keys.any(|key| {
        let also = key.also.iter().filter_map(|also| also.rsplit('.').next());
        let is_secret = [Secret::KIND, Headers::KIND].contains(&key.kind);
        !is_secret && also.chain([key.name]).any(|known| known == name)
    })
}
