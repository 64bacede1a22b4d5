//! PromQL as tokens that know their place: promql-parser gives a tree without
//! places.
//!
//! What a token is follows Prometheus's own
//! [lexer](https://github.com/prometheus/prometheus/blob/v3.5.0/promql/parser/lex.go);
//! a dashboard's variables are tokens too.

use std::ops::Range;

use super::syntax::syntax;
use crate::lint::Fault;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a keyword.
    Word,
    /// A number.
    Number,
    /// A span of time.
    Duration,
    /// A text in quotes.
    Text,
    /// An operator, a bracket, a comma.
    Sign,
    /// A word that holds a dashboard's variable.
    Variable,
}

/// A part of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    pub(super) start: usize,
}

impl Token<'_> {
    pub(super) fn at(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    /// Whether it is that sign.
    pub(super) fn is(&self, sign: &str) -> bool {
        self.kind == Kind::Sign && self.text == sign
    }

    /// Whether it is that keyword, in whatever case.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }
}

const SIGNS: [&str; 25] = [
    "==", "!=", ">=", "<=", "=~", "!~", "=", ">", "<", "+", "-", "*", "/", "%", "^", "(", ")", "{",
    "}", "[", "]", ",", "@", ":", "!",
];

/// The tokens of a text, comments left out.
pub(super) fn tokens(text: &str, has_variables: bool) -> Result<Vec<Token<'_>>, Box<Fault>> {
    let mut tokens = Vec::new();
    let (mut at, mut in_brackets) = (0, false);
    while let Some(next) = text[at..].chars().next() {
        let rest = &text[at..];
        if next.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        if next == '#' {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        }
        let (kind, len) = match next {
            '"' | '\'' | '`' => (Kind::Text, quoted(rest, at)?),
            '$' if !has_variables => return Err(variable_outside(at)),
            _ => match word(rest, in_brackets, has_variables) {
                Some(found) => found,
                None => (Kind::Sign, sign(rest, at)?),
            },
        };
        let token = Token {
            kind,
            text: &text[at..at + len],
            start: at,
        };
        if kind == Kind::Number && number(token.text).is_none() {
            return Err(no_number(&token));
        }
        in_brackets = (in_brackets || token.is("[")) && !token.is("]");
        tokens.push(token);
        at += len;
    }
    Ok(tokens)
}

/// A name, a number or a span of time: what stands together.
fn word(rest: &str, in_brackets: bool, has_variables: bool) -> Option<(Kind, usize)> {
    let mut len = 0;
    let mut has_variable = false;
    let first = rest.bytes().next()?;
    let is_number = first.is_ascii_digit()
        || (first == b'.' && rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit));
    while let Some(byte) = rest.as_bytes().get(len) {
        if has_variables && let Some(variable) = variable(&rest[len..]) {
            has_variable = true;
            len += variable;
            continue;
        }
        let is_hex = rest.starts_with("0x") || rest.starts_with("0X");
        let is_exponent = is_number
            && !is_hex
            && matches!(byte, b'+' | b'-')
            && len > 0
            && matches!(rest.as_bytes()[len - 1], b'e' | b'E')
            && rest.as_bytes().get(len + 1).is_some_and(u8::is_ascii_digit);
        let belongs = byte.is_ascii_alphanumeric()
            || *byte == b'_'
            || (*byte == b':' && !in_brackets && !is_number)
            || (*byte == b'.' && is_number)
            || is_exponent;
        if !belongs {
            break;
        }
        len += 1;
    }
    let kind = match () {
        () if len == 0 => return None,
        () if has_variable => Kind::Variable,
        () if is_number && span_of_time(&rest[..len]).is_some() => Kind::Duration,
        () if is_number => Kind::Number,
        () => Kind::Word,
    };
    Some((kind, len))
}

/// How long a variable of a [dashboard](https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/)
/// is that begins here: `$name`, `${name:format}`, `[[name]]`.
fn variable(rest: &str) -> Option<usize> {
    let named = |text: &str| {
        text.bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            .count()
    };
    if let Some(inner) = rest.strip_prefix("${") {
        let end = inner.find('}')?;
        return (named(inner) > 0).then_some(end + 3);
    }
    if let Some(inner) = rest.strip_prefix("[[") {
        let end = inner.find("]]")?;
        let is_name = !inner.starts_with(|it: char| it.is_ascii_digit());
        return (is_name && named(inner) > 0 && named(inner) <= end).then_some(end + 4);
    }
    let len = named(rest.strip_prefix('$')?);
    (len > 0).then_some(len + 1)
}

/// Whether a text holds a variable of a dashboard.
pub(super) fn holds_variable(text: &str) -> bool {
    text.char_indices()
        .any(|(at, letter)| matches!(letter, '$' | '[') && variable(&text[at..]).is_some())
}

fn quoted(rest: &str, at: usize) -> Result<usize, Box<Fault>> {
    let mut letters = rest.char_indices();
    let quote = letters.next().map_or('"', |(_, it)| it);
    while let Some((place, letter)) = letters.next() {
        match letter {
            letter if letter == quote => return Ok(place + letter.len_utf8()),
            '\\' if quote != '`' => {
                let escaped = letters.next().map(|(_, it)| it);
                match escaped {
                    Some(it) if it == quote || "abfnrtv\\01234567xuU".contains(it) => {}
                    Some(it) => {
                        return Err(syntax(
                            at + place..at + place + 1 + it.len_utf8(),
                            format!("`\\{it}` is no escape"),
                            format!("write `\\\\{it}`, or the text in backticks"),
                        ));
                    }
                    None => break,
                }
            }
            '\n' if quote != '`' => break,
            _ => {}
        }
    }
    Err(syntax(
        at..at + 1,
        String::from("the text is not ended"),
        format!("end it with `{quote}`"),
    ))
}

fn sign(rest: &str, at: usize) -> Result<usize, Box<Fault>> {
    if let Some(sign) = SIGNS
        .iter()
        .find(|sign| rest.starts_with(**sign) && **sign != "!")
    {
        return Ok(sign.len());
    }
    let letter = rest.chars().next().unwrap_or(' ');
    let (len, remedy) = match letter {
        '&' => (rest.len() - rest.trim_start_matches('&').len(), "`and`"),
        '|' => (rest.len() - rest.trim_start_matches('|').len(), "`or`"),
        '!' => (1, "`unless`, or `== 0` after the expression"),
        '.' => (
            1,
            "`_`, or the whole name in quotes and braces: `{\"a.b\"}`",
        ),
        '“' | '”' | '‘' | '’' => (letter.len_utf8(), "a straight quote, `\"`"),
        '≥' => (letter.len_utf8(), "`>=`"),
        '≤' => (letter.len_utf8(), "`<=`"),
        '–' | '−' => (letter.len_utf8(), "`-`"),
        '×' => (letter.len_utf8(), "`*`"),
        _ => (letter.len_utf8(), "a PromQL expression without it"),
    };
    Err(syntax(
        at..at + len,
        format!("`{}` means nothing in PromQL", &rest[..len]),
        format!("write {remedy}"),
    ))
}

fn variable_outside(at: usize) -> Box<Fault> {
    syntax(
        at..at + 1,
        String::from("only dashboards have variables"),
        String::from("write the value: rules are read by Prometheus, which knows no `$`"),
    )
}

fn no_number(token: &Token<'_>) -> Box<Fault> {
    let digits = token.text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, letters) = token.text.split_at(digits);
    let power = ["k", "m", "g", "t"]
        .iter()
        .position(|it| letters.to_ascii_lowercase().starts_with(it));
    let is_size = matches!(letters.len(), 1..=3) && !letters.eq_ignore_ascii_case("min");
    let remedy = match power.filter(|_| is_size && digits > 0) {
        Some(power) => format!(
            "write the number in full: `{number}e{}`, or `{number} * 1024 ^ {}`",
            3 * (power + 1),
            power + 1
        ),
        None => String::from(
            "write a number such as `0.5`, or a span such as `5m` or `1h30m`, with the units \
             `ms`, `s`, `m`, `h`, `d`, `w`, `y` from the largest on",
        ),
    };
    syntax(
        token.at(),
        format!("`{}` is neither a number nor a span of time", token.text),
        remedy,
    )
}

/// A number as Prometheus reads it: Go's integers with their prefixes and `_`,
/// and floats.
pub(super) fn number(text: &str) -> Option<f64> {
    let plain = text.replace('_', "").to_ascii_lowercase();
    if let Some(digits) = plain.strip_prefix("0x") {
        #[allow(
            clippy::cast_precision_loss,
            reason = "Prometheus rounds to a float as well"
        )]
        return u64::from_str_radix(digits, 16).ok().map(|it| it as f64);
    }
    let is_octal = plain.len() > 1
        && plain.starts_with('0')
        && plain.bytes().all(|it| (b'0'..=b'7').contains(&it));
    if is_octal {
        #[allow(
            clippy::cast_precision_loss,
            reason = "Prometheus rounds to a float as well"
        )]
        return u64::from_str_radix(&plain, 8).ok().map(|it| it as f64);
    }
    let is_float = plain
        .bytes()
        .all(|it| it.is_ascii_digit() || matches!(it, b'.' | b'e' | b'+' | b'-'));
    if is_float { plain.parse().ok() } else { None }
}

/// The seconds of a span such as `1h30m`.
pub(super) fn span_of_time(text: &str) -> Option<f64> {
    const UNITS: [(&str, f64); 7] = [
        ("y", 31_536_000.0),
        ("w", 604_800.0),
        ("d", 86_400.0),
        ("h", 3_600.0),
        ("m", 60.0),
        ("s", 1.0),
        ("ms", 0.001),
    ];
    let (mut rest, mut units, mut seconds) = (text, UNITS.iter(), 0.0);
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let letters = rest[digits..]
            .bytes()
            .take_while(u8::is_ascii_alphabetic)
            .count();
        let (count, unit) = (&rest[..digits], &rest[digits..digits + letters]);
        let (_, length) = units.find(|(name, _)| *name == unit)?;
        seconds += count.parse::<f64>().ok()? * length;
        rest = &rest[digits + letters..];
    }
    (!text.is_empty()).then_some(seconds)
}

/// What a text in quotes says; `None` where an escape is no letter.
pub(super) fn unquoted(text: &str) -> Option<String> {
    let quote = text.chars().next()?;
    let inner = text.get(1..text.len().checked_sub(1)?)?;
    if quote == '`' {
        return Some(inner.into());
    }
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(letter) = rest.chars().next() {
        rest = &rest[letter.len_utf8()..];
        if letter != '\\' {
            bytes.extend(letter.encode_utf8(&mut [0; 4]).bytes());
            continue;
        }
        let code = rest.chars().next()?;
        rest = &rest[code.len_utf8()..];
        let mut coded = |digits: usize, radix| {
            let value = u32::from_str_radix(rest.get(..digits)?, radix).ok()?;
            rest = &rest[digits..];
            Some(value)
        };
        match code {
            'a' => bytes.push(7),
            'b' => bytes.push(8),
            'f' => bytes.push(12),
            'n' => bytes.push(b'\n'),
            'r' => bytes.push(b'\r'),
            't' => bytes.push(b'\t'),
            'v' => bytes.push(11),
            'x' => bytes.push(u8::try_from(coded(2, 16)?).ok()?),
            'u' | 'U' => {
                let letter = char::from_u32(coded(if code == 'u' { 4 } else { 8 }, 16)?)?;
                bytes.extend(letter.encode_utf8(&mut [0; 4]).bytes());
            }
            '0'..='7' => {
                let first = code.to_digit(8)?;
                bytes.push(u8::try_from(first * 64 + coded(2, 8)?).ok()?);
            }
            other => bytes.extend(other.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    String::from_utf8(bytes).ok()
}
