//! How a bucket bound is spelled, in the exposition and on the catalog's pages.

use std::fmt::Write as _;

/// A bucket bound as the Go client prints it in the text format, and other
/// clients after it: `0.1`, `1`, `2.5`, `1e+06`. Prometheus 2 compares the
/// label as text, so that another spelling would be another series.
pub(crate) fn write(out: &mut String, value: f64) {
    if value.is_infinite() {
        out.push_str(if value > 0.0 { "+Inf" } else { "-Inf" });
        return;
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
