//! Queries that Prometheus is to remember the answers of.

use crate::descriptor::Location;
use crate::query::AnyQuery;

/// A recording rule.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Record {
    /// The name of its series, with colons: `level:metric:operations`.
    pub name: &'static str,
    /// What is remembered.
    pub query: &'static dyn AnyQuery,
    /// The first paragraph of its doc comment.
    pub summary: &'static str,
    /// Where it is declared.
    pub location: Location,
}
