//! Sizes: `"64MiB"`.

use serde_json::{Value as Json, json};

use super::{Problem, Value};
use crate::config::node::Data;

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(u64);

/// Units and their bytes, the largest first.
const UNITS: [(&str, u64); 7] = [
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("KB", 1_000),
    ("B", 1),
];

/// Digits of a number.
const DIGITS: usize = 9;

impl Size {
    /// That many bytes.
    #[must_use]
    pub const fn bytes(bytes: u64) -> Self {
        Self(bytes)
    }

    /// That many times 1,048,576 bytes.
    #[must_use]
    pub const fn mebibytes(mebibytes: u64) -> Self {
        Self(mebibytes << 20)
    }

    /// The number of bytes.
    #[must_use]
    pub const fn as_bytes(self) -> u64 {
        self.0
    }
}

impl Value for Size {
    const KIND: &'static str = "size";

    fn allowed() -> String {
        String::from("a size above zero, such as \"512KiB\" or \"64MiB\"")
    }

    fn schema() -> Json {
        json!({
            "type": "string",
            "pattern": format!("^0*[1-9][0-9]{{0,{}}}(B|KiB|MiB|GiB|KB|MB|GB)$", DIGITS - 1),
        })
    }

    fn toml(&self) -> String {
        let unit = UNITS
            .iter()
            .find(|(_, scale)| self.0 >= *scale && self.0.is_multiple_of(*scale));
        let (unit, scale) = unit.copied().unwrap_or(("B", 1));
        format!("\"{}{unit}\"", self.0 / scale)
    }

    fn scalar(data: &Data) -> Result<Self, Problem> {
        match data {
            Data::Text(text) => parse(text),
            Data::Integer(number @ 1..=999_999_999) => {
                Err(Problem::new("has no unit").write(format!("\"{number}B\"")))
            }
            _ => Err(Problem::kind("size")),
        }
    }
}

fn parse(text: &str) -> Result<Size, Problem> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text[..text.len() - unit.len()].trim_start_matches('0');
    if digits.len() == text.len() && !digits.is_empty() {
        return Err(Problem::new("has no unit").write(format!("\"{text}B\"")));
    }
    let Some((_, scale)) = UNITS.iter().find(|(known, _)| *known == unit) else {
        return Err(wrong_unit(digits, unit));
    };
    match digits.parse::<u64>() {
        Ok(number) if digits.len() <= DIGITS => Ok(Size(number * scale)),
        Ok(_) => Err(Problem::new("has too many digits")),
        // Nothing but zeros, or no digit at all.
        Err(_) if text.starts_with('0') => Err(Problem::new("is zero")),
        Err(_) => Err(Problem::kind("size")),
    }
}

fn wrong_unit(digits: &str, unit: &str) -> Problem {
    let known = UNITS.iter().any(|(known, _)| *known == unit.trim());
    if known && !digits.is_empty() {
        return Problem::new("has spaces").write(format!("\"{digits}{}\"", unit.trim()));
    }
    let word = unit.trim().to_ascii_lowercase();
    let meant = UNITS.iter().find(|(known, _)| {
        let known = known.to_ascii_lowercase();
        word == known || word == known.trim_end_matches("ib") || word == known.trim_end_matches('b')
    });
    match meant {
        Some((meant, _)) if !digits.is_empty() && !word.is_empty() => {
            Problem::new(format!("has the unknown unit `{}`", unit.trim()))
                .write(format!("\"{digits}{meant}\""))
        }
        _ => Problem::kind("size"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read() {
        let said = |text: &str| match parse(text) {
            Ok(size) => format!("{} {}", size.as_bytes(), size.toml()),
            Err(problem) => format!("{} {:?}", problem.what, problem.write),
        };
        let cases = [
            ("64MiB", "67108864 \"64MiB\""),
            ("1000KB", "1000000 \"1MB\""),
            ("007B", "7 \"7B\""),
            ("999999999GiB", "1073741822926258176 \"999999999GiB\""),
            ("64", "has no unit Some(\"\\\"64B\\\"\")"),
            (
                "64mib",
                "has the unknown unit `mib` Some(\"\\\"64MiB\\\"\")",
            ),
            ("64M", "has the unknown unit `M` Some(\"\\\"64MiB\\\"\")"),
            ("64 MiB", "has spaces Some(\"\\\"64MiB\\\"\")"),
            ("0MiB", "is zero None"),
            ("1234567890B", "has too many digits None"),
            ("MiB", "is no size None"),
            ("", "is no size None"),
            ("-1B", "is no size None"),
        ];
        for (text, expected) in cases {
            assert_eq!(said(text), expected, "{text}");
        }
    }
}
