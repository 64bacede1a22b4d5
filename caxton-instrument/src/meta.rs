//! What the facade says about itself.

use std::sync::{Arc, OnceLock};

use crate::handle::{Counter, Gauge};
use crate::label::Text;
use crate::scope::Scope;
use crate::{LabelSet, LabelValue, MetricSet};

/// The module that declares them.
pub(crate) const MODULE: &str = module_path!();

/// Why a sample was not recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = crate)]
pub enum DropReason {
    /// Not a number, or infinite.
    NonFinite,
    /// An amount below zero for a counter, which only rises.
    Negative,
    /// A label value outside its own list of values.
    UnknownLabelValue,
    /// A duration for a histogram that is not in seconds.
    UnitMismatch,
}

/// Why what came through the `metrics` macros was not taken as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, LabelValue)]
#[label(crate = crate)]
pub enum RefusalReason {
    /// The name is that of a metric of another type.
    OtherType,
    /// The metric is declared, without these labels or values.
    OtherLabels,
    /// The series would be past the bound of what is not declared.
    TooManySeries,
    /// There is no memory for another series.
    NoCells,
    /// The metric has another help text. It stays; its series are recorded.
    OtherHelp,
    /// The series are recorded, but no exposition shows them: a name that they
    /// would be written by is taken.
    NameTaken,
}

/// The metric that a statement is about.
#[derive(LabelSet)]
#[label_set(crate = crate)]
pub struct AboutMetric {
    /// The metric's name.
    #[label(max_values = 10_000)]
    pub metric: Text,
}

/// A sample that was not recorded.
#[derive(LabelSet)]
#[label_set(crate = crate)]
pub struct DroppedSample {
    /// The metric's name.
    #[label(max_values = 10_000)]
    pub metric: Text,
    /// Why.
    pub reason: DropReason,
}

/// What was refused of what other crates emit.
#[derive(LabelSet)]
#[label_set(crate = crate)]
pub struct RefusedRegistration {
    /// Why.
    pub reason: RefusalReason,
}

/// The facade's metrics about the metrics of a program.
#[derive(MetricSet)]
#[metric_set(namespace = "caxton", subsystem = "instrument", crate = crate)]
pub struct MetaMetrics {
    /// Series that a metric has at present.
    #[metric(max_series = 10_000)]
    pub series_live: Gauge<AboutMetric>,
    /// Look-ups of a series whose label value had no place any more and reads `_overflow`.
    #[metric(max_series = 10_000)]
    pub series_overflowed: Counter<AboutMetric>,
    /// Samples that were not recorded, because they are no finite number, would lower a counter, or name no series.
    #[metric(max_series = 40_000)]
    pub samples_dropped: Counter<DroppedSample>,
    /// Registrations and help texts that the recorder refused, and metrics that the exposition left out.
    pub registrations_refused: Counter<RefusedRegistration>,
}

pub(crate) struct Meta(MetaMetrics);

impl Meta {
    pub(crate) fn new(scope: &Scope) -> Self {
        Self(MetaMetrics::build(scope))
    }

    pub(crate) fn global() -> Arc<Self> {
        static GLOBAL: OnceLock<Arc<Meta>> = OnceLock::new();
        Arc::clone(GLOBAL.get_or_init(|| Arc::new(Self::new(&Scope::global_unmeasured()))))
    }

    pub(crate) fn live(&self, metric: &'static str, change: i64) {
        self.0.series_live.at(&AboutMetric::of(metric)).add(change);
    }

    pub(crate) fn overflowed(&self, metric: &'static str) {
        self.0
            .series_overflowed
            .at(&AboutMetric::of(metric))
            .increment(1);
    }

    pub(crate) fn dropped(&self, metric: &'static str, reason: DropReason) {
        self.0
            .samples_dropped
            .at(&DroppedSample::of(metric, reason))
            .increment(1);
    }
}
