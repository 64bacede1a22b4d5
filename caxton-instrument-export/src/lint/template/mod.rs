//! What is wrong in a template: the annotations and labels of alerting rules,
//! Alertmanager's notifications, the legends of panels.
//!
//! ```text
//! action     a text as actions: `{{ $value | humanize }}`
//! functions  the functions of Go, Prometheus and Alertmanager, from a table
//! balance    TPL: what is opened and not closed
//! names      TPL: functions, variables and fields that do not exist; LBL
//! value      TPL, DIM: how the value is shown
//! threshold  DRIFT: a text that says another threshold
//! legend     TPL, LBL: legends of panels
//! ```
//!
//! Why here: Prometheus expands a template when the alert fires. A label that
//! the series have not is empty then, and a function that fails puts its error
//! into the message.

mod action;
mod balance;
mod functions;
mod legend;
mod names;
mod threshold;
mod value;

use std::ops::Range;

use super::promql::{Answer, Known};
use super::{Class, Fault};

/// Where a template stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field {
    /// An annotation of an
    /// [alerting rule](https://prometheus.io/docs/prometheus/3.5/configuration/alerting_rules/#templating).
    Annotation,
    /// A label of an alerting rule.
    Label,
    /// A notification of
    /// [Alertmanager](https://prometheus.io/docs/alerting/latest/notifications/).
    Notification,
    /// The legend of a
    /// [panel](https://grafana.com/docs/grafana/latest/datasources/prometheus/query-editor/#legend).
    Legend,
}

/// The faults of a template, in the order of the text. `answer` is what the
/// rule's or the panel's expression gives; of a notification, nothing is known.
///
/// ```standalone_crate
/// use caxton_instrument::Catalog;
/// use caxton_instrument_export::lint::promql::{self, Known, Use, UseKind};
/// use caxton_instrument_export::lint::template::{self, Field};
///
/// let catalog = Catalog::collect()?;
/// let known = Known::new(&catalog);
/// let place = Use::new(UseKind::Alert { name: "Down", hold: None });
/// let answer = promql::answer(&known, "sum by (job) (up) < 2", &place);
/// let faults = template::check(&known, &answer, "{{ $labels.instance }} is down", Field::Annotation);
/// assert_eq!(faults[0].class.id(), "LBL");
/// assert_eq!(faults[0].at, 11..19);
/// # Ok::<(), caxton_instrument::CatalogError>(())
/// ```
#[must_use]
pub fn check(known: &Known<'_>, answer: &Answer, text: &str, field: Field) -> Vec<Fault> {
    if field == Field::Legend {
        return legend::check(answer, text);
    }
    let mut faults = Vec::new();
    let actions = action::actions(text, &mut faults);
    let look = Look {
        known,
        answer,
        text,
        field,
        actions: &actions,
    };
    balance::check(&look, &mut faults);
    names::check(&look, &mut faults);
    if field != Field::Notification {
        value::check(&look, &mut faults);
        threshold::check(&look, &mut faults);
    }
    faults.sort_by_key(|it| (it.at.start, it.class, it.at.end));
    faults.dedup();
    faults
}

/// A template that is looked at.
struct Look<'a> {
    known: &'a Known<'a>,
    answer: &'a Answer,
    text: &'a str,
    field: Field,
    actions: &'a [action::Action<'a>],
}

fn tpl(at: Range<usize>, message: String, remedy: impl Into<String>) -> Fault {
    Fault {
        class: Class::Tpl,
        at,
        message,
        remedy: remedy.into(),
        declared: None,
    }
}
