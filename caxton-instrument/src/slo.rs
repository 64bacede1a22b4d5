//! Objectives next to the code that they are promised for.

use std::fmt;

use crate::alert::refuse_untold;
use crate::descriptor::Location;
use crate::query::{Expr, Objective, Window, days};

/// What an objective is measured by, whatever the window: events, and those
/// among them that were not good. Made by `at_most` of a histogram, `good` and
/// `bad` of a counter ([`Objective`]).
pub trait Indicator: Send + Sync + fmt::Debug {
    /// The share of a window's events that were not good. Nothing, or no number,
    /// where there were no events, and nothing where none was ever bad, since then
    /// there is no series of bad ones: where [`events`](Self::events) answers,
    /// that is zero.
    fn bad_share(&self, over: Window) -> Expr;

    /// How many events there were within a window.
    fn events(&self, over: Window) -> Expr;

    /// The labels that there is one answer for each of.
    fn labels(&self) -> &[&'static str];
}

/// An objective: so large a share of the events of a time is good; declared by
/// [`#[slo]`](macro@crate::slo).
///
/// ```
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::query::days;
/// use caxton_instrument::{Slo, slo};
///
/// /// The mailer.
/// #[derive(MetricSet)]
/// #[metric_set(namespace = "mailer")]
/// struct Mail {
///     /// Time to send one message.
///     #[metric(unit = seconds, buckets = [0.1, 0.5, 1.0])]
///     send_duration: Histogram,
/// }
///
/// /// Mail is sent within half a second.
/// #[slo(objective = 99.9, window = days(30), owner = "mail")]
/// static MAIL_IS_FAST: Slo = Mail::SEND_DURATION.at_most(0.5);
///
/// assert_eq!(MAIL_IS_FAST.name, "MailIsFast");
/// assert_eq!(MAIL_IS_FAST.objective, 0.999);
/// assert_eq!(MAIL_IS_FAST.budget(), 0.001);
/// assert_eq!(MAIL_IS_FAST.min_events, Slo::MIN_EVENTS);
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Slo {
    /// Its name, in camel case.
    pub name: &'static str,
    /// What it is measured by.
    pub indicator: &'static dyn Indicator,
    /// The share that is promised, between 0 and 1.
    pub objective: f64,
    /// The time that it is promised for.
    pub window: Window,
    /// Its alerts are silent while a window has fewer events.
    pub min_events: u32,
    /// The first paragraph of its doc comment. `{label}` stands for a label of
    /// the indicator, `{value}` for the share of events that were not good.
    pub summary: &'static str,
    /// The further paragraphs, an empty line between them.
    pub description: &'static str,
    /// Who looks after what it watches; may be empty.
    pub owner: &'static str,
    /// Where it says what to do; may be empty.
    pub runbook: &'static str,
    /// Where it is declared.
    pub location: Location,
}

impl Slo {
    /// The fewest events of a window that its alerts believe, where the
    /// declaration names no other number: one failure among fewer is more than a
    /// tenth of all.
    pub const MIN_EVENTS: u32 = 10;

    /// An objective for 30 days; the attribute makes it.
    #[must_use]
    pub const fn new(
        name: &'static str,
        indicator: &'static dyn Indicator,
        objective: f64,
        location: Location,
    ) -> Self {
        Self {
            name,
            indicator,
            objective,
            window: days(30),
            min_events: Self::MIN_EVENTS,
            summary: "",
            description: "",
            owner: "",
            runbook: "",
            location,
        }
    }

    /// States the time that it is promised for.
    ///
    /// # Panics
    ///
    /// When it is less than a day, which in a constant does not compile.
    #[must_use]
    #[track_caller]
    pub const fn with_window(mut self, window: Window) -> Self {
        self.window = at_least_a_day(window);
        self
    }

    /// States how few events of a window its alerts believe.
    #[must_use]
    pub const fn with_min_events(mut self, min_events: u32) -> Self {
        self.min_events = min_events;
        self
    }

    /// States what people are told.
    #[must_use]
    pub const fn with_text(mut self, summary: &'static str, description: &'static str) -> Self {
        self.summary = summary;
        self.description = description;
        self
    }

    /// States who looks after what it watches.
    #[must_use]
    pub const fn with_owner(mut self, owner: &'static str) -> Self {
        self.owner = owner;
        self
    }

    /// States where it says what to do.
    #[must_use]
    pub const fn with_runbook(mut self, runbook: &'static str) -> Self {
        self.runbook = runbook;
        self
    }

    /// The share of events that may be bad, between 0 and 1: 0.001 of an
    /// objective of 99.9 %.
    #[must_use]
    pub fn budget(&self) -> f64 {
        // 1 - 0.999 is 0.0010000000000000009, which no rule should say.
        const PLACES: f64 = 1e12;
        ((1.0 - self.objective) * PLACES).round() / PLACES
    }
}

/// The indicator, if a text names no label that it has not.
///
/// # Panics
///
/// Else, which in a constant does not compile.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn promises<N: Copy, L>(indicator: Objective<N, L>, text: &str) -> Objective<N, L> {
    refuse_untold(text, indicator.names(), true);
    indicator
}

/// The window, if it is a day or more.
///
/// # Panics
///
/// Else, which in a constant does not compile.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn at_least_a_day(window: Window) -> Window {
    assert!(
        window.as_secs() >= 86_400,
        "an objective is promised for a day at least: write `window = days(30)`"
    );
    window
}
