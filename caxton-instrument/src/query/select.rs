//! What a counter, a gauge and a histogram can be asked.

use super::algebra::{Node, Query};
use super::dimension::Dimension;
use super::expr::{Aggregate, Arithmetic, Bound, Call, Expr, Part, Selection};
use super::matcher::{Filter, Matcher, Value};
use super::names::Names;
use super::window::Window;
use crate::descriptor::MetricDescriptor;
use crate::handle::{Counter, FloatCounter, Gauge, Histogram};
use crate::label::LabelSet;
use crate::metric::{Metric, MetricRef};

/// A filter with one more matcher.
type Narrowed<F, L, C> = (F, Matcher<L, C>);

/// # For queries
impl<M: Metric, F: Filter> MetricRef<M, F> {
    /// Only the series that a label selects; again for more labels.
    #[must_use]
    pub const fn matching<C: Value>(
        self,
        matcher: Matcher<M::Labels, C>,
    ) -> MetricRef<M, Narrowed<F, M::Labels, C>> {
        MetricRef::selecting(self.descriptor(), (self.filter(), matcher))
    }

    const fn series(self) -> Series<F> {
        Series {
            metric: self.descriptor(),
            filter: self.filter(),
        }
    }
}

macro_rules! counters {
    ($($(#[$doc:meta])* $counter:ident,)+) => {$(
        $(#[$doc])*
        impl<L: LabelSet, F: Filter> MetricRef<$counter<L>, F> {
            /// How many a second, on average over a window.
            #[must_use]
            pub const fn rate(self, over: Window) -> Query<Ranged<F>, L> {
                let node = self.series().over(over, Call::Rate, Aggregate::Sum);
                asked(node, Dimension::of(self.unit()).per_second())
            }

            /// How many within a window.
            #[must_use]
            pub const fn increase(self, over: Window) -> Query<Ranged<F>, L> {
                let node = self.series().over(over, Call::Increase, Aggregate::Sum);
                asked(node, Dimension::of(self.unit()))
            }

            /// The share of those that a label selects among all: between 0 and 1,
            /// and nothing when there are none at all.
            #[must_use]
            pub const fn share<C: Value>(
                self,
                matcher: Matcher<L, C>,
                over: Window,
            ) -> Query<Share<F, Narrowed<F, L, C>>, L> {
                let node = Share {
                    some: self.matching(matcher).series(),
                    all: self.series(),
                    over,
                };
                asked(node, Dimension::RATIO)
            }
        }
    )+};
}

counters! {
    /// # For queries: a counter
    Counter,
    /// # For queries: a counter of fractions
    FloatCounter,
}

/// # For queries: a gauge
impl<L: LabelSet, F: Filter> MetricRef<Gauge<L>, F> {
    const fn now(self, how: Aggregate) -> Query<Now<F>, L> {
        let node = Now {
            series: self.series(),
            how,
        };
        asked(node, Dimension::of(self.unit()))
    }

    const fn ranged(self, over: Window, call: Call, how: Aggregate) -> Query<Ranged<F>, L> {
        let node = self.series().over(over, call, how);
        asked(node, Dimension::of(self.unit()))
    }

    /// The values of all series together.
    #[must_use]
    pub const fn sum(self) -> Query<Now<F>, L> {
        self.now(Aggregate::Sum)
    }

    /// The highest value of a series.
    #[must_use]
    pub const fn max(self) -> Query<Now<F>, L> {
        self.now(Aggregate::Max)
    }

    /// The lowest value of a series.
    #[must_use]
    pub const fn min(self) -> Query<Now<F>, L> {
        self.now(Aggregate::Min)
    }

    /// The average over the series.
    #[must_use]
    pub const fn average(self) -> Query<Now<F>, L> {
        self.now(Aggregate::Avg)
    }

    /// The highest value within a window.
    #[must_use]
    pub const fn max_over(self, window: Window) -> Query<Ranged<F>, L> {
        self.ranged(window, Call::MaxOverTime, Aggregate::Max)
    }

    /// The lowest value within a window.
    #[must_use]
    pub const fn min_over(self, window: Window) -> Query<Ranged<F>, L> {
        self.ranged(window, Call::MinOverTime, Aggregate::Min)
    }

    /// The average over the series and a window.
    #[must_use]
    pub const fn average_over(self, window: Window) -> Query<Ranged<F>, L> {
        self.ranged(window, Call::AvgOverTime, Aggregate::Avg)
    }

    /// By how much all series together changed within a window.
    #[must_use]
    pub const fn delta(self, over: Window) -> Query<Ranged<F>, L> {
        self.ranged(over, Call::Delta, Aggregate::Sum)
    }

    /// What all series together will be after a time, if they go on as they
    /// did within a window.
    #[must_use]
    pub const fn predicted(self, after: Window, from: Window) -> Query<Ranged<F>, L> {
        let call = Call::PredictLinear(after.as_secs() as f64);
        self.ranged(from, call, Aggregate::Sum)
    }
}

/// # For queries: a histogram
impl<L: LabelSet, F: Filter> MetricRef<Histogram<L>, F> {
    /// The value that a share of the samples of a window stays at or below:
    /// `quantile(0.99, ..)` is the slowest of a hundred.
    ///
    /// Within a bucket it is interpolated, and it is never above the highest
    /// bound: to compare with a limit use [`share_at_most`](Self::share_at_most),
    /// which is exact.
    ///
    /// # Panics
    ///
    /// When it is not between 0 and 1, which in a constant does not compile.
    #[must_use]
    #[track_caller]
    pub const fn quantile(self, quantile: f64, over: Window) -> Query<Quantile<F>, L> {
        assert!(
            quantile > 0.0 && quantile < 1.0,
            "a quantile is between 0 and 1: of 99 % write 0.99"
        );
        let node = Quantile {
            series: self.series(),
            share: quantile,
            over,
        };
        asked(node, Dimension::of(self.unit()))
    }

    /// The average of the samples of a window.
    #[must_use]
    pub const fn average(self, over: Window) -> Query<Average<F>, L> {
        let node = Average {
            series: self.series(),
            over,
        };
        asked(node, Dimension::of(self.unit()))
    }

    /// How many samples a second.
    #[must_use]
    pub const fn observations(self, over: Window) -> Query<Observations<F>, L> {
        let node = Observations {
            series: self.series(),
            over,
        };
        asked(node, Dimension::COUNT.per_second())
    }

    /// The share of a window's samples that are at most a bucket bound.
    ///
    /// # Panics
    ///
    /// When the bound is none of the histogram's, which in a constant does not
    /// compile.
    #[must_use]
    #[track_caller]
    pub const fn share_at_most(self, bound: f64, over: Window) -> Query<AtMost<F>, L> {
        let node = self.at_most(bound, over, false);
        asked(node, Dimension::RATIO)
    }

    /// The share of a window's samples that are above a bucket bound.
    ///
    /// # Panics
    ///
    /// When the bound is none of the histogram's, which in a constant does not
    /// compile.
    #[must_use]
    #[track_caller]
    pub const fn share_above(self, bound: f64, over: Window) -> Query<AtMost<F>, L> {
        let node = self.at_most(bound, over, true);
        asked(node, Dimension::RATIO)
    }

    #[track_caller]
    const fn at_most(self, bound: f64, over: Window, rest: bool) -> AtMost<F> {
        let bounds = self.bounds();
        let mut is_bound = false;
        let mut at = 0;
        while at < bounds.len() {
            is_bound |= bounds[at] == bound;
            at += 1;
        }
        assert!(
            is_bound,
            "this is no bucket bound of the histogram, and what lies between two bounds cannot be \
             told: name one of its `buckets`, or add this one to them"
        );
        AtMost {
            series: self.series(),
            bound: Bound::new(bound),
            over,
            rest,
        }
    }
}

/// A question whose answer can be grouped by the labels of `L`.
const fn asked<N: Copy, L: LabelSet>(node: N, dimension: Dimension) -> Query<N, L> {
    Query::new(node, dimension, Names::of(L::LABELS))
}

/// The series of a metric.
#[derive(Debug, Clone, Copy)]
struct Series<F> {
    metric: &'static MetricDescriptor,
    filter: F,
}

impl<F: Filter> Series<F> {
    const fn over(self, window: Window, call: Call, how: Aggregate) -> Ranged<F> {
        Ranged {
            series: self,
            window,
            call,
            how,
        }
    }

    fn matching(&self) -> Vec<Selection> {
        let mut out = Vec::new();
        self.filter.push(&mut out);
        out
    }

    fn expr(&self, part: Part, over: Option<Window>) -> Expr {
        Expr::Series {
            metric: self.metric,
            part,
            matching: self.matching(),
            over,
        }
    }

    /// The rate of a part, added up.
    fn rate(&self, part: Part, over: Window, by: &[&'static str]) -> Expr {
        let rate = Expr::Call(Call::Rate, Box::new(self.expr(part, Some(over))));
        Aggregate::Sum.of(rate, by)
    }
}

impl Aggregate {
    fn of(self, of: Expr, by: &[&'static str]) -> Expr {
        Expr::Aggregate {
            how: self,
            by: by.to_vec(),
            of: Box::new(of),
        }
    }
}

fn divided(left: Expr, right: Expr) -> Expr {
    Expr::Arithmetic(Box::new(left), Arithmetic::DividedBy, Box::new(right))
}

/// A function over a window, aggregated.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct Ranged<F> {
    series: Series<F>,
    window: Window,
    call: Call,
    how: Aggregate,
}

impl<F: Filter> Node for Ranged<F> {
    fn expr(&self, by: &[&'static str]) -> Expr {
        let series = self.series.expr(Part::Value, Some(self.window));
        self.how.of(Expr::Call(self.call, Box::new(series)), by)
    }
}

/// The last value, aggregated.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct Now<F> {
    series: Series<F>,
    how: Aggregate,
}

impl<F: Filter> Node for Now<F> {
    fn expr(&self, by: &[&'static str]) -> Expr {
        self.how.of(self.series.expr(Part::Value, None), by)
    }
}

/// Some of all.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct Share<F, S> {
    some: Series<S>,
    all: Series<F>,
    over: Window,
}

impl<F: Filter, S: Filter> Node for Share<F, S> {
    fn expr(&self, by: &[&'static str]) -> Expr {
        divided(
            self.some.rate(Part::Value, self.over, by),
            self.all.rate(Part::Value, self.over, by),
        )
    }
}

/// A quantile.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct Quantile<F> {
    series: Series<F>,
    share: f64,
    over: Window,
}

impl<F: Filter> Node for Quantile<F> {
    fn expr(&self, by: &[&'static str]) -> Expr {
        let mut with_bounds = vec!["le"];
        with_bounds.extend(by);
        let buckets = self.series.rate(Part::Buckets, self.over, &with_bounds);
        Expr::Call(Call::HistogramQuantile(self.share), Box::new(buckets))
    }
}

/// The average of samples.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct Average<F> {
    series: Series<F>,
    over: Window,
}

impl<F: Filter> Node for Average<F> {
    fn expr(&self, by: &[&'static str]) -> Expr {
        divided(
            self.series.rate(Part::Sum, self.over, by),
            self.series.rate(Part::Count, self.over, by),
        )
    }
}

/// How many samples.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct Observations<F> {
    series: Series<F>,
    over: Window,
}

impl<F: Filter> Node for Observations<F> {
    fn expr(&self, by: &[&'static str]) -> Expr {
        self.series.rate(Part::Count, self.over, by)
    }
}

/// Samples up to a bound, of all, or the rest of them.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct AtMost<F> {
    series: Series<F>,
    bound: Bound,
    over: Window,
    rest: bool,
}

impl<F: Filter> Node for AtMost<F> {
    fn expr(&self, by: &[&'static str]) -> Expr {
        let share = divided(
            self.series
                .rate(Part::BucketUpTo(self.bound), self.over, by),
            self.series.rate(Part::Count, self.over, by),
        );
        if self.rest {
            let one = Box::new(Expr::Number(1.0));
            Expr::Arithmetic(one, Arithmetic::Minus, Box::new(share))
        } else {
            share
        }
    }
}
