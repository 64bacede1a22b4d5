//! The expression as data, which a writer turns into PromQL.

use super::window::Window;
use crate::descriptor::MetricDescriptor;

/// An expression of [PromQL](https://prometheus.io/docs/prometheus/3.5/querying/basics/),
/// as far as queries make them.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Expr {
    /// A number.
    Number(f64),
    /// Series of a metric.
    Series {
        /// The metric.
        metric: &'static MetricDescriptor,
        /// Which of its series.
        part: Part,
        /// Only those with these labels.
        matching: Vec<Selection>,
        /// All samples of the last time, instead of the last one.
        over: Option<Window>,
    },
    /// A function of an expression, with numbers before or behind it.
    Call(Call, Box<Expr>),
    /// One value for all series that have these labels alike.
    Aggregate {
        /// How.
        how: Aggregate,
        /// By which labels.
        by: Vec<&'static str>,
        /// What.
        of: Box<Expr>,
    },
    /// Two expressions by the same labels.
    Arithmetic(Box<Expr>, Arithmetic, Box<Expr>),
    /// Those values that compare so.
    Compare(Box<Expr>, Comparison, Box<Expr>),
    /// Two answers: those of both, of one or the other, of one without the
    /// other.
    Logic(Box<Expr>, Logic, Box<Expr>),
    /// One answer, without labels, where an expression without labels has none.
    Absent(Box<Expr>),
}

impl Expr {
    /// Calls `with` with each metric that is asked, once for each time.
    pub fn each_metric(&self, with: &mut impl FnMut(&'static MetricDescriptor)) {
        match self {
            Self::Number(_) => {}
            Self::Series { metric, .. } => with(metric),
            Self::Call(_, of) | Self::Aggregate { of, .. } | Self::Absent(of) => {
                of.each_metric(with);
            }
            Self::Arithmetic(left, _, right)
            | Self::Compare(left, _, right)
            | Self::Logic(left, _, right) => {
                left.each_metric(with);
                right.each_metric(with);
            }
        }
    }

    /// Calls `with` with each label that answers are grouped by and each one that
    /// series are selected by, `le` of buckets, `job` and `instance` among them.
    pub fn each_label(&self, with: &mut impl FnMut(&'static str)) {
        match self {
            Self::Number(_) => {}
            Self::Series { matching, .. } => matching.iter().for_each(|it| with(it.label)),
            Self::Call(_, of) | Self::Absent(of) => of.each_label(with),
            Self::Aggregate { by, of, .. } => {
                for label in by {
                    with(label);
                }
                of.each_label(with);
            }
            Self::Arithmetic(left, _, right)
            | Self::Compare(left, _, right)
            | Self::Logic(left, _, right) => {
                left.each_label(with);
                right.each_label(with);
            }
        }
    }
}

/// Which series of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// The values of a counter or gauge.
    Value,
    /// A histogram's buckets.
    Buckets,
    /// A histogram's bucket up to a bound.
    BucketUpTo(Bound),
    /// How many samples a histogram has.
    Count,
    /// The sum of a histogram's samples.
    Sum,
    /// A native histogram, whole.
    Native,
}

/// A bucket bound, which compares by its bits.
#[derive(Debug, Clone, Copy)]
pub struct Bound(f64);

impl Bound {
    pub(super) const fn new(bound: f64) -> Self {
        Self(bound)
    }

    /// The bound.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl PartialEq for Bound {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Bound {}

/// A label compared with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// The label's name.
    pub label: &'static str,
    /// How.
    pub test: Test,
}

/// How a label is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Test {
    /// It has this value.
    Is(String),
    /// It has another value.
    IsNot(String),
    /// It has one of these values.
    IsOneOf(Vec<String>),
    /// It has none of these values.
    IsNoneOf(Vec<String>),
}

/// A function.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs)] // the functions of PromQL, by their names
pub enum Call {
    Rate,
    Increase,
    Delta,
    MaxOverTime,
    MinOverTime,
    AvgOverTime,
    /// So many seconds from now.
    PredictLinear(f64),
    /// The quantile, between 0 and 1.
    HistogramQuantile(f64),
    /// The share of samples up to a bound.
    HistogramFraction(Bound),
    HistogramAvg,
    HistogramCount,
}

/// An aggregation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)] // the operators of PromQL, by their names
pub enum Aggregate {
    Sum,
    Max,
    Min,
    Avg,
}

/// An arithmetic operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)] // what they are called
pub enum Arithmetic {
    Plus,
    Minus,
    Times,
    DividedBy,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)] // what they are called
pub enum Comparison {
    Above,
    AtLeast,
    Below,
    AtMost,
}

/// A logical operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)] // the operators of PromQL, by their names
pub enum Logic {
    And,
    Or,
    Unless,
}
