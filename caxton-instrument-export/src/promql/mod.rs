//! Queries as PromQL, laid out as `promtool promql format` lays them out.
//!
//! ```text
//! tree    an expression, with the parentheses that it needs
//! layout  lines of a hundred characters at most, where it can be broken
//! quote   texts, numbers and spans of time as Prometheus prints them
//! style   what a reader such as a dashboard wants otherwise
//! ```
//!
//! ```standalone_crate
//! use caxton_instrument::prelude::*;
//! use caxton_instrument::query::{AnyQuery, minutes};
//! use caxton_instrument_export::promql;
//!
//! /// The mailer.
//! #[derive(MetricSet)]
//! #[metric_set(namespace = "mailer")]
//! struct Mail {
//!     /// Time to send one message.
//!     #[metric(unit = seconds, buckets = [0.1, 0.5, 1.0])]
//!     send_duration: Histogram,
//! }
//!
//! static SLOW: &dyn AnyQuery = &Mail::SEND_DURATION.quantile(0.99, minutes(5)).above(0.5);
//!
//! assert_eq!(
//!     promql::render(SLOW),
//!     "histogram_quantile(0.99, sum by (le) (rate(mailer_send_duration_seconds_bucket[5m]))) > 0.5",
//! );
//! ```

mod layout;
mod quote;
mod style;
mod tree;

use caxton_instrument::query::{AnyQuery, Expr, Window};

pub(crate) use style::Style;

/// A query under the names that a scrape gives its metrics, in one line or
/// several; the last one is not ended.
#[must_use]
pub fn render(query: &dyn AnyQuery) -> String {
    render_as(&query.expr(), Style::RULE)
}

/// An expression as a reader wants it.
pub(crate) fn render_as(expr: &Expr, style: Style) -> String {
    layout::lay_out(&tree::Tree::of(expr, style))
}

/// The same for those series alone that have the largest values.
pub(crate) fn render_top(count: u32, expr: &Expr, style: Style) -> String {
    let arguments = vec![
        tree::Tree::Leaf(count.to_string()),
        tree::Tree::of(expr, style),
    ];
    layout::lay_out(&tree::Tree::Call(String::from("topk"), arguments))
}

/// A span of time as Prometheus prints it: `5m`, `1h30m`.
#[must_use]
pub fn duration(window: Window) -> String {
    let mut out = String::new();
    quote::window(&mut out, window);
    out
}
