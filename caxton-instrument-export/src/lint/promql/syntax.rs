//! SYN: whether a text is PromQL, and where it is not.
//!
//! promql-parser judges. It has no places and refuses a few texts that
//! Prometheus takes, so it reads the tokens in a spelling that both take.

use std::borrow::Cow;
use std::ops::Range;

use promql_parser::parser::{self, Expr};
use regex::Regex;

use super::place::Use;
use super::token::{self, Kind, Token, holds_variable, tokens, unquoted};
use super::{misplaced, tree, walk};
use crate::lint::{Class, Fault};

/// A longer text is not looked into.
const MAX_BYTES: usize = 32 * 1024;
/// More operators and ranges than that are not looked into.
const MAX_OPERATORS: usize = 200;
/// Deeper brackets are not looked into.
const MAX_DEPTH: usize = 64;
/// As many parts are tried by themselves to find the one that does not parse.
const MAX_PARTS: usize = 64;

pub(super) fn syntax(at: Range<usize>, message: String, remedy: String) -> Box<Fault> {
    Box::new(Fault {
        class: Class::Syn,
        at,
        message,
        remedy,
        declared: None,
    })
}

/// The tree of a text; `None` where a variable stands for more than a value.
pub(super) fn parse(text: &str, place: &Use<'_>) -> Result<Option<tree::Node>, Box<Fault>> {
    if text.len() > MAX_BYTES {
        return Err(too_large(text));
    }
    let tokens = tokens(text, place.has_variables())?;
    if tokens.is_empty() {
        return Err(syntax(
            0..text.len(),
            String::from("no expression stands here"),
            String::from("write one, or remove the field"),
        ));
    }
    if is_too_large(&tokens) {
        return Err(too_large(text));
    }
    let spelling = Spelling::of(&tokens);
    match spelling.parse() {
        Ok(expr) => {
            misplaced::later_words(&tokens)?;
            tokens
                .windows(3)
                .try_for_each(|it| pattern(it, place.has_variables()))?;
            Ok(walk::Walk::over(&tokens).tree(&expr))
        }
        Err(_) if tokens.iter().any(|it| it.kind == Kind::Variable) => {
            let other = Spelling {
                is_vector: true,
                ..spelling
            };
            match other.parse() {
                Ok(expr) => Ok(walk::Walk::over(&tokens).tree(&expr)),
                Err(_) => Ok(None),
            }
        }
        Err(message) => Err(misplaced::fault(&tokens, text).unwrap_or_else(|| {
            let part = smallest_part(&tokens);
            misplaced::of_message(&message, &tokens, part, text)
        })),
    }
}

fn is_too_large(tokens: &[Token<'_>]) -> bool {
    const NONE: [&str; 9] = [",", "(", ")", "{", "}", "]", ":", "@", "="];
    let (mut depth, mut deepest, mut operators) = (0_usize, 0, 0_usize);
    for token in tokens {
        let is_operator = token.kind == Kind::Sign && !NONE.contains(&token.text);
        let is_word = ["and", "or", "unless", "atan2"]
            .iter()
            .any(|it| token.is_word(it));
        operators += usize::from(is_operator || is_word);
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest > MAX_DEPTH || operators > MAX_OPERATORS
}

fn too_large(text: &str) -> Box<Fault> {
    syntax(
        0..text.floor_char_boundary(40),
        format!(
            "the expression is too large to be read: more than {MAX_BYTES} bytes, \
             {MAX_OPERATORS} operators and ranges, or {MAX_DEPTH} brackets in each other"
        ),
        String::from("record parts of it by rules of their own"),
    )
}

/// Tokens in a spelling that promql-parser and Prometheus read alike.
#[derive(Clone, Copy)]
struct Spelling<'a> {
    tokens: &'a [Token<'a>],
    /// Whether a variable by itself stands for series, or for a number.
    is_vector: bool,
}

impl<'a> Spelling<'a> {
    const fn of(tokens: &'a [Token<'a>]) -> Self {
        Self {
            tokens,
            is_vector: false,
        }
    }

    fn parse(self) -> Result<Expr, String> {
        let mut text = String::new();
        let mut place = Surroundings::default();
        let mut at = 0;
        while let Some(token) = self.tokens.get(at) {
            place.step(token, at.checked_sub(1).map(|it| &self.tokens[it]));
            // `[5m + 1m]` is one span.
            let is_offset = at > 0 && self.tokens[at - 1].is_word("offset") && token.is("(");
            let sum = place.sum(&self.tokens[at..], is_offset);
            if sum > 1 {
                text.push_str("5m ");
                at += sum;
                continue;
            }
            text.push_str(&self.spelled(at, &place));
            text.push(' ');
            at += 1;
        }
        parser::parse(&text)
    }

    fn spelled(&self, at: usize, place: &Surroundings) -> Cow<'a, str> {
        let token = &self.tokens[at];
        let before = at.checked_sub(1).map(|it| &self.tokens[it]);
        let after = self.tokens.get(at + 1);
        let is_before_matcher = after.is_some_and(is_matching);
        match token.kind {
            // In braces, promql-parser takes `or` for its own extension.
            Kind::Word if place.in_braces && token.is_word("or") && is_before_matcher => {
                Cow::Borrowed("v")
            }
            Kind::Number => token::number(token.text)
                .map_or(Cow::Borrowed(token.text), |it| Cow::Owned(it.to_string())),
            Kind::Text => text(token, before, place),
            Kind::Variable => Cow::Borrowed(self.variable(token, before, after, place)),
            _ => Cow::Borrowed(token.text),
        }
    }

    fn variable(
        &self,
        token: &Token<'_>,
        before: Option<&Token<'_>>,
        after: Option<&Token<'_>>,
        place: &Surroundings,
    ) -> &'static str {
        let is_after = |sign: &str| after.is_some_and(|it| it.is(sign));
        if place.brackets > 0 || before.is_some_and(|it| it.is_word("offset")) {
            return "5m";
        }
        if place.in_braces {
            return match () {
                () if before.is_some_and(is_matching) => "\"s\"",
                () if after.is_some_and(is_matching) => "v",
                () => "v=\"s\"",
            };
        }
        let is_part = !token.text.starts_with('$') && !token.text.starts_with("[[");
        let is_series = is_after("{") || is_after("[") || is_part || self.is_vector;
        if place.is_grouping || is_series {
            "v"
        } else {
            "1"
        }
    }
}

/// A text that says as much as the parser looks at: whether it is empty, or
/// a pattern that matches the empty text.
fn text<'a>(token: &Token<'a>, before: Option<&Token<'_>>, place: &Surroundings) -> Cow<'a, str> {
    let is = |sign: &str| place.in_braces && before.is_some_and(|it| it.is(sign));
    let value = unquoted(token.text).unwrap_or_default();
    if is("=~") || is("!~") {
        let matches_nothing = pattern_of(&value).is_some_and(|it| it.is_match(""));
        return Cow::Borrowed(if matches_nothing { "\".*\"" } else { "\"s\"" });
    }
    if is("=") || is("!=") {
        return Cow::Borrowed(if value.is_empty() { "\"\"" } else { "\"s\"" });
    }
    let is_plain = value
        .bytes()
        .all(|it| it.is_ascii_alphanumeric() || b"_.:-/".contains(&it));
    if is_plain {
        Cow::Borrowed(token.text)
    } else {
        Cow::Borrowed("\"s\"")
    }
}

/// What stands around a token.
#[derive(Default)]
struct Surroundings {
    in_braces: bool,
    brackets: usize,
    is_grouping: bool,
}

impl Surroundings {
    fn step(&mut self, token: &Token<'_>, before: Option<&Token<'_>>) {
        match (token.kind, token.text) {
            (Kind::Sign, "{") => self.in_braces = true,
            (Kind::Sign, "}") => self.in_braces = false,
            (Kind::Sign, "[") => self.brackets += 1,
            (Kind::Sign, "]") => self.brackets = self.brackets.saturating_sub(1),
            (Kind::Sign, "(") => self.is_grouping = before.is_some_and(is_grouping_word),
            (Kind::Sign, ")") => self.is_grouping = false,
            _ => {}
        }
    }

    /// How many tokens make a span that is calculated.
    fn sum(&self, rest: &[Token<'_>], is_offset: bool) -> usize {
        if is_offset {
            let end = rest.iter().position(|it| it.is(")"));
            return end.map_or(0, |it| it + 1);
        }
        let is_part = |token: &Token<'_>| {
            matches!(token.kind, Kind::Number | Kind::Duration)
                || ["+", "-", "*", "/", "%", "^", "(", ")"]
                    .iter()
                    .any(|it| token.is(it))
                || ["step", "min", "max"].iter().any(|it| token.is_word(it))
        };
        let is_span = rest
            .first()
            .is_some_and(|it| matches!(it.kind, Kind::Number | Kind::Duration) || it.is("("));
        if self.brackets == 0 || !is_span {
            return 0;
        }
        rest.iter().take_while(|it| is_part(it)).count()
    }
}

/// Whether it stands between a label and a text.
pub(super) fn is_matching(token: &Token<'_>) -> bool {
    ["=", "!=", "=~", "!~"].iter().any(|it| token.is(it))
}

/// Whether names of labels follow it in parentheses.
pub(super) fn is_grouping_word(token: &Token<'_>) -> bool {
    const WORDS: [&str; 6] = [
        "by",
        "without",
        "on",
        "ignoring",
        "group_left",
        "group_right",
    ];
    WORDS.iter().any(|it| token.is_word(it))
}

/// A pattern as Prometheus compiles it, anchored at both ends; `None` where it
/// is none, or in Go's spelling only.
pub(super) fn pattern_of(pattern: &str) -> Option<Regex> {
    Regex::new(&format!("^(?s:{pattern})$")).ok()
}

fn pattern(around: &[Token<'_>], has_variables: bool) -> Result<(), Box<Fault>> {
    let [_, operator, text] = around else {
        return Ok(());
    };
    let is_pattern = operator.is("=~") || operator.is("!~");
    if !is_pattern || text.kind != Kind::Text || (has_variables && holds_variable(text.text)) {
        return Ok(());
    }
    let value = unquoted(text.text).unwrap_or_default();
    // Go knows what regex does not: literal texts, and classes by name.
    let is_of_go = ["\\Q", "\\C", "\\p", "\\P", "\\z"]
        .iter()
        .any(|it| value.contains(it));
    // And the other way round.
    let is_of_rust = value.contains("(?x") || value.contains("(?u") || value.contains("(?R");
    let has_look = ["(?=", "(?!", "(?<="].iter().any(|it| value.contains(it));
    if is_of_rust || (pattern_of(&value).is_none() && !is_of_go) {
        return Err(syntax(
            text.at(),
            format!("`{value}` is no regular expression that Prometheus reads"),
            String::from(if has_look {
                "RE2 has no look-around: name the values, or negate the matcher with `!~`"
            } else {
                "close its brackets, and write a character that means something as `\\\\.`; see \
                 RE2's syntax"
            }),
        ));
    }
    Ok(())
}

/// The innermost call or parenthesis that does not parse by itself.
fn smallest_part(tokens: &[Token<'_>]) -> Option<Range<usize>> {
    let mut open = Vec::new();
    let mut tried = 0;
    for (at, token) in tokens.iter().enumerate() {
        if token.is("(") {
            open.push(at);
        }
        if !token.is(")") {
            continue;
        }
        let start = open.pop()?;
        let before = start.checked_sub(1).map(|it| &tokens[it]);
        if before.is_some_and(is_grouping_word) {
            continue;
        }
        let is_call = before.is_some_and(|it| it.kind == Kind::Word);
        if !is_call {
            continue;
        }
        tried += 1;
        if tried > MAX_PARTS {
            return None;
        }
        let part = start - 1..at + 1;
        if Spelling::of(&tokens[part.clone()]).parse().is_err() {
            return Some(part);
        }
    }
    None
}
