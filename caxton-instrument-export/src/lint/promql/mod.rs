//! What is wrong in a PromQL expression, judged by the catalog.
//!
//! promql-parser says whether a text is PromQL; a walk beside its tokens gives
//! each part its place. Then every part is judged from the inside out: type,
//! unit, labels, and the span of values it can have. Each class of faults is a
//! rule over that.
//!
//! ```text
//! place      where an expression stands
//! known      what is declared: catalog, pages, recorded series, other programs
//! token      the text as tokens                  syntax     SYN, by promql-parser
//! misplaced  SYN: where it fails, what was meant  functions  names of functions
//! tree, walk the parts with their places
//! metric, foreign, labels, quantity   what is known of a series
//! judged, calls, operators            what is known of each part
//! unknown    CAT   absent_label LBL   types  TYP   matching VEC   buckets HIST
//! units      DIM   firing       LIVE  identity CARD               naming  NAM
//! ```
//!
//! A rule speaks only where the fault is sure: of a metric that only its name
//! is known of, nothing is said about labels.

mod absent_label;
mod buckets;
mod calls;
mod firing;
mod foreign;
mod functions;
mod identity;
mod judged;
mod known;
mod labels;
mod matching;
mod metric;
mod misplaced;
mod naming;
mod operators;
mod place;
mod quantity;
mod single;
mod syntax;
mod token;
mod tree;
mod types;
mod units;
mod unknown;
mod walk;

use std::ops::Range;

use caxton_instrument::Location;

pub use known::{Documented, Known};
pub use naming::{check_alert_name, check_record_name};
pub use place::{Use, UseKind};
pub(in crate::lint) use quantity::Quantity;

use super::{Class, Fault};
use judged::Judged;

/// The faults of an expression, in the order of the text.
///
/// ```standalone_crate
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::Catalog;
/// use caxton_instrument_export::lint::promql::{self, Known, Use, UseKind};
///
/// /// The mailer.
/// #[derive(MetricSet)]
/// #[metric_set(namespace = "mailer")]
/// struct Mail {
///     /// Messages that wait.
///     messages_waiting: Gauge,
/// }
///
/// let catalog = Catalog::collect()?;
/// let place = Use::new(UseKind::Panel { unit: None, is_range: true });
/// let faults = promql::check(&Known::new(&catalog), "rate(mailer_messages_waiting[5m])", &place);
/// assert_eq!(faults[0].class.id(), "TYP");
/// assert_eq!(faults[0].at, 0..4);
/// # Ok::<(), caxton_instrument::CatalogError>(())
/// ```
#[must_use]
pub fn check(known: &Known<'_>, text: &str, place: &Use<'_>) -> Vec<Fault> {
    let node = match syntax::parse(text, place) {
        Ok(Some(node)) => node,
        Ok(None) => return Vec::new(),
        Err(fault) => return vec![*fault],
    };
    let look = Look {
        known,
        place,
        text,
        root: Judged::of(known, &node),
    };
    let mut faults = Vec::new();
    unknown::check(&look, &mut faults);
    absent_label::check(&look, &mut faults);
    types::check(&look, &mut faults);
    matching::check(&look, &mut faults);
    buckets::check(&look, &mut faults);
    units::check(&look, &mut faults);
    firing::check(&look, &mut faults);
    identity::check(&look, &mut faults);
    faults.sort_by_key(|it| (it.at.start, it.class, it.at.end));
    faults.dedup();
    faults
}

/// What an expression gives, for the texts about it; nothing is known of one
/// that does not parse.
///
/// ```standalone_crate
/// use caxton_instrument::Catalog;
/// use caxton_instrument_export::lint::promql::{self, Known, Use, UseKind};
///
/// let catalog = Catalog::collect()?;
/// let place = Use::new(UseKind::Prose);
/// let answer = promql::answer(&Known::new(&catalog), "sum by (job) (up)", &place);
/// assert_eq!(answer.has_label("job"), Some(true));
/// assert_eq!(answer.has_label("instance"), Some(false));
/// # Ok::<(), caxton_instrument::CatalogError>(())
/// ```
#[must_use]
pub fn answer(known: &Known<'_>, text: &str, place: &Use<'_>) -> Answer {
    let Ok(Some(node)) = syntax::parse(text, place) else {
        return Answer::default();
    };
    let root = Judged::of(known, &node);
    let facts = &root.facts;
    Answer {
        labels: Some(facts.labels.clone()),
        quantity: facts.quantity,
        is_calculated: facts.is_rate
            || facts.is_quantile
            || facts.quantity.is_some_and(|it| !it.is_count()),
        declared: facts.metric.as_ref().and_then(metric::Metric::declared),
        is_rate_of_events: facts.is_rate
            && facts
                .quantity
                .is_some_and(|it| it.is_count() && it.per_second),
        threshold: firing::threshold(&root),
    }
}

/// Whether an expression has one series at most, as far as it can be told.
pub(in crate::lint) fn is_single(known: &Known<'_>, text: &str, place: &Use<'_>) -> bool {
    // What does not parse is told as that.
    syntax::parse(text, place).map_or(true, |it| {
        it.is_none_or(|node| single::is_single(known, &node))
    })
}

/// What an expression gives.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    labels: Option<labels::Labels>,
    pub(in crate::lint) quantity: Option<Quantity>,
    /// Whether the value has more digits than anyone reads.
    pub(in crate::lint) is_calculated: bool,
    pub(in crate::lint) declared: Option<Location>,
    pub(in crate::lint) is_rate_of_events: bool,
    /// The number that an alert compares with.
    pub(in crate::lint) threshold: Option<f64>,
}

impl Answer {
    /// Whether its series have a label; `None` where that is not known.
    #[must_use]
    pub fn has_label(&self, name: &str) -> Option<bool> {
        self.labels.as_ref()?.has(name)
    }

    /// The labels that its series have, for messages.
    pub(in crate::lint) fn said_labels(&self) -> String {
        self.labels
            .as_ref()
            .map_or_else(String::new, labels::Labels::said)
    }
}

/// An expression that is looked at.
struct Look<'a> {
    known: &'a Known<'a>,
    place: &'a Use<'a>,
    text: &'a str,
    root: Judged<'a>,
}

fn fault(class: Class, at: Range<usize>, message: String, remedy: impl Into<String>) -> Fault {
    Fault {
        class,
        at,
        message,
        remedy: remedy.into(),
        declared: None,
    }
}

impl Fault {
    fn declared(mut self, location: Option<Location>) -> Self {
        self.declared = location;
        self
    }
}
