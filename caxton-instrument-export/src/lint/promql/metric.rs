//! What is known of a metric's series.

use std::borrow::Cow;

use caxton_instrument::{LabelValues, Location, MetricDescriptor, MetricKind, Unit};

use super::labels::Labels;

/// What the samples of a series are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Series {
    /// A count that only rises.
    Counter,
    /// A value that rises and falls.
    Gauge,
    /// Facts as labels of a 1.
    Info,
    /// The buckets of a classic histogram.
    Buckets,
    /// The sum of a histogram's samples.
    Sum,
    /// How many samples a histogram has.
    Count,
    /// A native histogram.
    Native,
    /// A classic histogram's name without a suffix: no series has it.
    Base,
    /// Anything.
    Unknown,
}

impl Series {
    /// Whether it only rises, so that a rate is asked of it.
    pub(super) const fn is_counted(self) -> bool {
        matches!(
            self,
            Self::Counter | Self::Buckets | Self::Sum | Self::Count | Self::Native
        )
    }

    pub(super) const fn is_gauge(self) -> bool {
        matches!(self, Self::Gauge | Self::Info)
    }
}

/// A metric that a selector names.
#[derive(Debug, Clone)]
pub(super) struct Metric<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) series: Series,
    /// `None` where nothing says so.
    pub(super) unit: Option<Unit>,
    pub(super) labels: Labels,
    /// The declaration in the catalog.
    pub(super) descriptor: Option<&'static MetricDescriptor>,
    /// Bucket bounds of a histogram.
    pub(super) bounds: Cow<'a, [f64]>,
}

impl Metric<'_> {
    pub(super) fn declared(&self) -> Option<Location> {
        self.descriptor.map(|it| it.location)
    }

    /// The values that a label can take, where they are declared.
    pub(super) fn values(&self, label: &str) -> Option<Vec<&'static str>> {
        let descriptor = self.descriptor?;
        let constant = descriptor
            .constant_labels
            .iter()
            .find(|(name, _)| *name == label);
        if let Some((_, value)) = constant {
            return Some(vec![value]);
        }
        let found = descriptor.labels.iter().find(|it| it.name == label)?;
        match found.values {
            LabelValues::Closed(values) => Some(values.to_vec()),
            _ => None,
        }
    }

    /// `counter`, `histogram`: what it is called in messages.
    pub(super) const fn word(&self) -> &'static str {
        match self.series {
            Series::Counter => "a counter",
            Series::Gauge => "a gauge",
            Series::Info => "an info metric",
            Series::Buckets => "a histogram's buckets",
            Series::Sum => "a histogram's sum",
            Series::Count => "a histogram's count",
            Series::Native | Series::Base => "a histogram",
            Series::Unknown => "a metric",
        }
    }
}

/// What the parts of a histogram are called, and what they are.
pub(super) const PARTS: [(&str, Series); 3] = [
    ("_bucket", Series::Buckets),
    ("_sum", Series::Sum),
    ("_count", Series::Count),
];

/// The series that a kind has under its own name.
pub(super) const fn series_of(kind: MetricKind, is_native: bool) -> Series {
    match kind {
        MetricKind::Counter => Series::Counter,
        MetricKind::Gauge => Series::Gauge,
        MetricKind::Info => Series::Info,
        MetricKind::Histogram if is_native => Series::Native,
        MetricKind::Histogram => Series::Base,
        _ => Series::Unknown,
    }
}

/// The unit that the name says, as the
/// [naming practice](https://prometheus.io/docs/practices/naming/#base-units) asks.
pub(super) fn unit_of(name: &str) -> Option<Unit> {
    let mut words = name.split('_').rev();
    words
        .by_ref()
        .find(|it| !matches!(*it, "total" | "sum" | "bucket" | "created"))
        .and_then(|word| Unit::SUFFIXED.into_iter().find(|it| it.suffix() == word))
}
