//! What a declaration says, as constant data.
//!
//! The derives build these values in `const` context, the catalog sorts and
//! checks them, and everything generated is a function of them.

use core::fmt;

use crate::native::NativeBuckets;
use crate::rules::Rule;
use crate::unit::Unit;

/// The default bound on the series of one metric.
pub const DEFAULT_MAX_SERIES: u64 = 1_000;

/// The bound on the series of all metrics of a process together.
pub const MAX_PROCESS_SERIES: u64 = 100_000;

/// Bucket bounds of a histogram in seconds that states none, those of the
/// Prometheus client libraries.
pub const DEFAULT_SECONDS_BUCKETS: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// The type of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum MetricKind {
    /// Counts events; only rises.
    Counter,
    /// A value that rises and falls.
    Gauge,
    /// A distribution of samples over bucket bounds.
    Histogram,
    /// Facts about the process as labels of a gauge that is always 1.
    Info,
}

impl MetricKind {
    /// The type's name in an exposition and in messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Info => "info",
        }
    }
}

impl fmt::Display for MetricKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where a declaration stands in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Location {
    /// The crate's package name.
    pub krate: &'static str,
    /// The crate's package version.
    pub version: &'static str,
    /// The module path.
    pub module: &'static str,
    /// The source file, as `file!()` gives it.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

impl Location {
    /// A place in the source of a crate.
    #[must_use]
    pub const fn new(
        file: &'static str,
        line: u32,
        column: u32,
        module: &'static str,
        krate: &'static str,
        version: &'static str,
    ) -> Self {
        Self {
            krate,
            version,
            module,
            file,
            line,
            column,
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{} ({} {})",
            self.file, self.line, self.krate, self.version
        )
    }
}

/// How far a metric's name and labels can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Stability {
    /// May change or vanish in any release.
    Experimental,
    /// Changes only with a major release.
    #[default]
    Stable,
    /// Will be removed.
    Deprecated {
        /// The version that deprecated it.
        since: &'static str,
        /// What to use instead.
        note: &'static str,
    },
}

/// An older name that a metric takes the place of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Replaced {
    /// The older name.
    pub name: &'static str,
    /// Why it was replaced; empty when not stated.
    pub reason: &'static str,
}

impl Replaced {
    /// An older name and the reason, which may be empty.
    #[must_use]
    pub const fn new(name: &'static str, reason: &'static str) -> Self {
        Self { name, reason }
    }
}

/// A naming rule that one declaration is allowed to break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Allowance {
    /// The rule.
    pub rule: Rule,
    /// Why this declaration may break it.
    pub reason: &'static str,
}

impl Allowance {
    /// A rule and the reason to break it.
    #[must_use]
    pub const fn new(rule: Rule, reason: &'static str) -> Self {
        Self { rule, reason }
    }
}

/// The values a label can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LabelValues {
    /// A set known at compile time.
    Closed(&'static [&'static str]),
    /// Any text, up to a number of distinct values; what exceeds it reads
    /// [`OVERFLOW`](crate::OVERFLOW).
    Open {
        /// The number of distinct values.
        max_values: u32,
    },
}

impl LabelValues {
    /// How many values the label can take, the overflow value not counted.
    #[must_use]
    pub const fn bound(self) -> u64 {
        match self {
            Self::Closed(values) => values.len() as u64,
            Self::Open { max_values } => max_values as u64,
        }
    }
}

/// One label of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct LabelDescriptor {
    /// The label's name.
    pub name: &'static str,
    /// What it means, from the doc comment; may be empty.
    pub help: &'static str,
    /// The values it can take.
    pub values: LabelValues,
    /// The rules it may break.
    pub allowed: &'static [Allowance],
}

impl LabelDescriptor {
    /// A label whose values are known at compile time.
    #[must_use]
    pub const fn closed(name: &'static str, values: &'static [&'static str]) -> Self {
        Self {
            name,
            help: "",
            values: LabelValues::Closed(values),
            allowed: &[],
        }
    }

    /// A label that takes any text, up to `max_values` distinct values.
    #[must_use]
    pub const fn open(name: &'static str, max_values: u32) -> Self {
        Self {
            name,
            help: "",
            values: LabelValues::Open { max_values },
            allowed: &[],
        }
    }

    /// States what the label means.
    #[must_use]
    pub const fn with_help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    /// States the rules that the label may break.
    #[must_use]
    pub const fn with_allowed(mut self, allowed: &'static [Allowance]) -> Self {
        self.allowed = allowed;
        self
    }

    /// Replaces an open label's bound; a closed label stays as it is.
    #[must_use]
    pub const fn with_max_values(mut self, max_values: u32) -> Self {
        if matches!(self.values, LabelValues::Open { .. }) {
            self.values = LabelValues::Open { max_values };
        }
        self
    }
}

/// One metric, as declared.
///
/// ```
/// use caxton_instrument::prelude::*;
///
/// /// Documents.
/// #[derive(MetricSet)]
/// #[metric_set(namespace = "shop")]
/// struct Shop {
///     /// Orders taken.
///     orders: Counter,
/// }
///
/// let orders = Shop::ORDERS.descriptor();
/// assert_eq!(orders.name, "shop_orders_total");
/// assert_eq!(orders.help, "Orders taken.");
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct MetricDescriptor {
    /// The full name, as it is exposed.
    pub name: &'static str,
    /// The type.
    pub kind: MetricKind,
    /// Whether a counter counts fractions, as a
    /// [`FloatCounter`](crate::FloatCounter) does.
    pub fractional: bool,
    /// The unit of its samples.
    pub unit: Unit,
    /// The help text, from the doc comment.
    pub help: &'static str,
    /// The set's namespace, the name's first word.
    pub namespace: &'static str,
    /// The field's name in the set.
    pub field: &'static str,
    /// Labels that vary between series, in declared order.
    pub labels: &'static [LabelDescriptor],
    /// Labels with one value, on every series.
    pub constant_labels: &'static [(&'static str, &'static str)],
    /// Bucket bounds of a histogram, rising; the last one, `+Inf`, is implied.
    /// Of a native histogram, those of its classic view.
    pub buckets: &'static [f64],
    /// The buckets of a native histogram; `None` for every other metric.
    pub native: Option<NativeBuckets>,
    /// The stated bound on the number of series.
    pub max_series: u64,
    /// How far it can be relied on.
    pub stability: Stability,
    /// Older names that it takes the place of.
    pub replaces: &'static [Replaced],
    /// The rules it may break, with reasons.
    pub allowed: &'static [Allowance],
    /// Where it is declared.
    pub location: Location,
}

impl MetricDescriptor {
    /// A metric without labels, unit or help.
    #[must_use]
    pub const fn new(kind: MetricKind, name: &'static str, location: Location) -> Self {
        Self {
            name,
            kind,
            fractional: false,
            unit: Unit::None,
            help: "",
            namespace: "",
            field: "",
            labels: &[],
            constant_labels: &[],
            buckets: &[],
            native: None,
            max_series: DEFAULT_MAX_SERIES,
            stability: Stability::Stable,
            replaces: &[],
            allowed: &[],
            location,
        }
    }

    /// States the help text.
    #[must_use]
    pub const fn with_help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    /// States the unit.
    #[must_use]
    pub const fn with_unit(mut self, unit: Unit) -> Self {
        self.unit = unit;
        self
    }

    /// Makes it a counter of fractions.
    #[must_use]
    pub const fn with_fractions(mut self) -> Self {
        self.fractional = true;
        self
    }

    /// States the namespace.
    #[must_use]
    pub const fn with_namespace(mut self, namespace: &'static str) -> Self {
        self.namespace = namespace;
        self
    }

    /// States the field that declares it.
    #[must_use]
    pub const fn with_field(mut self, field: &'static str) -> Self {
        self.field = field;
        self
    }

    /// States the labels.
    #[must_use]
    pub const fn with_labels(mut self, labels: &'static [LabelDescriptor]) -> Self {
        self.labels = labels;
        self
    }

    /// States the constant labels.
    #[must_use]
    pub const fn with_constant_labels(
        mut self,
        labels: &'static [(&'static str, &'static str)],
    ) -> Self {
        self.constant_labels = labels;
        self
    }

    /// States the bucket bounds.
    #[must_use]
    pub const fn with_buckets(mut self, buckets: &'static [f64]) -> Self {
        self.buckets = buckets;
        self
    }

    /// Makes it a native histogram, with the bounds of its classic view.
    ///
    /// ```
    /// use caxton_instrument::{Location, MetricDescriptor, MetricKind, NativeBuckets, Unit};
    ///
    /// const SIZE: MetricDescriptor = MetricDescriptor::new(
    ///     MetricKind::Histogram,
    ///     "mailer_message_size_bytes",
    ///     Location::new(file!(), line!(), column!(), module_path!(), "mailer", "1.0.0"),
    /// )
    /// .with_unit(Unit::Bytes)
    /// .with_native(NativeBuckets::of(Unit::Bytes));
    ///
    /// assert_eq!(SIZE.buckets[..3], [1.0, 4.0, 16.0]);
    /// ```
    #[must_use]
    pub const fn with_native(mut self, native: NativeBuckets) -> Self {
        self.native = Some(native);
        self.buckets = native.classic_bounds();
        self
    }

    /// States the bound on the number of series.
    #[must_use]
    pub const fn with_max_series(mut self, max_series: u64) -> Self {
        self.max_series = max_series;
        self
    }

    /// States the stability.
    #[must_use]
    pub const fn with_stability(mut self, stability: Stability) -> Self {
        self.stability = stability;
        self
    }

    /// States the older names.
    #[must_use]
    pub const fn with_replaces(mut self, replaces: &'static [Replaced]) -> Self {
        self.replaces = replaces;
        self
    }

    /// States the rules that the metric may break.
    #[must_use]
    pub const fn with_allowed(mut self, allowed: &'static [Allowance]) -> Self {
        self.allowed = allowed;
        self
    }

    /// The bounds of a histogram's cells in our own recorder: its bounds, or
    /// every boundary of a native one.
    pub(crate) const fn cell_bounds(&self) -> &'static [f64] {
        match self.native {
            Some(native) => native.boundaries(),
            None => self.buckets,
        }
    }

    /// The largest number of series that its labels allow: the product of
    /// their bounds. A histogram counts one for each label tuple.
    #[must_use]
    pub const fn series_bound(&self) -> u64 {
        let mut product = 1u64;
        let mut i = 0;
        while i < self.labels.len() {
            product = product.saturating_mul(self.labels[i].values.bound());
            i += 1;
        }
        product
    }

    /// Whether the declaration may break `rule`.
    #[must_use]
    pub const fn allows(&self, rule: Rule) -> bool {
        allows(self.allowed, rule)
    }
}

pub(crate) const fn allows(allowed: &[Allowance], rule: Rule) -> bool {
    let mut i = 0;
    while i < allowed.len() {
        if allowed[i].rule as u8 == rule as u8 {
            return true;
        }
        i += 1;
    }
    false
}

/// One set of metrics, as declared.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct SetDescriptor {
    /// The Rust type's name.
    pub name: &'static str,
    /// What the set is about, from the doc comment.
    pub help: &'static str,
    /// The first word of every name.
    pub namespace: &'static str,
    /// The metrics, in declared order.
    pub metrics: &'static [&'static MetricDescriptor],
    /// Where it is declared.
    pub location: Location,
}

impl SetDescriptor {
    /// A set without metrics.
    #[must_use]
    pub const fn new(name: &'static str, location: Location) -> Self {
        Self {
            name,
            help: "",
            namespace: "",
            metrics: &[],
            location,
        }
    }

    /// States what the set is about.
    #[must_use]
    pub const fn with_help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    /// States the namespace.
    #[must_use]
    pub const fn with_namespace(mut self, namespace: &'static str) -> Self {
        self.namespace = namespace;
        self
    }

    /// States the metrics.
    #[must_use]
    pub const fn with_metrics(mut self, metrics: &'static [&'static MetricDescriptor]) -> Self {
        self.metrics = metrics;
        self
    }
}

/// How an annotated function names its agent type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum AgentType {
    /// One value, known at compile time.
    Literal(&'static str),
    /// An expression, bounded by the set's label.
    Open,
}

/// One function annotated with `#[instrument_agent]`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct OperationDescriptor {
    /// The `agent_type` label.
    pub agent_type: AgentType,
    /// The `operation` label.
    pub operation: &'static str,
    /// The span's name; empty when it opens none.
    pub span: &'static str,
    /// Whether the function is asynchronous.
    pub is_async: bool,
    /// The set that its executions are recorded in.
    pub set: &'static SetDescriptor,
    /// Where the function stands.
    pub location: Location,
}

impl OperationDescriptor {
    /// An annotated function.
    #[must_use]
    pub const fn new(
        agent_type: AgentType,
        operation: &'static str,
        span: &'static str,
        is_async: bool,
        set: &'static SetDescriptor,
        location: Location,
    ) -> Self {
        Self {
            agent_type,
            operation,
            span,
            is_async,
            set,
            location,
        }
    }
}
