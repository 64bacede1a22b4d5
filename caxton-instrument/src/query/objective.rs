//! What objectives are measured by: which events of a metric are good.

use std::fmt;
use std::marker::PhantomData;

use super::algebra::Node;
use super::expr::{Bound, Call, Expr, Part, Selection, Test};
use super::matcher::{Filter, Matcher, Value};
use super::names::Names;
use super::node::{AtMost, Series, divided};
use super::select::Narrowed;
use super::window::{Window, minutes};
use crate::handle::{Counter, FloatCounter, Histogram};
use crate::label::{LabelRef, LabelSet};
use crate::metric::MetricRef;
use crate::slo::Indicator;

/// Events and those among them that are good, whatever the window; its types
/// are of no interest outside.
pub trait Events: Copy + Send + Sync + 'static {
    #[doc(hidden)]
    fn bad_share(&self, over: Window, by: &[&'static str]) -> Expr;

    #[doc(hidden)]
    fn events(&self, over: Window, by: &[&'static str]) -> Expr;
}

/// What a [`Slo`](crate::Slo) is measured by: events of metrics over the labels
/// `L`, and which of them are good.
///
/// ```
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::slo::Indicator;
///
/// # #[derive(LabelSet)]
/// # struct MailLabels {
/// #     #[label(max_values = 20)]
/// #     provider: Text,
/// #     bounced: bool,
/// # }
/// # /// What the mailer does.
/// # #[derive(MetricSet)]
/// # #[metric_set(namespace = "mailer")]
/// # struct Mail {
/// #     /// Messages that a provider took or bounced.
/// #     messages_sent: Counter<MailLabels>,
/// #     /// Time to send one message.
/// #     #[metric(unit = seconds, buckets = [0.1, 0.5, 1.0])]
/// #     send_duration: Histogram<MailLabels>,
/// # }
/// // Good is what is sent within half a second.
/// static LATENCY: &dyn Indicator = &Mail::SEND_DURATION.at_most(0.5);
///
/// // Good is what does not bounce, for each provider.
/// static AVAILABILITY: &dyn Indicator = &Mail::MESSAGES_SENT
///     .bad(MailLabels::BOUNCED.eq(true))
///     .by(MailLabels::PROVIDER);
/// assert_eq!(AVAILABILITY.labels(), ["provider"]);
/// # assert!(LATENCY.labels().is_empty());
/// ```
pub struct Objective<N, L> {
    events: N,
    by: Names,
    /// Labels that it can still be grouped by.
    known: Names,
    of: PhantomData<fn() -> L>,
}

impl<N: Copy, L> Clone for Objective<N, L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<N: Copy, L> Copy for Objective<N, L> {}

impl<N: Copy, L> Objective<N, L> {
    const fn new(events: N, known: Names) -> Self {
        Self {
            events,
            by: Names::NONE,
            known,
            of: PhantomData,
        }
    }

    /// One answer for each value of this label, where there was one for all;
    /// again for more labels. Each value has a budget of its own.
    ///
    /// # Panics
    ///
    /// When the label is the one that tells the good events from the bad, which
    /// in a constant does not compile.
    #[must_use]
    #[track_caller]
    pub const fn by<V>(self, label: LabelRef<L, V>) -> Self {
        assert!(
            self.known.has(label.name()),
            "this label tells the good events from the bad, so that each of its values would be \
             all good or all bad: group by another one"
        );
        Self {
            by: self.by.with(label.name()),
            ..self
        }
    }

    /// One answer for each scraped process: by `job` and `instance`, which
    /// Prometheus gives every series.
    #[must_use]
    pub const fn by_instance(self) -> Self {
        Self {
            by: self.by.with("job").with("instance"),
            ..self
        }
    }

    /// The labels of the answer.
    pub(crate) const fn names(&self) -> &Names {
        &self.by
    }
}

impl<N: Events, L> Indicator for Objective<N, L> {
    fn bad_share(&self, over: Window) -> Expr {
        self.events.bad_share(over, self.by.as_slice())
    }

    fn events(&self, over: Window) -> Expr {
        self.events.events(over, self.by.as_slice())
    }

    fn labels(&self) -> &[&'static str] {
        self.by.as_slice()
    }
}

impl<N: Events, L> fmt::Debug for Objective<N, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Objective")
            .field(&self.bad_share(minutes(5)))
            .finish()
    }
}

macro_rules! counters {
    ($($(#[$doc:meta])* $counter:ident,)+) => {$(
        $(#[$doc])*
        impl<L: LabelSet, F: Filter> MetricRef<$counter<L>, F> {
            /// For an objective: those that a label selects are bad, all others
            /// are good.
            #[must_use]
            pub const fn bad<C: Value>(
                self,
                matcher: Matcher<L, C>,
            ) -> Objective<Marked<F, Narrowed<F, L, C>>, L> {
                let known = Names::of(L::LABELS).without(matcher.label());
                let marked = Marked {
                    some: self.matching(matcher).series(),
                    all: self.series(),
                    are_good: false,
                };
                Objective::new(marked, known)
            }

            /// For an objective: those that a label selects are good, all others
            /// are bad.
            #[must_use]
            pub const fn good<C: Value>(
                self,
                matcher: Matcher<L, C>,
            ) -> Objective<Marked<F, Narrowed<F, L, C>>, L> {
                let bad = self.bad(matcher);
                Objective {
                    events: Marked {
                        are_good: true,
                        ..bad.events
                    },
                    ..bad
                }
            }
        }
    )+};
}

counters! {
    /// # For objectives: a counter
    Counter,
    /// # For objectives: a counter of fractions
    FloatCounter,
}

/// # For objectives: a histogram
impl<L: LabelSet, F: Filter> MetricRef<Histogram<L>, F> {
    /// For an objective: samples up to this bucket bound are good.
    ///
    /// # Panics
    ///
    /// When the bound is none of the histogram's, which in a constant does not
    /// compile.
    #[must_use]
    #[track_caller]
    pub const fn at_most(self, bound: f64) -> Objective<Within<F>, L> {
        let within = Within {
            series: self.series(),
            bound: self.bound(bound),
        };
        Objective::new(within, Names::of(L::LABELS))
    }
}

/// Events of a counter, some of them marked.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct Marked<F, S> {
    some: Series<S>,
    all: Series<F>,
    are_good: bool,
}

impl<F: Filter, S: Filter> Events for Marked<F, S> {
    fn bad_share(&self, over: Window, by: &[&'static str]) -> Expr {
        let all = self.all.rate(Part::Value, over, by);
        let mut bad = self.some.rate(Part::Value, over, by);
        if self.are_good {
            // Not one without the share of the good: a program that never did
            // anything well has no series of those.
            mark_others(&mut bad);
        }
        divided(bad, all)
    }

    fn events(&self, over: Window, by: &[&'static str]) -> Expr {
        self.all.grown(Call::Increase, Part::Value, over, by)
    }
}

/// Turns the mark, which is the last matcher, around.
fn mark_others(expr: &mut Expr) {
    match expr {
        Expr::Call(_, of) | Expr::Aggregate { of, .. } => mark_others(of),
        Expr::Series { matching, .. } => {
            if let Some(Selection { test, .. }) = matching.last_mut() {
                *test = match std::mem::replace(test, Test::IsNoneOf(Vec::new())) {
                    Test::Is(value) => Test::IsNot(value),
                    Test::IsNot(value) => Test::Is(value),
                    Test::IsOneOf(values) => Test::IsNoneOf(values),
                    Test::IsNoneOf(values) => Test::IsOneOf(values),
                };
            }
        }
        _ => {}
    }
}

/// Samples of a histogram up to a bound.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct Within<F> {
    series: Series<F>,
    bound: Bound,
}

impl<F: Filter> Events for Within<F> {
    fn bad_share(&self, over: Window, by: &[&'static str]) -> Expr {
        let above = AtMost {
            series: self.series,
            bound: self.bound,
            over,
            rest: true,
        };
        above.expr(by)
    }

    fn events(&self, over: Window, by: &[&'static str]) -> Expr {
        self.series.count(Call::Increase, over, by)
    }
}
