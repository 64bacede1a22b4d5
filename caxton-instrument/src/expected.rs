//! What `#[alert]`, `#[slo]`, `#[recording_rule]` and `#[panel]` are declared
//! of, times among it, and what is said of anything else.
//!
//! An expansion hands over what the user wrote before it looks at it. The
//! associated types exist only where that is right, so that the compiler has
//! nothing to say about what comes next.

use crate::query::{Condition, Objective, Query, Window};

/// What holds or does not, as an alert does.
#[diagnostic::on_unimplemented(
    message = "this does not say when the alert fires",
    label = "expected a condition: a query that ends in `.above(..)`, `.below(..)` or the like",
    note = "what is asked of a metric comes first: `.rate(minutes(5)).above(1.0)` of a counter, \
        `.sum().above(100.0)` of a gauge",
    note = "of a histogram, `.at_most(..)` is for an `#[slo]`: write \
        `.share_at_most(0.5, minutes(5)).below(0.99)`"
)]
pub trait Holds: Copy {
    /// Itself.
    type Condition;
}

impl<N: Copy, L> Holds for Condition<N, L> {
    type Condition = Self;
}

/// The condition.
#[doc(hidden)]
#[must_use]
pub const fn holds<C: Holds<Condition = C>>(condition: C) -> C::Condition {
    condition
}

/// What tells good events from bad ones, whatever the window.
#[diagnostic::on_unimplemented(
    message = "this does not say which events are good",
    label = "expected `.at_most(..)` of a histogram, or `.good(..)` or `.bad(..)` of a counter",
    note = "what is asked over one time, as by `.share(..)`, is no measure: an objective asks over \
        several"
)]
pub trait Measures: Copy {
    /// Itself.
    type Objective;
}

impl<N: Copy, L> Measures for Objective<N, L> {
    type Objective = Self;
}

/// The indicator.
#[doc(hidden)]
#[must_use]
pub const fn measures<I: Measures<Objective = I>>(indicator: I) -> I::Objective {
    indicator
}

/// What answers all the time, and can be remembered and drawn.
#[diagnostic::on_unimplemented(
    message = "this answers only where it holds, or is no query at all",
    label = "expected a query, without `above(..)`, `below(..)` and the like",
    note = "a condition belongs to an `#[alert]`",
    note = "of a metric, ask something: `.rate(minutes(5))` of a counter, `.sum()` of a gauge"
)]
pub trait Answers: Copy {
    /// Itself.
    type Query;
}

impl<N: Copy, L> Answers for Query<N, L> {
    type Query = Self;
}

/// The query.
#[doc(hidden)]
#[must_use]
pub const fn asks<Q: Answers<Query = Q>>(query: Q) -> Q::Query {
    query
}

/// A time.
#[diagnostic::on_unimplemented(
    message = "this is no time",
    label = "expected a time in its unit: `seconds(30)`, `minutes(5)`, `days(30)`"
)]
pub trait Lasts: Copy {
    /// Itself.
    type Window;
}

impl Lasts for Window {
    type Window = Self;
}

/// The time.
#[doc(hidden)]
#[must_use]
pub const fn lasts<W: Lasts<Window = W>>(window: W) -> W::Window {
    window
}

/// What stands at a value, which rises and falls.
#[diagnostic::on_unimplemented(
    message = "a counter only rises, from where it was when the program started",
    label = "ask how many there were: `.rate(minutes(5))` of them a second, or `.increase(minutes(5))`"
)]
pub trait Stands {}
