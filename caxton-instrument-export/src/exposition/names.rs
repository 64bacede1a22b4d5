//! The names that a family writes. Those of OpenMetrics contain those of the
//! text format, where a family is called by its full name.

use caxton_instrument::{MetricKind, Unit};

/// How a family is written in OpenMetrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Names<'a> {
    /// The family's name: without `_total`, without `_info`.
    pub(super) family: &'a str,
    /// The type in `# TYPE`.
    pub(super) kind: &'static str,
    /// What its samples append to the family's name.
    pub(super) suffixes: &'static [&'static str],
}

impl<'a> Names<'a> {
    pub(super) fn of(name: &'a str, kind: MetricKind) -> Self {
        let without = |suffix| name.strip_suffix(suffix).filter(|base| !base.is_empty());
        let (family, kind, suffixes): (_, _, &[_]) = match kind {
            MetricKind::Counter => match without("_total") {
                Some(base) => (base, "counter", &["_total", "_created"]),
                // Of another crate: OpenMetrics has no such counter, and with
                // `_total` it would be another series than in the text format.
                None => (name, "unknown", &[""]),
            },
            MetricKind::Gauge => (name, "gauge", &[""]),
            MetricKind::Histogram => (
                name,
                "histogram",
                &["_bucket", "_sum", "_count", "_created"],
            ),
            MetricKind::Info => match without("_info") {
                Some(base) => (base, "info", &["_info"]),
                None => (name, "gauge", &[""]),
            },
            _ => (name, "unknown", &[""]),
        };
        Self {
            family,
            kind,
            suffixes,
        }
    }

    /// The unit, which readers want to see at the end of the name, where a
    /// metric may be allowed not to have it.
    pub(super) fn unit(self, unit: Unit) -> Option<&'static str> {
        let suffix = unit.suffix();
        let before = self.family.strip_suffix(suffix)?;
        (unit != Unit::None && before.ends_with('_')).then_some(suffix)
    }

    /// The family's own name and those of its samples.
    pub(super) fn all(self) -> impl Iterator<Item = (&'a str, &'static str)> {
        let samples = self.suffixes.iter().filter(|suffix| !suffix.is_empty());
        std::iter::once((self.family, "")).chain(samples.map(move |suffix| (self.family, *suffix)))
    }
}
