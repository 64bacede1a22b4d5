//! What a counter, a gauge and a histogram answer, as parts of a query.

use super::algebra::Node;
use super::expr::{Aggregate, Arithmetic, Bound, Call, Expr, Logic, Part, Selection};
use super::matcher::Filter;
use super::window::Window;
use crate::descriptor::MetricDescriptor;

/// The series of a metric.
#[derive(Debug, Clone, Copy)]
pub(super) struct Series<F> {
    pub(super) metric: &'static MetricDescriptor,
    pub(super) filter: F,
}

impl<F: Filter> Series<F> {
    pub(super) const fn now(self, how: Aggregate) -> Now<F> {
        Now { series: self, how }
    }

    pub(super) const fn over(self, window: Window, call: Call, how: Aggregate) -> Ranged<F> {
        Ranged {
            series: self,
            window,
            call,
            how,
        }
    }

    pub(super) fn matching(&self) -> Vec<Selection> {
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

    /// What a part grew by within a window, or its rate, added up.
    pub(super) fn grown(&self, how: Call, part: Part, over: Window, by: &[&'static str]) -> Expr {
        let grown = Expr::Call(how, Box::new(self.expr(part, Some(over))));
        Aggregate::Sum.of(grown, by)
    }

    /// The rate of a part, added up.
    pub(super) fn rate(&self, part: Part, over: Window, by: &[&'static str]) -> Expr {
        self.grown(Call::Rate, part, over, by)
    }

    /// What is asked of the histogram; of a native one twice, since a reader
    /// has it as a native one or, where it was not asked to, as buckets.
    pub(super) fn histogram(
        &self,
        grown: (Call, Window),
        by: &[&'static str],
        native: Call,
        classic: Expr,
    ) -> Expr {
        if self.metric.native.is_none() {
            return classic;
        }
        let (how, over) = grown;
        let whole = self.grown(how, Part::Native, over, by);
        let native = Expr::Call(native, Box::new(whole));
        Expr::Logic(Box::new(native), Logic::Or, Box::new(classic))
    }

    /// How many samples there were, or how many a second.
    pub(super) fn count(&self, how: Call, over: Window, by: &[&'static str]) -> Expr {
        let classic = self.grown(how, Part::Count, over, by);
        self.histogram((how, over), by, Call::HistogramCount, classic)
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

pub(super) fn divided(left: Expr, right: Expr) -> Expr {
    Expr::Arithmetic(Box::new(left), Arithmetic::DividedBy, Box::new(right))
}

/// A function over a window, aggregated.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct Ranged<F> {
    pub(super) series: Series<F>,
    pub(super) window: Window,
    pub(super) call: Call,
    pub(super) how: Aggregate,
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
    pub(super) series: Series<F>,
    pub(super) how: Aggregate,
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
    pub(super) some: Series<S>,
    pub(super) all: Series<F>,
    pub(super) over: Window,
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
    pub(super) series: Series<F>,
    pub(super) share: f64,
    pub(super) over: Window,
}

impl<F: Filter> Node for Quantile<F> {
    fn expr(&self, by: &[&'static str]) -> Expr {
        let mut with_bounds = vec!["le"];
        with_bounds.extend(by);
        let buckets = self.series.rate(Part::Buckets, self.over, &with_bounds);
        let call = Call::HistogramQuantile(self.share);
        let classic = Expr::Call(call, Box::new(buckets));
        self.series
            .histogram((Call::Rate, self.over), by, call, classic)
    }
}

/// The average of samples.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct Average<F> {
    pub(super) series: Series<F>,
    pub(super) over: Window,
}

impl<F: Filter> Node for Average<F> {
    fn expr(&self, by: &[&'static str]) -> Expr {
        let classic = divided(
            self.series.rate(Part::Sum, self.over, by),
            self.series.rate(Part::Count, self.over, by),
        );
        self.series
            .histogram((Call::Rate, self.over), by, Call::HistogramAvg, classic)
    }
}

/// How many samples.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct Observations<F> {
    pub(super) series: Series<F>,
    pub(super) over: Window,
}

impl<F: Filter> Node for Observations<F> {
    fn expr(&self, by: &[&'static str]) -> Expr {
        self.series.count(Call::Rate, self.over, by)
    }
}

/// Samples up to a bound, of all, or the rest of them.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct AtMost<F> {
    pub(super) series: Series<F>,
    pub(super) bound: Bound,
    pub(super) over: Window,
    pub(super) rest: bool,
}

impl<F: Filter> Node for AtMost<F> {
    fn expr(&self, by: &[&'static str]) -> Expr {
        let classic = divided(
            self.series
                .rate(Part::BucketUpTo(self.bound), self.over, by),
            self.series.rate(Part::Count, self.over, by),
        );
        let call = Call::HistogramFraction(self.bound);
        let share = self
            .series
            .histogram((Call::Rate, self.over), by, call, classic);
        if self.rest {
            let one = Box::new(Expr::Number(1.0));
            Expr::Arithmetic(one, Arithmetic::Minus, Box::new(share))
        } else {
            share
        }
    }
}
