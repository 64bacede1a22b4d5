//! Queries that Prometheus is to remember the answers of.

use crate::descriptor::Location;
use crate::query::AnyQuery;

/// A [recording rule](https://prometheus.io/docs/practices/rules/): a query
/// whose answers are a series of their own; declared by
/// [`#[recording_rule]`](macro@crate::recording_rule).
///
/// ```
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::query::{Dimension, minutes};
/// use caxton_instrument::{Record, recording_rule};
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
/// /// The share of mail that is sent within half a second.
/// #[recording_rule(name = "mailer:mail_in_time:ratio5m")]
/// static IN_TIME: Record = Mail::SEND_DURATION.share_at_most(0.5, minutes(5));
///
/// assert_eq!(IN_TIME.name, "mailer:mail_in_time:ratio5m");
/// assert_eq!(IN_TIME.query.dimension(), Dimension::RATIO);
/// ```
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

impl Record {
    /// A recording rule; the attribute makes it.
    #[must_use]
    pub const fn new(
        name: &'static str,
        query: &'static dyn AnyQuery,
        summary: &'static str,
        location: Location,
    ) -> Self {
        Self {
            name,
            query,
            summary,
            location,
        }
    }
}
