//! The trace as a comment of an SQL statement, as
//! [sqlcommenter](https://google.github.io/sqlcommenter/spec/) writes it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use opentelemetry::trace::TraceContextExt as _;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::context::current;
use super::trace_context;

/// Comments on SQL statements that name the trace they belong to, so that the
/// slow ones in a database's own log lead to it. Off unless it is made with
/// [`on`](Self::on): a statement that is another one each time defeats caches
/// of statements, so leave prepared ones alone.
///
/// ```
/// use caxton_instrument_export::propagation::SqlComments;
///
/// let comments = SqlComments::on().tag("application", "shop");
/// let sql = comments.comment("SELECT * FROM orders");
/// assert_eq!(sql, "SELECT * FROM orders /*application='shop'*/");
///
/// assert_eq!(SqlComments::off().comment("SELECT 1"), "SELECT 1");
/// ```
///
/// In a trace the comment has `traceparent` and, where there is one,
/// `tracestate` too.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct SqlComments {
    is_on: bool,
    tags: BTreeMap<String, String>,
}

/// What URLs leave as it is. `*`, `/` and `'` are not among it: no value ends
/// the comment.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What may stand behind a statement.
const END: [char; 5] = [';', ' ', '\t', '\r', '\n'];

impl SqlComments {
    /// Leaves statements as they are.
    pub fn off() -> Self {
        Self::default()
    }

    /// Comments on statements.
    pub fn on() -> Self {
        Self {
            is_on: true,
            ..Self::default()
        }
    }

    /// Adds a tag to every comment, such as `application`, `route` or
    /// `db_driver`. In a trace, `traceparent` and `tracestate` are those of the
    /// trace.
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.insert(key.into(), value.into());
        self
    }

    /// The statement with a comment at its end, before a semicolon. One that
    /// has a comment anywhere, or what looks like one inside of a string, is
    /// left as it is.
    pub fn comment<'s>(&self, sql: &'s str) -> Cow<'s, str> {
        let has_comment = || ["/*", "--"].iter().any(|mark| sql.contains(mark));
        if !self.is_on || sql.trim_end_matches(END).is_empty() || has_comment() {
            return Cow::Borrowed(sql);
        }
        let mut tags = Cow::Borrowed(&self.tags);
        let context = current();
        let span = context.span();
        if span.span_context().is_valid() {
            let (parent, state) = trace_context::write(span.span_context());
            let tags = tags.to_mut();
            tags.insert(String::from(trace_context::PARENT), parent);
            if state.is_empty() {
                tags.remove(trace_context::STATE);
            } else {
                tags.insert(String::from(trace_context::STATE), state);
            }
        }
        if tags.is_empty() {
            return Cow::Borrowed(sql);
        }
        Cow::Owned(with(sql, &tags))
    }
}

fn with(sql: &str, tags: &BTreeMap<String, String>) -> String {
    let end = sql.trim_end_matches(END).len();
    let (statement, rest) = sql.split_at(end);
    let encode = |text| utf8_percent_encode(text, ENCODED).to_string();
    let mut pairs: Vec<_> = tags
        .iter()
        .map(|(key, value)| format!("{}='{}'", encode(key), encode(value)))
        .collect();
    pairs.sort_unstable();
    format!("{statement} /*{}*/{rest}", pairs.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_encoded_and_keys_sorted() {
        let comments = SqlComments::on()
            .tag("route parameter", "/param first")
            .tag("name", "DROP TABLE FOO'*/ --")
            .tag("action", "ü");
        assert_eq!(
            comments.comment("SELECT 1"),
            "SELECT 1 /*action='%C3%BC',name='DROP%20TABLE%20FOO%27%2A%2F%20--',\
             route%20parameter='%2Fparam%20first'*/"
        );
    }

    #[test]
    fn what_has_a_comment_is_left_alone() {
        let comments = SqlComments::on().tag("application", "shop");
        for sql in [
            "SELECT 1 /* mine */",
            "SELECT 1 -- mine",
            "SELECT '/*'",
            "",
            " ;",
        ] {
            assert_eq!(comments.comment(sql), sql);
        }
        assert_eq!(SqlComments::on().comment("SELECT 1"), "SELECT 1");
        assert_eq!(
            SqlComments::default().tag("a", "b").comment("SELECT 1"),
            "SELECT 1"
        );
    }

    #[test]
    fn the_comment_comes_before_the_end_of_the_statement() {
        let comments = SqlComments::on().tag("a", "b");
        assert_eq!(comments.comment("SELECT 1;"), "SELECT 1 /*a='b'*/;");
        assert_eq!(comments.comment("SELECT 1 ;\n"), "SELECT 1 /*a='b'*/ ;\n");
    }
}
