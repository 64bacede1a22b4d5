//! Numbers, such that a reader parses the value that was written.

use std::time::{SystemTime, UNIX_EPOCH};

pub(super) use crate::bound::write as bound;

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

/// A bucket bound in the
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

/// A moment in seconds since 1970, to the millisecond, as Prometheus keeps it.
pub(super) fn moment(out: &mut String, moment: SystemTime) {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    integer(out, since.as_secs());
    let millis = since.subsec_millis();
    out.push('.');
    for digit in [millis / 100, millis / 10 % 10, millis % 10] {
        out.push(char::from_digit(digit, 10).unwrap_or('0'));
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
