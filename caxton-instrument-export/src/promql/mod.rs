//! Queries as PromQL, laid out as `promtool promql format` lays them out.
//!
//! ```text
//! route   how metrics get to Prometheus, and what they are called there
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
mod route;
mod style;
mod tree;

use caxton_instrument::query::{AnyQuery, Expr, Window};

pub use route::{Exporter, Route, Translation};
pub(crate) use style::Style;
pub(crate) use tree::Tree;

pub(crate) use quote::{literal, text};

/// A query under the names that a scrape gives its metrics, in one line or
/// several; the last one is not ended.
#[must_use]
pub fn render(query: &dyn AnyQuery) -> String {
    render_for(query, &Route::Scrape)
}

/// A query under the names that its metrics have at the end of a route.
///
/// ```standalone_crate
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::query::{AnyQuery, minutes};
/// use caxton_instrument_export::promql::{self, Exporter, Route};
///
/// /// The mailer.
/// #[derive(MetricSet)]
/// #[metric_set(namespace = "mailer")]
/// struct Mail {
///     /// Messages that were sent.
///     messages_sent: Counter,
/// }
///
/// static SENT: &dyn AnyQuery = &Mail::MESSAGES_SENT.rate(minutes(5)).by_instance();
/// let route = Route::Collector(Exporter::default().namespace("post").honor_labels(false));
/// assert_eq!(
///     promql::render_for(SENT, &route),
///     "sum by (exported_job, exported_instance) (rate(post_mailer_messages_sent_total[5m]))",
/// );
/// ```
#[must_use]
pub fn render_for(query: &dyn AnyQuery, route: &Route) -> String {
    expression_for(&query.expr(), route)
}

/// The same for an expression, such as one of an objective's.
pub(crate) fn expression_for(expr: &Expr, route: &Route) -> String {
    expression_in(expr, Style::rule(route))
}

/// The same as a reader wants it.
pub(crate) fn expression_in(expr: &Expr, style: Style<'_>) -> String {
    lay_out(&Tree::of(expr, style))
}

/// The same for those series alone that have the largest values.
pub(crate) fn largest_in(count: u32, expr: &Expr, style: Style<'_>) -> String {
    let arguments = vec![Tree::leaf(count.to_string()), Tree::of(expr, style)];
    lay_out(&Tree::Call(String::from("topk"), arguments))
}

pub(crate) fn lay_out(tree: &Tree) -> String {
    layout::lay_out(tree)
}

/// Series of any name, whose labels have these values.
pub(crate) fn selector(name: &str, labels: &[(&str, &str)]) -> String {
    let mut out = String::from(name);
    if labels.is_empty() {
        return out;
    }
    out.push('{');
    for (at, (label, value)) in labels.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push_str(label);
        out.push('=');
        text(&mut out, value);
    }
    out.push('}');
    out
}

/// All series of a name; one with other letters than Prometheus 2 took
/// [in quotes](https://prometheus.io/docs/guides/utf8/#querying).
pub(crate) fn series_named(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let starts = |c: char| c.is_ascii_digit();
    if !name.is_empty() && name.chars().all(is_plain) && !name.starts_with(starts) {
        return name.into();
    }
    let mut out = String::from("{");
    text(&mut out, name);
    out.push('}');
    out
}

/// A number as Prometheus reads it.
pub(crate) fn number(value: f64) -> String {
    let mut out = String::new();
    quote::number(&mut out, value);
    out
}

/// A span of time as Prometheus prints it: `5m`, `1h30m`.
#[must_use]
pub fn duration(window: Window) -> String {
    let mut out = String::new();
    quote::window(&mut out, window);
    out
}

/// The same for seconds that were read; none of them are `0s`.
pub(crate) fn duration_of(seconds: u64) -> String {
    let mut out = String::new();
    quote::seconds(&mut out, seconds);
    if out.is_empty() {
        out.push_str("0s");
    }
    out
}
