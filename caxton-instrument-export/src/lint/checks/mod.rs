//! What is looked at. A check is a function; a line in the table below lets it
//! run.
//!
//! ```text
//! dashboard  DASH: panel types, data sources, units, legends, windows, layout
//! names      NAM, CAT, TYP: metrics that pages declare
//! labels     CARD: labels that pages and programs on them declare
//! queries    every class of the PromQL analysis, wherever expressions stand
//! settings   SCH, SYN: `caxton.toml`, by the reader of the configuration
//! shape      SCH: fields, values and components that a version has not
//! wiring     WIRE: files that disagree, ways that end nowhere
//! routes     ROUTE: routes that alerts never reach
//! secrets    SEC: secrets in files, passwords that everybody knows
//! logs       CARD, WIRE: labels of Loki's streams, its tenants
//! rates      DIM: events per second that are called a share
//! drift      DRIFT: two statements of one figure that disagree
//! interned   names as the rules take them
//! ```

mod dashboard;
mod drift;
mod interned;
mod labels;
mod logs;
mod names;
mod queries;
mod rates;
mod routes;
mod secrets;
#[cfg(feature = "config")]
mod settings;
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
    queries::check,
    #[cfg(feature = "config")]
    settings::check,
    shape::CHECK,
    wiring::CHECK,
    routes::check,
    secrets::check,
    logs::check,
    rates::check,
    drift::CHECK,
];

pub(super) fn run(context: &Context<'_>, out: &mut Findings) {
    for document in context.documents() {
        for check in CHECKS {
            if !out.is_full() {
                check(document, context, out);
            }
        }
    }
}
