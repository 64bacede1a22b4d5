//! Queries as constants: metrics and labels compose into PromQL as Rust
//! values, so that a wrong one does not compile.
//!
//! ```text
//! window     how far back a query looks
//! matcher    which series: labels compared with values
//! select     what a counter, a gauge, a histogram can be asked
//! node       what they answer, as parts of a query
//! objective  which events of a metric are good
//! algebra    grouping, arithmetic and comparisons of what they answer
//! absence    what holds as well where there are no series
//! dimension  units through the expression
//! names      sets of label names, as constants
//! expr       the expression as data, which a writer turns into PromQL
//! ```
//!
//! ```
//! use caxton_instrument::prelude::*;
//! use caxton_instrument::query::{AnyQuery, minutes};
//!
//! #[derive(LabelValue, Clone, Copy)]
//! enum Outcome {
//!     Delivered,
//!     Bounced,
//! }
//!
//! #[derive(LabelSet)]
//! struct MailLabels {
//!     /// How it ended.
//!     outcome: Outcome,
//!     /// The mailbox's provider.
//!     #[label(max_values = 20)]
//!     provider: Text,
//! }
//!
//! /// What the mailer does.
//! #[derive(MetricSet)]
//! #[metric_set(namespace = "mailer")]
//! struct Mail {
//!     /// Messages that a provider took or bounced.
//!     messages_sent: Counter<MailLabels>,
//!     /// Time to send one message.
//!     #[metric(unit = seconds, buckets = [0.1, 0.5, 1.0])]
//!     send_duration: Histogram<MailLabels>,
//! }
//!
//! static BOUNCED: &dyn AnyQuery = &Mail::MESSAGES_SENT
//!     .share(MailLabels::OUTCOME.eq(Outcome::Bounced), minutes(5))
//!     .by(MailLabels::PROVIDER);
//! static SLOW: &dyn AnyQuery = &Mail::SEND_DURATION.quantile(0.99, minutes(5)).above(0.5);
//! # assert_eq!(BOUNCED.dimension(), caxton_instrument::query::Dimension::RATIO);
//! # assert!(SLOW.is_condition());
//! ```
//!
//! Every answer is aggregated: over all series, or [by](Query::by) some labels.
//! Both sides of an operator are aggregated by the same labels, so that no
//! query meets series that do not match, or matches one with many.
//!
//! | asked of | methods |
//! |---|---|
//! | a counter | [`rate`](MetricRef::rate), `increase`, `share` |
//! | a gauge | `sum`, `max`, `min`, `average`, each also over a window, `delta`, `predicted` |
//! | a histogram | `quantile`, `average`, `share_at_most`, `share_above`, `observations` |
//! | for an [objective](Objective) | `good` and `bad` of a counter, `at_most` of a histogram |
//!
//! A native histogram is asked twice, `histogram_quantile(..) or
//! histogram_quantile(..)`: as the native one that a Prometheus with
//! [that feature](https://prometheus.io/docs/prometheus/3.5/feature_flags/#native-histograms)
//! has, and as the buckets that it has without.
//!
//! Numbers are in base units: seconds, bytes, shares between 0 and 1.

mod absence;
mod algebra;
mod dimension;
mod expr;
mod matcher;
mod names;
mod node;
mod objective;
mod select;
mod window;

#[cfg(doc)]
use crate::metric::MetricRef;

pub use algebra::{AnyQuery, Condition, Node, Query};
pub use dimension::Dimension;
#[doc(hidden)]
pub use dimension::share;
pub use expr::{
    Aggregate, Arithmetic, Bound, Call, Comparison, Expr, Logic, Part, Selection, Test,
};
pub use matcher::{Filter, Matcher, Value};
pub(crate) use names::{Names, is_within};
pub use objective::{Events, Objective};
pub use window::{Window, days, hours, minutes, seconds};
