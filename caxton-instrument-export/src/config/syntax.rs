//! What is no TOML, in words for whoever wrote it.

use super::mistake::{Mistake, Severity};
use super::node::{Span, quoted};
use super::source::{Lines, Source, is_plain};

/// Mistakes of syntax that are told, at most: one can bring many.
const TOLD: usize = 10;

/// One mistake for each line: what follows in a line follows from the first.
pub(crate) fn mistakes(
    errors: &[toml::de::Error],
    text: &str,
    source: &Source,
    lines: &Lines<'_>,
) -> Vec<Mistake> {
    let mut told: Vec<Mistake> = Vec::new();
    let mut last_line = 0;
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let line = text.get(..span.start).unwrap_or(text).matches('\n').count() + 1;
        if line == last_line {
            continue;
        }
        last_line = line;
        told.push(mistake(error, &span, text, source, lines));
        if told.len() == TOLD {
            break;
        }
    }
    told
}

fn mistake(
    error: &toml::de::Error,
    span: &Span,
    text: &str,
    source: &Source,
    lines: &Lines<'_>,
) -> Mistake {
    let place = lines.place(source, span);
    let new = |message: String| Mistake::new(Severity::Error, "", place.clone(), message);
    if let Some((key, value)) = bare_word(span, text) {
        let mistake = new(format!("the value of `{key}` is text without quotes"));
        return if is_plain(key) {
            mistake.help("write", format!("{key} = {}", quoted(value)))
        } else {
            mistake.help(
                "allowed",
                "text in quotes; of a secret { env = \"NAME\" } or { file = \"/path\" }",
            )
        };
    }
    match error.message().lines().next().unwrap_or_default() {
        "duplicate key" => new(String::from("this is set twice")).help("write", "it once"),
        message => new(format!("the file is no TOML here: {message}")),
    }
}

/// Key and value of a line whose value is a word that should be quoted.
fn bare_word<'a>(span: &Span, text: &'a str) -> Option<(&'a str, &'a str)> {
    let start = text.get(..span.start)?.rfind('\n').map_or(0, |at| at + 1);
    let line = text.get(start..)?.lines().next()?;
    let (key, value) = line.split_once('=')?;
    let value = value.split('#').next()?.trim();
    let (key, first) = (key.trim(), value.chars().next()?);
    let is_key = !key.is_empty()
        && key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    let is_bare = first.is_alphanumeric() || matches!(first, '/' | '.' | '%');
    let is_other = value.contains(['"', '\'', '=', ',']) || matches!(value, "true" | "false");
    (is_key && is_bare && !is_other).then_some((key, value))
}
