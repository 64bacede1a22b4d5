//! What a counter, a gauge and a histogram can be asked.

use super::algebra::Query;
use super::dimension::Dimension;
use super::expr::{Aggregate, Bound, Call};
use super::matcher::{Filter, Matcher, Value};
use super::names::Names;
use super::node::{AtMost, Average, Now, Observations, Quantile, Ranged, Series, Share};
use super::window::Window;
use crate::expected::Stands;
use crate::handle::{Counter, FloatCounter, Gauge, Histogram};
use crate::label::LabelSet;
use crate::metric::{Metric, MetricRef};

/// A filter with one more matcher.
pub(super) type Narrowed<F, L, C> = (F, Matcher<L, C>);

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

    pub(super) const fn series(self) -> Series<F> {
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

            /// Refused with what to ask instead; `Iterator::sum` would be found
            /// otherwise, which has nothing to say about counters.
            #[doc(hidden)]
            #[must_use]
            pub const fn sum(self) -> Query<Now<F>, L>
            where
                Self: Stands,
            {
                asked(self.series().now(Aggregate::Sum), Dimension::of(self.unit()))
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
        asked(self.series().now(how), Dimension::of(self.unit()))
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
        let node = self.samples(bound, over, false);
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
        let node = self.samples(bound, over, true);
        asked(node, Dimension::RATIO)
    }

    #[track_caller]
    const fn samples(self, bound: f64, over: Window, rest: bool) -> AtMost<F> {
        AtMost {
            series: self.series(),
            bound: self.bound(bound),
            over,
            rest,
        }
    }

    /// One of the histogram's bounds.
    #[track_caller]
    pub(super) const fn bound(self, bound: f64) -> Bound {
        let bounds = self.bounds();
        let mut is_bound = false;
        let mut at = 0;
        while at < bounds.len() {
            is_bound |= bounds[at] == bound;
            at += 1;
        }
        let message = if self.descriptor().native.is_some() {
            NO_BOUND_OF_NATIVE
        } else {
            NO_BOUND
        };
        assert!(is_bound, "{}", message);
        Bound::new(bound)
    }
}

const NO_BOUND: &str = "this is no bucket bound of the histogram, and what lies between two bounds \
    cannot be told: name one of its `buckets`, or add this one to them";

const NO_BOUND_OF_NATIVE: &str = "this is no bucket bound of the histogram: a native one is exact at \
    the powers of four, 0.25, 1.0, 4.0 and so on; name one of them, or declare `buckets` instead of \
    `native`";

/// A question whose answer can be grouped by the labels of `L`.
const fn asked<N: Copy, L: LabelSet>(node: N, dimension: Dimension) -> Query<N, L> {
    Query::new(node, dimension, Names::of(L::LABELS))
}
