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
                let mut parts = head.splitn(3, ' ');
                let (keyword, name) = (parts.next(), parts.next().expect("a family"));
                let rest = parts.next().expect("what it says").to_owned();
                match keyword {
                    Some("TYPE") => parsed.types.insert(name.to_owned(), rest),
                    Some("HELP") => parsed.helps.insert(name.to_owned(), rest),
                    Some("UNIT") => None,
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

/// `name{label="value",..} number`.
fn sample(line: &str) -> Option<(Sample, f64)> {
    let end = line.find(['{', ' '])?;
    let (name, mut rest) = line.split_at(end);
    let mut labels = BTreeMap::new();
    if let Some(inner) = rest.strip_prefix('{') {
        rest = inner;
        while !rest.starts_with('}') {
            let (label, after) = rest.split_once("=\"")?;
            let mut value = String::new();
            let mut chars = after.char_indices();
            let end = loop {
                match chars.next()? {
                    (at, '"') => break at,
                    (_, '\\') => value.push(match chars.next()?.1 {
                        'n' => '\n',
                        c @ ('\\' | '"') => c,
                        _ => return None,
                    }),
                    (_, c) => value.push(c),
                }
            };
            if label == "le" {
                value = value.replace("Inf", "inf").parse::<f64>().ok()?.to_string();
            }
            if labels.insert(label.to_owned(), value).is_some() {
                return None;
            }
            rest = &after[end + 1..];
            rest = rest.strip_prefix(',').unwrap_or(rest);
        }
        rest = &rest[1..];
    }
    let value = rest.strip_prefix(' ')?.parse().ok()?;
    let name = name.to_owned();
    Some((Sample { name, labels }, value))
}
