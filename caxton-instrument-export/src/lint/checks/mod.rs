//! What is looked at. A check is a function; a line in the table below lets it
//! run.

mod dashboard;
mod names;

use super::context::Context;
use super::document::Document;
use super::finding::Findings;

/// Looks at one document, and at what belongs to it.
type Check = fn(&Document, &Context<'_>, &mut Findings);

const CHECKS: &[Check] = &[dashboard::check, names::check];

pub(super) fn run(context: &Context<'_>, out: &mut Findings) {
    for document in context.documents() {
        for check in CHECKS {
            check(document, context, out);
        }
    }
}
