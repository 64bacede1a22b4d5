//! One line of an exposition.

use std::collections::BTreeMap;

use super::Sample;

pub(super) enum Line {
    /// Nothing, or a comment.
    Empty,
    /// `# EOF`.
    End,
    Type(String, String),
    Help(String, String),
    Unit(String, String),
    Sample(Sample),
}

pub(super) fn parse(text: &str) -> Result<Line, String> {
    let text = trim(text);
    match text.strip_prefix('#') {
        Some("") => Ok(Line::Empty),
        Some(rest) => comment(trim(rest)),
        None if text.is_empty() => Ok(Line::Empty),
        None => sample(text).map(Line::Sample),
    }
}

fn comment(text: &str) -> Result<Line, String> {
    let (keyword, rest) = word(text);
    if keyword == "EOF" && rest.is_empty() {
        return Ok(Line::End);
    }
    if !matches!(keyword, "HELP" | "TYPE" | "UNIT") {
        return Ok(Line::Empty);
    }
    let (name, rest) = if let Some(rest) = rest.strip_prefix('"') {
        quoted(rest)?
    } else {
        let (name, rest) = word(rest);
        (identifier(name)?, rest)
    };
    let rest = trim(rest);
    match keyword {
        "HELP" => Ok(Line::Help(name, unescaped(rest))),
        "UNIT" => Ok(Line::Unit(name, rest.into())),
        _ if rest.is_empty() => Err(format!("the type of `{name}` is not said")),
        _ => Ok(Line::Type(name, rest.into())),
    }
}

/// `name{label="value",..} number [time] [# exemplar]`, or the name as the
/// first in the braces.
fn sample(text: &str) -> Result<Sample, String> {
    let end = text.find(['{', ' ', '\t']).unwrap_or(text.len());
    let (before, mut rest) = text.split_at(end);
    let mut name = match before {
        "" => None,
        before => Some(identifier(before)?),
    };
    rest = trim(rest);
    let mut labels = BTreeMap::new();
    if let Some(inner) = rest.strip_prefix('{') {
        rest = braces(trim(inner), &mut name, &mut labels)?;
    }
    let name = name.ok_or("a sample without a name")?;
    let (number, rest) = word(trim(rest));
    if number.is_empty() {
        return Err(format!("`{name}` has no value"));
    }
    let value = number
        .parse()
        .map_err(|_| format!("`{number}` is no number"))?;
    let (time, rest) = word(rest);
    if !time.is_empty() && time != "#" {
        let is_time = time.parse::<f64>().is_ok_and(f64::is_finite);
        if !is_time {
            return Err(format!("`{time}` is no time"));
        }
        if !rest.is_empty() && !rest.starts_with('#') {
            return Err(String::from("there is text behind the sample"));
        }
    }
    Ok(Sample {
        name,
        labels,
        value,
    })
}

/// What stands in braces; the rest behind them.
fn braces<'a>(
    mut rest: &'a str,
    name: &mut Option<String>,
    labels: &mut BTreeMap<String, String>,
) -> Result<&'a str, String> {
    loop {
        if let Some(behind) = rest.strip_prefix('}') {
            return Ok(behind);
        }
        let (label, behind) = if let Some(behind) = rest.strip_prefix('"') {
            quoted(behind)?
        } else {
            let is_end = |c: char| c.is_whitespace() || matches!(c, '=' | ',' | '}' | '"');
            let end = rest.find(is_end).unwrap_or(rest.len());
            let (label, behind) = rest.split_at(end);
            (identifier(label)?, behind)
        };
        let behind = trim(behind);
        if let Some(behind) = behind.strip_prefix('=') {
            let value = trim(behind)
                .strip_prefix('"')
                .ok_or_else(|| format!("the value of label `{label}` is not in quotes"))?;
            let (value, behind) = quoted(value)?;
            rest = separated(trim(behind), &label)?;
            if labels.insert(label.clone(), value).is_some() {
                return Err(format!("label `{label}` is there twice"));
            }
        } else {
            // The name, which comes first.
            if name.is_some() || !labels.is_empty() {
                return Err(format!("a second name, `{label}`"));
            }
            rest = separated(behind, &label)?;
            *name = Some(label);
        }
    }
}

fn separated<'a>(rest: &'a str, label: &str) -> Result<&'a str, String> {
    match rest.strip_prefix(',') {
        Some(behind) => Ok(trim(behind)),
        None if rest.starts_with('}') => Ok(rest),
        None => Err(format!("no comma or brace behind label `{label}`")),
    }
}

/// A name without quotes.
fn identifier(name: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let starts = name.starts_with(|c: char| !c.is_ascii_digit());
    if starts && name.chars().all(is_plain) {
        Ok(name.into())
    } else {
        Err(format!("`{name}` is no name"))
    }
}

/// A text in quotes, the first of which was read, and what is behind it.
fn quoted(text: &str) -> Result<(String, &str), String> {
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((out, &text[at + 1..])),
            '\\' => match chars.next() {
                Some((_, 'n')) => out.push('\n'),
                Some((_, c @ ('"' | '\\'))) => out.push(c),
                Some((_, other)) => {
                    return Err(format!("a text has an escape that is none: `\\{other}`"));
                }
                None => break,
            },
            c => out.push(c),
        }
    }
    Err(String::from("a text in quotes does not end"))
}

/// A help text; an escape that is none stands as it is.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('n')) => out.push('\n'),
            ('\\', Some(&next @ ('\\' | '"'))) => out.push(next),
            _ => {
                out.push(c);
                continue;
            }
        }
        chars.next();
    }
    out
}

/// The first word, and the rest.
fn word(text: &str) -> (&str, &str) {
    let end = text.find([' ', '\t']).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    (word, trim(rest))
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r'])
}
