//! Spans of time: `"10s"`, `"500ms"`, `"1m30s"`.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::{Problem, Value};
use crate::config::node::{Data, Node};
use crate::config::reading::Reading;

/// Units and their nanoseconds, in the order in which they are written.
const UNITS: [(&str, u64); 6] = [
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
];

/// Digits of a number, and behind its point.
const DIGITS: usize = 9;
const DECIMALS: usize = 3;

impl Value for Duration {
    const KIND: &'static str = "duration";

    fn allowed() -> String {
        String::from("a duration above zero, such as \"10s\", \"500ms\" or \"1m30s\"")
    }

    fn schema() -> Json {
        let number = format!("[0-9]{{1,{DIGITS}}}(\\.[0-9]{{1,{DECIMALS}}})?");
        let units: String = UNITS
            .iter()
            .map(|(unit, _)| format!("({number}{unit})?"))
            .collect();
        json!({
            "type": "string",
            "allOf": [{ "pattern": "[1-9]" }, { "pattern": format!("^{units}$") }],
        })
    }

    fn toml(&self) -> String {
        format!("\"{}\"", written(*self))
    }

    fn scalar(data: &Data) -> Result<Self, Problem> {
        match data {
            Data::Text(text) => parse(text),
            Data::Integer(number @ 1..=999_999_999) => {
                Err(Problem::new("has no unit").write(format!("\"{number}s\"")))
            }
            Data::Integer(_) => Err(Problem::new("has no unit")),
            Data::Float(number) => Err(Problem::new("has no unit").write(format!("\"{number}s\""))),
            _ => Err(Problem::kind("duration")),
        }
    }

    /// Milliseconds without a unit
    /// ([specification](https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#duration)).
    fn otel(text: &str, reading: &mut Reading<'_>) -> Option<Self> {
        let problem = match text.trim().parse::<u64>() {
            Ok(0) => Problem::new("is zero, which is no time to wait"),
            Ok(millis) if millis <= 999_999_999_999 => return Some(Self::from_millis(millis)),
            Ok(_) => Problem::new("is too long"),
            Err(_) => match parse(text) {
                Ok(duration) => Problem::new("is no number of milliseconds")
                    .write(duration.as_millis().to_string()),
                Err(_) => Problem::new("is no number of milliseconds"),
            },
        };
        let allowed = String::from("a number of milliseconds above zero, without a unit");
        reading.wrong(&Node::of_text(text), problem, allowed);
        None
    }
}

fn parse(text: &str) -> Result<Duration, Problem> {
    if text.contains(char::is_whitespace) {
        let joined: String = text.split_whitespace().collect();
        return Err(match parse(&joined) {
            Ok(_) => Problem::new("has spaces").write(format!("\"{joined}\"")),
            Err(_) => Problem::kind("duration"),
        });
    }
    let mut rest = text;
    let mut units = UNITS.iter();
    let mut nanos: u128 = 0;
    while !rest.is_empty() {
        let number = rest.len()
            - rest
                .trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
                .len();
        let (digits, after) = rest.split_at(number);
        let word = after.len() - after.trim_start_matches(|c: char| c.is_alphabetic()).len();
        let (unit, after) = after.split_at(word);
        let Some(number) = thousandths(digits) else {
            return Err(not_a_number(text, digits));
        };
        if unit.is_empty() {
            return Err(Problem::new("has no unit").write(format!("\"{text}s\"")));
        }
        let Some((_, scale)) = units.find(|(known, _)| *known == unit) else {
            return Err(wrong_unit(text, digits, unit));
        };
        // Nine digits, thousandths of them: no overflow.
        nanos += u128::from(number) * u128::from(*scale) / 1_000;
        rest = after;
    }
    let nanos_per_second = 1_000_000_000;
    match u64::try_from(nanos / nanos_per_second) {
        Ok(seconds) if nanos > 0 => {
            let subsecond = u32::try_from(nanos % nanos_per_second).unwrap_or(0);
            Ok(Duration::new(seconds, subsecond))
        }
        _ if text.is_empty() => Err(Problem::new("is empty")),
        _ => Err(Problem::new("is zero, which is no time to wait")),
    }
}

/// A number with up to three decimals, times a thousand.
fn thousandths(digits: &str) -> Option<u64> {
    let (whole, decimals) = match digits.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (digits, ""),
    };
    let fits = (1..=DIGITS).contains(&whole.len()) && decimals.len() <= DECIMALS;
    let decimals = format!("{decimals:0<DECIMALS$}");
    let number = fits.then(|| format!("{whole}{decimals}"))?;
    number
        .bytes()
        .all(|c| c.is_ascii_digit())
        .then(|| number.parse().ok())?
}

fn not_a_number(text: &str, digits: &str) -> Problem {
    match text.chars().next() {
        Some('-') => Problem::new("is negative"),
        _ if digits.len() > DIGITS => Problem::new("has too many digits"),
        _ => Problem::kind("duration"),
    }
}

fn wrong_unit(text: &str, digits: &str, unit: &str) -> Problem {
    let lower = unit.to_ascii_lowercase();
    let meant = match lower.as_str() {
        "sec" | "secs" | "second" | "seconds" => "s",
        "min" | "mins" | "minute" | "minutes" => "m",
        "hr" | "hrs" | "hour" | "hours" => "h",
        "day" | "days" => "d",
        "msec" | "millis" | "millisecond" | "milliseconds" => "ms",
        "usec" | "micros" | "microsecond" | "microseconds" | "µs" | "μs" => "us",
        other if UNITS.iter().any(|(unit, _)| *unit == other) && other != unit => other,
        known if UNITS.iter().any(|(unit, _)| *unit == known) => {
            return Problem::new(format!(
                "has the unit `{unit}` twice, or behind a smaller one"
            ));
        }
        _ => return Problem::new(format!("has the unknown unit `{unit}`")),
    };
    let problem = Problem::new(format!("has the unknown unit `{unit}`"));
    if text.len() == digits.len() + unit.len() {
        problem.write(format!("\"{digits}{meant}\""))
    } else {
        problem
    }
}

/// As it is written in a file.
fn written(duration: Duration) -> String {
    let mut rest = duration.as_nanos();
    let mut text = String::new();
    for (unit, scale) in UNITS {
        let scale = u128::from(scale);
        // 24h reads better than 1d.
        let is_whole = unit != "d" || rest % scale == 0 && rest / scale > 1;
        if rest >= scale && is_whole {
            text.push_str(&format!("{}{unit}", rest / scale));
            rest %= scale;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        match parse(text) {
            Ok(duration) => format!("{duration:?}"),
            Err(problem) => match problem.write {
                Some(write) => format!("{}; {write}", problem.what),
                None => problem.what,
            },
        }
    }

    #[test]
    fn texts_are_read() {
        let cases = [
            ("10s", "10s"),
            ("500ms", "500ms"),
            ("1m30s", "90s"),
            ("1.5s", "1.5s"),
            ("0.001us", "1ns"),
            ("2d", "172800s"),
            ("999999999d", "86399999913600s"),
            ("", "is empty"),
            ("0s", "is zero, which is no time to wait"),
            ("15", "has no unit; \"15s\""),
            ("10 s", "has spaces; \"10s\""),
            ("-1s", "is negative"),
            ("10sec", "has the unknown unit `sec`; \"10s\""),
            ("10S", "has the unknown unit `S`; \"10s\""),
            ("3w", "has the unknown unit `w`"),
            ("30s1m", "has the unit `m` twice, or behind a smaller one"),
            ("1s1s", "has the unit `s` twice, or behind a smaller one"),
            ("1.s", "is no duration"),
            ("1.2345s", "is no duration"),
            ("1234567890s", "has too many digits"),
            ("s", "is no duration"),
            ("٣s", "is no duration"),
        ];
        for (text, expected) in cases {
            assert_eq!(said(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for text in ["1us", "250ms", "10s", "1m30s", "24h", "2d", "1h1s1ms"] {
            let duration = parse(text).unwrap_or_default();
            assert_eq!(written(duration), text);
        }
    }
}
