//! What is looked at. A check is a function; a line in the table below lets it
//! run.
//!
//! ```text
//! dashboard  DASH: panel types, data sources, units, legends, windows, layout
//! names      NAM, CAT, TYP: metrics that pages declare
//! labels     CARD: labels that pages and programs on them declare
//! shape      SCH: fields, values and components that a version has not
//! wiring     WIRE: files that disagree, ways that end nowhere
//! routes     ROUTE: routes that alerts never reach
//! secrets    SEC: secrets in files, passwords that everybody knows
//! drift      DRIFT: two statements of one figure that disagree
//! interned   names as the rules take them
//! ```

mod dashboard;
mod drift;
mod interned;
mod labels;
mod names;
mod routes;
mod secrets;
mod shape;
mod wiring;

use super::context::Context;
use super::document::Document;
use super::finding::Findings;

/// Looks at one document, and at what belongs to it.
type Check = fn(&Document, &Context<'_>, &mut Findings);

const CHECKS: &[Check] = &[
    dashboard::CHECK,
    names::check,
    labels::check,
    shape::CHECK,
    wiring::CHECK,
    routes::check,
    secrets::check,
    drift::CHECK,
];

pub(super) fn run(context: &Context<'_>, out: &mut Findings) {
    for document in context.documents() {
        for check in CHECKS {
            check(document, context, out);
        }
    }
}
