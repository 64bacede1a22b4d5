//! Where an expression stands.

use std::time::Duration;

/// Where an expression stands, and what is known of its surroundings.
///
/// ```
/// use std::time::Duration;
/// use caxton_instrument_export::lint::promql::{Use, UseKind};
///
/// let place = Use::new(UseKind::Alert {
///     name: "HighErrorRate",
///     hold: Some(Duration::from_secs(300)),
/// })
/// .scraped_every(Duration::from_secs(15));
/// assert!(place.is_alert());
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Use<'a> {
    pub(super) kind: UseKind<'a>,
    pub(super) scrape_interval: Option<Duration>,
    pub(super) evaluation_interval: Option<Duration>,
    pub(super) note: &'a str,
}

/// What an expression is written for.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum UseKind<'a> {
    /// An alerting rule.
    Alert {
        /// Its name.
        name: &'a str,
        /// How long it must hold, `for`.
        hold: Option<Duration>,
    },
    /// A recording rule.
    Record {
        /// The name that it records.
        name: &'a str,
    },
    /// A dashboard's panel.
    Panel {
        /// Grafana's id of the unit, such as `percentunit`.
        unit: Option<&'a str>,
        /// Whether it draws a time range, and not the last value.
        is_range: bool,
    },
    /// A page: an example to copy.
    Prose,
}

impl<'a> Use<'a> {
    /// A place of which nothing more is known.
    #[must_use]
    pub const fn new(kind: UseKind<'a>) -> Self {
        Self {
            kind,
            scrape_interval: None,
            evaluation_interval: None,
            note: "",
        }
    }

    /// How often the targets are scraped.
    #[must_use]
    pub const fn scraped_every(mut self, interval: Duration) -> Self {
        self.scrape_interval = Some(interval);
        self
    }

    /// How often the rule is evaluated.
    #[must_use]
    pub const fn evaluated_every(mut self, interval: Duration) -> Self {
        self.evaluation_interval = Some(interval);
        self
    }

    /// The comment that stands beside the expression, such as `# 1GB`.
    #[must_use]
    pub const fn note(mut self, note: &'a str) -> Self {
        self.note = note;
        self
    }

    /// Whether it is an alert's condition.
    #[must_use]
    pub const fn is_alert(&self) -> bool {
        matches!(self.kind, UseKind::Alert { .. })
    }

    /// Whether variables of a dashboard may stand in it.
    pub(super) const fn has_variables(&self) -> bool {
        matches!(self.kind, UseKind::Panel { .. } | UseKind::Prose)
    }
}
