//! Numbers with their units, as people write them.

use std::fmt;
use std::sync::LazyLock;

use regex::Regex;

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Ratio,
    Seconds,
    Bytes,
    PerSecond,
    Count,
}

/// A bound: above or below it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Figure {
    pub(super) value: f64,
    pub(super) unit: Unit,
    /// `None`: it is only said that it is a limit.
    pub(super) above: Option<bool>,
}

impl Figure {
    /// The first bound of a text: `< 0.1%`, `>10%`, `< 500ms`, `> 1000/s`; what is in
    /// front of it, and the figure.
    pub(super) fn find(text: &str) -> Option<(usize, Self)> {
        static SHAPE: LazyLock<Option<Regex>> = LazyLock::new(|| {
            Regex::new(
                r"(?i)(>=|<=|>|<|≥|≤|\babove|\bbelow|\bunder|\bover|\bexceeds?|\bmore than|\bless than)\s*([0-9][0-9_,]*(?:\.[0-9]+)?)\s*(%|percent|ms\b|milliseconds?|seconds?|secs?|s\b|minutes?|min\b|kib|kb|mib|mb|gib|gb|/s\b|/sec|rps\b|per second)?",
            )
            .ok()
        });
        let found = SHAPE.as_ref()?.captures(text)?;
        let comparison = found.get(1)?.as_str().to_lowercase();
        let number: f64 = found
            .get(2)?
            .as_str()
            .replace([',', '_'], "")
            .parse()
            .ok()?;
        let unit = found
            .get(3)
            .map_or(String::new(), |it| it.as_str().to_lowercase());
        let (factor, unit) = match unit.as_str() {
            "%" | "percent" => (0.01, Unit::Ratio),
            "ms" => (0.001, Unit::Seconds),
            "kib" | "kb" => (1024.0, Unit::Bytes),
            "mib" | "mb" => (1_048_576.0, Unit::Bytes),
            "gib" | "gb" => (1_073_741_824.0, Unit::Bytes),
            "/s" | "/sec" | "rps" | "per second" => (1.0, Unit::PerSecond),
            "" => (1.0, Unit::Count),
            it if it.starts_with("milli") => (0.001, Unit::Seconds),
            it if it.starts_with("min") => (60.0, Unit::Seconds),
            _ => (1.0, Unit::Seconds),
        };
        let is_above = comparison.starts_with(['>', '≥'])
            || ["above", "over", "exceed", "more"]
                .iter()
                .any(|it| comparison.starts_with(it));
        let figure = Self {
            value: number * factor,
            unit,
            above: Some(is_above),
        };
        Some((found.get(0)?.start(), figure))
    }

    pub(super) fn is_of(&self, other: &Self) -> bool {
        self.unit == other.unit
    }

    pub(super) fn has_direction_of(&self, other: &Self) -> bool {
        self.above == other.above
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        (self.value - other.value).abs() <= 1e-9 * self.value.abs().max(other.value.abs())
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Ten digits are more than anybody writes.
        let rounded = |value: f64| (value * 1e10).round() / 1e10;
        match self.unit {
            Unit::Ratio => write!(f, "{} %", rounded(self.value * 100.0)),
            Unit::Seconds => write!(f, "{} s", rounded(self.value)),
            Unit::Bytes => write!(f, "{} bytes", self.value),
            Unit::PerSecond => write!(f, "{}/s", rounded(self.value)),
            Unit::Count => write!(f, "{}", rounded(self.value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_read_as_people_write_them() {
        let read = |text| Figure::find(text).map(|(_, it)| (it.value, it.unit, it.above));
        assert_eq!(read("< 0.1%"), Some((0.001, Unit::Ratio, Some(false))));
        assert_eq!(
            read(">10% over 5 minutes"),
            Some((0.1, Unit::Ratio, Some(true)))
        );
        assert_eq!(read("< 500ms"), Some((0.5, Unit::Seconds, Some(false))));
        assert_eq!(
            read("> 1,000/s"),
            Some((1000.0, Unit::PerSecond, Some(true)))
        );
        assert_eq!(
            read("depth > 5000: add workers"),
            Some((5000.0, Unit::Count, Some(true)))
        );
        assert_eq!(read("99.9%"), None);
    }
}
