//! Panels of dashboards next to the code that they show.

use crate::descriptor::Location;
use crate::query::AnyQuery;

/// A panel: a query, drawn in its unit.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Panel {
    /// Its name, in camel case.
    pub name: &'static str,
    /// What is drawn.
    pub query: &'static dyn AnyQuery,
    /// The first paragraph of its doc comment.
    pub title: &'static str,
    /// The further paragraphs, an empty line between them.
    pub description: &'static str,
    /// Where it is declared.
    pub location: Location,
}
