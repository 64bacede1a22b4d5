//! Numbers, such that a reader parses the value that was written.

use std::fmt::Write as _;

/// The whole numbers below are exact in a float and short in digits.
const WHOLE: f64 = 1e15;

/// A count.
pub(super) fn integer(out: &mut String, value: u64) {
    out.push_str(itoa::Buffer::new().format(value));
}

/// A value, in the fewest digits that read as the same float.
pub(super) fn float(out: &mut String, value: f64) {
    if value.is_nan() {
        out.push_str("NaN");
    } else if value.is_infinite() {
        out.push_str(if value > 0.0 { "+Inf" } else { "-Inf" });
    } else if value.fract() == 0.0 && value.abs() < WHOLE {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and fits")]
        out.push_str(itoa::Buffer::new().format(value as i64));
    } else {
        out.push_str(zmij::Buffer::new().format_finite(value));
    }
}

/// A bucket bound as the Go client prints it in the text format, and other
/// clients after it: `0.1`, `1`, `2.5`, `1e+06`. Prometheus 2 compares the
/// label as text, so that another spelling would be another series.
pub(super) fn bound(out: &mut String, value: f64) {
    if value.is_infinite() {
        return float(out, value);
    }
    let start = out.len();
    // The shortest digits and the exponent: `-1.5e-7`. Writing to text cannot
    // fail.
    let _ = write!(out, "{value:e}");
    let split = out[start..].split_once('e');
    let Some((digits, Ok(exponent))) = split.map(|(d, e)| (d.len(), e.parse::<i32>())) else {
        return;
    };
    if (-4..6).contains(&exponent) {
        out.truncate(start);
        let _ = write!(out, "{value}");
    } else {
        out.truncate(start + digits);
        let sign = if exponent < 0 { '-' } else { '+' };
        let _ = write!(out, "e{sign}{:02}", exponent.unsigned_abs());
    }
}

/// The same in the
/// [canonical form](https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md#considerations-canonical-numbers)
/// of OpenMetrics: `1.0` for 1.
pub(super) fn canonical_bound(out: &mut String, value: f64) {
    let start = out.len();
    bound(out, value);
    if out[start..]
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'-')
    {
        out.push_str(".0");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: fn(&mut String, f64), value: f64) -> String {
        let mut text = String::new();
        write(&mut text, value);
        text
    }

    #[test]
    fn bounds_read_as_other_clients_print_them() {
        let cases = [
            (0.0, "0", "0.0"),
            (1.0, "1", "1.0"),
            (-1.0, "-1", "-1.0"),
            (0.1, "0.1", "0.1"),
            (2.5, "2.5", "2.5"),
            (0.000_1, "0.0001", "0.0001"),
            (0.000_01, "1e-05", "1e-05"),
            (100_000.0, "100000", "100000.0"),
            (1_000_000.0, "1e+06", "1e+06"),
            (1_048_576.0, "1.048576e+06", "1.048576e+06"),
            (1e10, "1e+10", "1e+10"),
            (1e100, "1e+100", "1e+100"),
            (f64::INFINITY, "+Inf", "+Inf"),
        ];
        for (value, text, canonical) in cases {
            assert_eq!(written(bound, value), text);
            assert_eq!(written(canonical_bound, value), canonical);
        }
    }

    #[test]
    fn values_read_as_they_were() {
        let cases = [
            0.0,
            -0.5,
            3.0,
            1e15,
            -1e15,
            9_007_199_254_740_993.0,
            0.1 + 0.2,
            1e-300,
            f64::MIN_POSITIVE,
            5e-324,
            f64::MAX,
            f64::MIN,
        ];
        for value in cases {
            let text = written(float, value);
            assert_eq!(text.parse::<f64>(), Ok(value), "{text}");
            assert!(text.len() < 26, "{text}");
        }
        assert_eq!(written(float, 3.0), "3");
        assert_eq!(written(float, f64::NAN), "NaN");
        assert_eq!(written(float, f64::NEG_INFINITY), "-Inf");
    }
}
