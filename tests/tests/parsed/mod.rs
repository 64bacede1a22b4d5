//! Reads the text formats, strictly: what does not parse fails the test.

#![allow(dead_code, reason = "each test reads what it is about")]

use std::collections::BTreeMap;

/// An exposition.
#[derive(Debug, PartialEq)]
pub(crate) struct Parsed {
    /// Types by family.
    pub(crate) types: BTreeMap<String, String>,
    /// Help texts by family, as written.
    pub(crate) helps: BTreeMap<String, String>,
    /// Values by series.
    pub(crate) samples: BTreeMap<Sample, f64>,
}

/// A series. A bucket bound is compared as a number, spelled as one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) labels: BTreeMap<String, String>,
}

impl Parsed {
    #[track_caller]
    pub(crate) fn of(text: &str) -> Self {
        let mut parsed = Self {
            types: BTreeMap::new(),
            helps: BTreeMap::new(),
            samples: BTreeMap::new(),
        };
        for line in text
            .lines()
            .filter(|line| !line.is_empty() && *line != "# EOF")
        {
            let twice = if let Some(head) = line.strip_prefix("# ") {
                let (keyword, rest) = head.split_once(' ').expect("a keyword");
                let (name, rest) = name(rest, ' ').expect("a family");
                let rest = rest.strip_prefix(' ').expect("what it says").to_owned();
                match keyword {
                    "TYPE" => parsed.types.insert(name, rest),
                    "HELP" => parsed.helps.insert(name, rest),
                    "UNIT" => None,
                    _ => panic!("{line}"),
                }
                .is_some()
            } else {
                let (sample, value) = sample(line).unwrap_or_else(|| panic!("{line}"));
                parsed.samples.insert(sample, value).is_some()
            };
            assert!(!twice, "twice: {line}\n{text}");
        }
        parsed
    }
}

/// `name{label="value",..} number`, or `{"name",label="value",..} number`.
fn sample(line: &str) -> Option<(Sample, f64)> {
    let (mut name, mut rest) = if line.starts_with('{') {
        (None, line)
    } else {
        let end = line.find(['{', ' '])?;
        let (name, rest) = line.split_at(end);
        (Some(identifier(name)?), rest)
    };
    let mut labels = BTreeMap::new();
    if let Some(inner) = rest.strip_prefix('{') {
        rest = inner;
        while !rest.starts_with('}') {
            let (label, after) = self::name(rest, '=')?;
            if let Some(after) = after.strip_prefix('=') {
                let (mut value, after) = quoted(after.strip_prefix('"')?)?;
                if label == "le" {
                    value = value.replace("Inf", "inf").parse::<f64>().ok()?.to_string();
                }
                if labels.insert(label, value).is_some() {
                    return None;
                }
                rest = after;
            } else {
                // The name of the metric, which comes first.
                if name.is_some() || !labels.is_empty() {
                    return None;
                }
                name = Some(label);
                rest = after;
            }
            match rest.strip_prefix(',') {
                Some(after) if !after.starts_with('}') => rest = after,
                Some(_) => return None,
                None => {}
            }
        }
        rest = &rest[1..];
    }
    let value = rest.strip_prefix(' ')?.parse().ok()?;
    Some((
        Sample {
            name: name?,
            labels,
        },
        value,
    ))
}

/// A name, in quotes or an identifier that ends before a character, and the
/// rest.
fn name(text: &str, end: char) -> Option<(String, &str)> {
    if let Some(text) = text.strip_prefix('"') {
        return quoted(text);
    }
    let (name, _) = text.split_once(end)?;
    Some((identifier(name)?, &text[name.len()..]))
}

fn identifier(name: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let begins = !name.starts_with(|c: char| c.is_ascii_digit()) && !name.is_empty();
    (begins && name.chars().all(is_plain)).then(|| name.to_owned())
}

/// What stands in quotes, of which the first was read.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    loop {
        match chars.next()? {
            (at, '"') => return Some((value, &text[at + 1..])),
            (_, '\\') => value.push(match chars.next()?.1 {
                'n' => '\n',
                c @ ('\\' | '"') => c,
                _ => return None,
            }),
            (_, c) => value.push(c),
        }
    }
}
