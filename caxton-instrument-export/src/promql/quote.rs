//! Texts, numbers and spans of time as Prometheus prints them.

use std::fmt::Write as _;

use caxton_instrument::query::Window;

use crate::bound;

/// A text in double quotes, with Go's escapes.
pub(crate) fn text(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter if letter.is_control() => {
                // Writing to text cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
}

/// The same where `$name`, `${name}` and `[[name]]` would be variables: as
/// their codes, which are none.
pub(super) fn text_without_variables(out: &mut String, value: &str) {
    let mut quoted = String::new();
    text(&mut quoted, value);
    for letter in quoted.chars() {
        match letter {
            '$' => out.push_str("\\x24"),
            '[' => out.push_str("\\x5b"),
            letter => out.push(letter),
        }
    }
}

/// A text within a regular expression that is anchored at both ends.
pub(crate) fn literal(out: &mut String, text: &str) {
    for letter in text.chars() {
        if r"\.+*?()|[]{}^$".contains(letter) {
            out.push('\\');
        }
        out.push(letter);
    }
}

pub(super) fn number(out: &mut String, value: f64) {
    // Writing to text cannot fail.
    let _ = write!(out, "{value}");
}

/// The label of a histogram's bucket. Prometheus 3 stores whole numbers as
/// [`10.0`](https://prometheus.io/docs/prometheus/3.5/migration/#le-and-quantile-label-values),
/// Prometheus 2 and other stores as they are exposed, `10`: both are meant. What
/// is pushed over OTLP is stored without an exponent, `1000000` for `1e+06`.
pub(super) fn bucket(bound: f64, is_pushed: bool) -> String {
    let mut values = vec![String::new()];
    bound::write(&mut values[0], bound);
    let plain = bound.to_string();
    if is_pushed && values[0] != plain {
        values.push(plain);
    }
    let mut pattern = String::new();
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            pattern.push('|');
        }
        literal(&mut pattern, value);
        if value.bytes().all(|byte| byte.is_ascii_digit()) {
            pattern.push_str(r"(\.0)?");
        }
    }
    let is_one = values.len() == 1 && !pattern.ends_with('?');
    let mut out = String::from("le");
    out.push_str(if is_one { "=" } else { "=~" });
    text(&mut out, if is_one { &values[0] } else { &pattern });
    out
}

/// As Prometheus prints a duration: whole weeks as weeks, otherwise days,
/// hours, minutes and seconds.
pub(super) fn window(out: &mut String, window: Window) {
    seconds(out, window.as_secs());
}

pub(super) fn seconds(out: &mut String, seconds: u64) {
    const UNITS: [(u64, char, bool); 6] = [
        (365 * 86_400, 'y', true),
        (7 * 86_400, 'w', true),
        (86_400, 'd', false),
        (3_600, 'h', false),
        (60, 'm', false),
        (1, 's', false),
    ];
    let mut rest = seconds;
    for (seconds, unit, only_whole) in UNITS {
        let count = rest / seconds;
        if count > 0 && (!only_whole || rest.is_multiple_of(seconds)) {
            let _ = write!(out, "{count}{unit}");
            rest -= count * seconds;
        }
    }
}

#[cfg(test)]
mod tests {
    use caxton_instrument::query::{Window, days, hours, minutes, seconds};

    fn written(window: Window) -> String {
        let mut out = String::new();
        super::window(&mut out, window);
        out
    }

    #[test]
    fn spans_of_time_are_those_of_prometheus() {
        let cases = [
            (seconds(30), "30s"),
            (seconds(90), "1m30s"),
            (minutes(60), "1h"),
            (hours(25), "1d1h"),
            (days(28), "4w"),
            (days(30), "30d"),
            (days(365), "1y"),
            (days(366), "366d"),
        ];
        for (window, text) in cases {
            assert_eq!(written(window), text);
        }
    }

    #[test]
    fn a_text_holds_no_variable() {
        let mut out = String::new();
        super::text_without_variables(&mut out, "${job} [[job]] \"");
        assert_eq!(out, r#""\x24{job} \x5b\x5bjob]] \"""#);
    }

    #[test]
    fn a_text_cannot_leave_its_quotes() {
        let mut out = String::new();
        super::text(&mut out, "a\"} or \\ vector(1)\n\u{1}");
        assert_eq!(out, r#""a\"} or \\ vector(1)\n\u0001""#);
    }
}
