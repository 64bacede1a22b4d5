//! Where a text stops being PromQL, and what was most likely meant.

use std::ops::Range;

use super::functions;
use super::syntax::{is_grouping_word, is_matching, syntax};
use super::token::{Kind, Token};
use crate::lint::Fault;

/// Words that join two sides.
const JOINING: [&str; 4] = ["and", "or", "unless", "atan2"];
/// Words that cannot be a metric's name.
const KEYWORDS: [&str; 5] = ["on", "ignoring", "group_left", "group_right", "bool"];

/// The first token that cannot stand where it does.
pub(super) fn fault(tokens: &[Token<'_>], text: &str) -> Option<Box<Fault>> {
    let mut open: Vec<&Token<'_>> = Vec::new();
    let mut needs_value = true;
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let before = at.checked_sub(1).map(|it| &tokens[it]);
        let after = tokens.get(at + 1);
        match (token.kind, token.text) {
            (Kind::Sign, "(" | "[") => {
                open.push(token);
                needs_value = true;
            }
            (Kind::Sign, "{") => match braces(&tokens[at..]) {
                Ok(len) => {
                    at += len;
                    needs_value = false;
                    continue;
                }
                Err(fault) => return Some(fault),
            },
            (Kind::Sign, ")" | "]" | "}") => {
                if let Some(fault) = closed(token, open.pop(), needs_value, before) {
                    return Some(fault);
                }
                needs_value = false;
            }
            (Kind::Sign, "=" | "=~" | "!~") => return Some(single(token, after)),
            (Kind::Sign, ",") if open.is_empty() => return Some(comma(token)),
            (Kind::Sign, "+" | "-" | "@" | ":" | ",") => needs_value = true,
            (Kind::Sign, _) => {
                if needs_value {
                    return Some(two_operators(token, before));
                }
                needs_value = true;
            }
            (Kind::Word, word) if !needs_value && JOINING.contains(&lower(word).as_str()) => {
                needs_value = true;
            }
            (Kind::Word, _) if is_grouping_word(token) || token.is_word("bool") => {
                match grouping(token, before, &tokens[..at], after, text) {
                    Some(fault) => return Some(fault),
                    // Past its labels.
                    None => at = end_of(tokens, at + 1),
                }
                needs_value = before.is_some_and(|it| !it.is(")")) || !token.is_word("by");
            }
            (Kind::Word, _) if token.is_word("offset") && !needs_value => needs_value = true,
            _ if !needs_value => return Some(no_operator(token, before, tokens)),
            (Kind::Word, _) if after.is_some_and(|it| it.is("(")) && !is_function(token) => {
                return Some(functions::unknown(token));
            }
            _ => needs_value = false,
        }
        at += 1;
    }
    let end = tokens.last().map_or(0, |it| it.at().end);
    if let Some(token) = open.pop() {
        return Some(syntax(
            token.at(),
            format!("`{}` is not closed", token.text),
            format!("close it with `{}`", if token.is("(") { ")" } else { "]" }),
        ));
    }
    let last = tokens.last()?;
    needs_value.then(|| {
        syntax(
            last.at().start..end,
            format!("something is missing after `{}`", last.text),
            String::from("write what follows, or remove it"),
        )
    })
}

fn lower(word: &str) -> String {
    word.to_ascii_lowercase()
}

fn is_function(token: &Token<'_>) -> bool {
    functions::is_known(token.text) || is_grouping_word(token)
}

/// The place of the last token of a list in parentheses that begins at `at`.
fn end_of(tokens: &[Token<'_>], at: usize) -> usize {
    if !tokens.get(at).is_some_and(|it| it.is("(")) {
        return at - 1;
    }
    let len = tokens[at..].iter().position(|it| it.is(")"));
    len.map_or(tokens.len() - 1, |len| at + len)
}

/// How many tokens braces hold, or what is wrong in them.
fn braces(tokens: &[Token<'_>]) -> Result<usize, Box<Fault>> {
    let wrong = |token: &Token<'_>, message: &str, remedy: &str| {
        Err(syntax(
            token.at(),
            format!("`{}` {message}", token.text),
            remedy.into(),
        ))
    };
    let mut at = 1;
    loop {
        let Some(label) = tokens.get(at) else {
            return wrong(&tokens[0], "is not closed", "close it with `}`");
        };
        if label.is("}") {
            return Ok(at + 1);
        }
        if label.is("{") {
            return wrong(
                label,
                "cannot stand in braces",
                "remove it: templates are not expanded in expressions",
            );
        }
        if !matches!(label.kind, Kind::Word | Kind::Text | Kind::Variable)
            || label.text.contains(':')
        {
            return wrong(
                label,
                "is no label's name",
                "write a name of letters, digits and `_`, as in `{code=\"500\"}`",
            );
        }
        at += 1;
        match tokens.get(at) {
            Some(operator) if is_matching(operator) => match tokens.get(at + 1) {
                Some(value) if matches!(value.kind, Kind::Text | Kind::Variable) => at += 2,
                Some(value) if !value.is("}") => {
                    let quoted = format!("write it in quotes: `\"{}\"`", value.text);
                    return wrong(value, "is no text in quotes", &quoted);
                }
                _ => return wrong(operator, "has no value", "write a text in quotes after it"),
            },
            Some(next) if next.is(",") || next.is("}") => {
                if label.kind == Kind::Word {
                    return wrong(
                        label,
                        "is compared with nothing",
                        "write a matcher such as `{code=\"500\"}`",
                    );
                }
            }
            Some(next) => {
                let remedy = match next.text {
                    "==" => "write `=`: in braces it compares texts",
                    ">" | "<" | ">=" | "<=" => "labels are texts: list the values with `=~\"a|b\"`",
                    _ => "write one of `=`, `!=`, `=~`, `!~` between label and text",
                };
                return wrong(next, "cannot follow a label's name", remedy);
            }
            None => return wrong(&tokens[0], "is not closed", "close it with `}`"),
        }
        match tokens.get(at) {
            Some(next) if next.is(",") => at += 1,
            Some(next) if next.is("}") => {}
            Some(next) => {
                let remedy = if next.is_word("or") {
                    "write one pattern, `=~\"a|b\"`, or two selectors with `or` between them"
                } else {
                    "write a comma before it"
                };
                return wrong(next, "cannot follow a matcher", remedy);
            }
            None => return wrong(&tokens[0], "is not closed", "close it with `}`"),
        }
    }
}

fn closed(
    token: &Token<'_>,
    open: Option<&Token<'_>>,
    needs_value: bool,
    before: Option<&Token<'_>>,
) -> Option<Box<Fault>> {
    let pair = match open.map(|it| it.text) {
        Some("(") => ")",
        Some("[") => "]",
        _ => "",
    };
    if pair != token.text {
        return Some(syntax(
            token.at(),
            format!("`{}` closes nothing", token.text),
            String::from(match pair {
                "" => "remove it, or open it before",
                ")" => "write `)` first",
                _ => "write `]` first",
            }),
        ));
    }
    let before = before?;
    let dangles = needs_value && !["(", "[", ":"].iter().any(|it| before.is(it));
    dangles.then(|| {
        syntax(
            before.at(),
            format!("something is missing after `{}`", before.text),
            if before.is(",") {
                String::from("remove the comma")
            } else {
                String::from("write what follows, or remove it")
            },
        )
    })
}

fn single(token: &Token<'_>, after: Option<&Token<'_>>) -> Box<Fault> {
    let (at, remedy) = match (token.text, after) {
        ("=", Some(next)) if next.is(">") || next.is("<") => (
            token.start..next.at().end,
            format!("write `{}=`", next.text),
        ),
        ("=", _) => (
            token.at(),
            String::from("write `==` to compare numbers; `=` compares a label, in braces"),
        ),
        _ => (
            token.at(),
            String::from("patterns are for labels: write `{label=~\"...\"}`"),
        ),
    };
    syntax(
        at,
        format!("`{}` does not compare numbers", token.text),
        remedy,
    )
}

fn comma(token: &Token<'_>) -> Box<Fault> {
    syntax(
        token.at(),
        String::from("a comma cannot stand here"),
        String::from("write numbers without separators, and one expression at a time"),
    )
}

fn two_operators(token: &Token<'_>, before: Option<&Token<'_>>) -> Box<Fault> {
    let message = match before {
        Some(before) => format!("`{}` cannot follow `{}`", token.text, before.text),
        None => format!("`{}` has nothing to its left", token.text),
    };
    syntax(
        token.at(),
        message,
        String::from("write a value on both sides of an operator"),
    )
}

/// `by`, `on` and their like, where they cannot stand.
fn grouping(
    token: &Token<'_>,
    before: Option<&Token<'_>>,
    earlier: &[Token<'_>],
    after: Option<&Token<'_>>,
    text: &str,
) -> Option<Box<Fault>> {
    let is_aggregation = token.is_word("by") || token.is_word("without");
    let word = token.text;
    let is_list = after.is_some_and(|it| it.is("("));
    if is_aggregation && !is_list {
        // It may be a metric's name.
        let follows = before.is_some_and(|it| it.is(")") || functions::is_aggregation(it.text));
        return follows.then(|| {
            syntax(
                token.at(),
                format!("no labels follow `{word}`"),
                format!("write them in parentheses: `{word} (label)`"),
            )
        });
    }
    if is_aggregation {
        let start = match before {
            Some(before) if before.is(")") => opened(earlier)
                .and_then(|open| open.checked_sub(1))
                .map(|it| &earlier[it]),
            other => other,
        };
        if start.is_some_and(|it| it.kind == Kind::Word && functions::is_aggregation(it.text)) {
            return None;
        }
        let end = before.map_or(0, |it| it.at().end);
        let of = earlier.iter().rev().take_while(|it| !it.is(",")).last();
        let whole = of.map_or("...", |it| &text[it.start..end]);
        return Some(syntax(
            token.at(),
            format!("`{word}` follows no aggregation"),
            format!("write `sum {word} (...) ({whole})`, or another of sum, avg, max, min, count"),
        ));
    }
    let is_group = token.is_word("group_left") || token.is_word("group_right");
    let is_after_labels = || {
        let word = opened(earlier).and_then(|open| open.checked_sub(1));
        word.is_some_and(|it| earlier[it].is_word("on") || earlier[it].is_word("ignoring"))
    };
    if is_group && !is_after_labels() {
        return Some(syntax(
            token.at(),
            format!("`{word}` follows no `on` or `ignoring`"),
            format!("write the labels that match before it: `on (label) {word}`"),
        ));
    }
    let is_after_operator = before.is_some_and(|it| {
        it.kind == Kind::Sign && !matches!(it.text, "(" | "{" | "[" | "," | "]" | "}")
            || it.kind == Kind::Word
    });
    if is_after_operator {
        return None;
    }
    Some(syntax(
        token.at(),
        format!("`{word}` follows no operator"),
        format!(
            "write it right after the operator: `a / {word}{} b`",
            if is_list { " (...)" } else { "" }
        ),
    ))
}

/// Where the parenthesis that the last token closes was opened.
fn opened(tokens: &[Token<'_>]) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().rev() {
        if token.is(")") {
            depth += 1;
        } else if token.is("(") {
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

fn no_operator(token: &Token<'_>, before: Option<&Token<'_>>, tokens: &[Token<'_>]) -> Box<Fault> {
    let left = before.map_or("", |it| it.text);
    let is_function = before.is_some_and(|it| functions::is_known(it.text));
    let remedy = match () {
        () if is_function => format!("write `{left}({})`", token.text),
        () if KEYWORDS.contains(&token.text) || tokens.len() < 2 => {
            String::from("write it right after an operator")
        }
        () => String::from("write an operator between them, or remove one"),
    };
    syntax(
        token.at(),
        format!("`{}` cannot follow `{left}`", token.text),
        remedy,
    )
}

/// What promql-parser takes and Prometheus 3.5 does not.
pub(super) fn later_words(tokens: &[Token<'_>]) -> Result<(), Box<Fault>> {
    let mut braces = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        let is_call = tokens.get(at + 1).is_some_and(|it| it.is("("));
        if token.is("{") {
            braces = at;
        }
        if token.kind != Kind::Word || !is_call {
            if token.is_word("or") && tokens[braces].is("{") && is_between_matchers(tokens, at) {
                self::braces(&tokens[braces..])?;
            }
            continue;
        }
        let before = at.checked_sub(1).map(|it| &tokens[it]);
        let is_label = before.is_some_and(|it| it.is("{") || it.is(",") || it.is("@"));
        if functions::is_later(token.text) && !is_label {
            return Err(functions::later(token));
        }
    }
    Ok(())
}

fn is_between_matchers(tokens: &[Token<'_>], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|it| tokens.get(it));
    let after = tokens.get(at + 2);
    before.is_some_and(|it| it.kind == Kind::Text) && after.is_some_and(is_matching)
}

/// What promql-parser says of an expression whose words stand where they may.
pub(super) fn of_message(
    message: &str,
    tokens: &[Token<'_>],
    part: Option<Range<usize>>,
    text: &str,
) -> Box<Fault> {
    let part = part.unwrap_or(0..tokens.len());
    let (first, last) = (&tokens[part.start], &tokens[part.end - 1]);
    let whole = first.start..last.at().end;
    let plain = message
        .replace("type matrix", "type range vector")
        .replace("got matrix", "got range vector")
        .replace("got vector", "got instant vector")
        .replace("type vector", "type instant vector")
        .replace('\'', "`");
    let call = first.text;
    let written = &text[whole.clone()];
    let (at, remedy) = match () {
        () if plain.contains("expected type range vector") => (
            whole,
            format!(
                "give `{call}` a range: `{call}(metric[5m])`, or of an expression `{call}(...[5m:])`"
            ),
        ),
        () if plain.contains("got range vector") => (
            whole,
            format!(
                "remove the range in brackets, or take `rate` of it: `{call}` reads single samples"
            ),
        ),
        () if plain.contains("expected type scalar") => (
            whole,
            format!("give `{call}` its number where it takes it: `{call}(0.95, ...)`"),
        ),
        () if plain.contains("argument") => (
            whole,
            format!("see the arguments of `{call}` in the documentation of PromQL's functions"),
        ),
        () if plain.contains("BOOL") => (
            comparison(tokens).unwrap_or(whole),
            String::from("write `bool` after the comparison, or compare series"),
        ),
        () if plain.contains("set operator") => (
            word_of(tokens, &JOINING).unwrap_or(whole),
            String::from("`and`, `or` and `unless` join series: write `vector(1)` for a number"),
        ),
        () if plain.contains("non-empty matcher") => (
            whole,
            String::from("name the metric, or a label with a value"),
        ),
        () if plain.contains("ranges only allowed") => (
            range_of(tokens).unwrap_or(whole),
            String::from("write a subquery, `[5m:]`: a plain range needs a metric before it"),
        ),
        () if plain.contains("<group_left>") || plain.contains("<group_right>") => (
            word_of(tokens, &["group_left", "group_right"]).unwrap_or(whole),
            String::from("write `on (...)` or `ignoring (...)` before it"),
        ),
        () if plain.contains("offset") => (
            word_of(tokens, &["offset"]).unwrap_or(whole),
            String::from("write `offset` right after the metric, its matchers and its range"),
        ),
        () if plain.contains("duration") => (
            range_of(tokens).unwrap_or(whole),
            String::from("write a span longer than nothing, such as `[5m]`"),
        ),
        () => (
            whole,
            format!("write an expression that Prometheus reads instead of `{written}`"),
        ),
    };
    syntax(at, plain, remedy)
}

fn comparison(tokens: &[Token<'_>]) -> Option<Range<usize>> {
    let signs = ["==", "!=", ">", "<", ">=", "<="];
    let found = tokens
        .iter()
        .find(|it| it.kind == Kind::Sign && signs.contains(&it.text))?;
    Some(found.at())
}

fn word_of(tokens: &[Token<'_>], words: &[&str]) -> Option<Range<usize>> {
    let found = tokens
        .iter()
        .find(|it| words.iter().any(|word| it.is_word(word)))?;
    Some(found.at())
}

fn range_of(tokens: &[Token<'_>]) -> Option<Range<usize>> {
    let open = tokens.iter().rev().find(|it| it.is("["))?;
    let close = tokens
        .iter()
        .find(|it| it.is("]") && it.start > open.start)?;
    Some(open.start..close.at().end)
}
