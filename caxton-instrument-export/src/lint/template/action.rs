//! A text as actions, after Go's
//! [text/template](https://pkg.go.dev/text/template#hdr-Actions).

use std::ops::Range;

use super::tpl;
use crate::lint::Fault;

/// More actions than that are not looked into.
const MAX_ACTIONS: usize = 500;

/// What stands between `{{` and `}}`.
pub(super) struct Action<'a> {
    /// With its braces.
    pub(super) at: Range<usize>,
    pub(super) words: Vec<Word<'a>>,
    /// Whether it stands where the dot is not what the template is given.
    pub(super) is_inside: bool,
}

impl Action<'_> {
    /// `if`, `range`, `end`; nothing for what is printed.
    pub(super) fn keyword(&self) -> &str {
        let first = self.words.first().map_or("", |it| it.text);
        if KEYWORDS.contains(&first) { first } else { "" }
    }
}

pub(super) const KEYWORDS: [&str; 10] = [
    "if", "else", "end", "range", "with", "define", "template", "block", "break", "continue",
];

/// What a part of an action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A function, a keyword, `true`.
    Word,
    /// `$value`, `$labels.job`.
    Variable,
    /// `.Labels.job`, `.`.
    Field,
    /// A text in quotes.
    Text,
    Number,
    /// `|`, `(`, `:=`.
    Sign,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Word<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    pub(super) start: usize,
}

impl Word<'_> {
    pub(super) fn at(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    pub(super) fn is(&self, text: &str) -> bool {
        self.kind != Kind::Text && self.text == text
    }
}

/// The actions of a text; what is not closed is a fault.
pub(super) fn actions<'a>(text: &'a str, faults: &mut Vec<Fault>) -> Vec<Action<'a>> {
    let mut actions = Vec::new();
    // Whether the dot is something else in them.
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find("{{").map(|it| at + it) {
        outside(text, at..open, faults);
        if actions.len() >= MAX_ACTIONS {
            faults.push(tpl(
                open..open + 2,
                format!("more than {MAX_ACTIONS} actions are not looked into"),
                "write a shorter template",
            ));
            return actions;
        }
        let start = open + 2;
        let comment = text[start..].trim_start_matches('-').trim_start();
        if comment.starts_with("/*") {
            let end = text[start..].find("*/").map(|it| start + it);
            let Some(end) = end.and_then(|it| Some(it + text[it..].find("}}")? + 2)) else {
                faults.push(unclosed(open));
                return actions;
            };
            at = end;
            continue;
        }
        let mut words = Vec::new();
        let Some(end) = words_of(text, start, &mut words) else {
            faults.push(unclosed(open));
            return actions;
        };
        let mut action = Action {
            at: open..end,
            words,
            is_inside: false,
        };
        if action.keyword() == "end" {
            blocks.pop();
        }
        action.is_inside = blocks.contains(&true);
        match action.keyword() {
            "if" => blocks.push(false),
            "range" | "with" | "define" | "block" => blocks.push(true),
            _ => {}
        }
        actions.push(action);
        at = end;
    }
    outside(text, at..text.len(), faults);
    actions
}

fn unclosed(open: usize) -> Fault {
    tpl(
        open..open + 2,
        String::from("`{{` is not closed"),
        "close it with `}}`, and the quotes in it",
    )
}

/// What looks like an action and is printed as it is.
fn outside(text: &str, part: Range<usize>, faults: &mut Vec<Fault>) {
    const NAMES: [&str; 3] = ["$labels.", "$labels ", "$value"];
    let plain = &text[part.clone()];
    if let Some(close) = plain.find("}}") {
        let at = part.start + close;
        faults.push(tpl(
            at..at + 2,
            String::from("`}}` closes nothing"),
            "open it with `{{`, or remove it",
        ));
    }
    for name in NAMES {
        if let Some(found) = plain.find(name) {
            let at = part.start + found;
            faults.push(tpl(
                at..at + name.trim_end_matches(['.', ' ']).len(),
                format!(
                    "`{}` stands outside of `{{{{ }}}}` and is printed as it is",
                    name.trim_end_matches(['.', ' '])
                ),
                "put it into double braces",
            ));
        }
    }
}

/// The words up to `}}`, and the place after it.
fn words_of<'a>(text: &'a str, start: usize, words: &mut Vec<Word<'a>>) -> Option<usize> {
    let mut at = start;
    loop {
        let rest = &text[at..];
        if rest.starts_with("}}") {
            return Some(at + 2);
        }
        if rest.starts_with("-}}") {
            return Some(at + 3);
        }
        let first = rest.chars().next()?;
        if first.is_whitespace() || (first == '-' && at == start) {
            at += first.len_utf8();
            continue;
        }
        let named = |text: &str| {
            text.find(|it: char| !it.is_alphanumeric() && it != '_')
                .unwrap_or(text.len())
        };
        let path = |text: &str| {
            text.find(|it: char| !it.is_alphanumeric() && it != '_' && it != '.')
                .unwrap_or(text.len())
        };
        let (kind, len) = match first {
            '"' | '`' | '\'' => (Kind::Text, quoted(rest)?),
            '$' => (Kind::Variable, 1 + path(&rest[1..])),
            '.' => (Kind::Field, 1 + path(&rest[1..])),
            it if it.is_ascii_digit() || it == '-' || it == '+' => {
                (Kind::Number, 1 + path(&rest[1..]))
            }
            it if it.is_alphabetic() || it == '_' => (Kind::Word, named(rest)),
            ':' if rest.starts_with(":=") => (Kind::Sign, 2),
            it => (Kind::Sign, it.len_utf8()),
        };
        words.push(Word {
            kind,
            text: &rest[..len],
            start: at,
        });
        at += len;
    }
}

fn quoted(rest: &str) -> Option<usize> {
    let quote = rest.chars().next()?;
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quote != '`' => escaped = true,
            '\n' if quote != '`' => return None,
            it if it == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}
