//! The functions and aggregations of Prometheus 3.5, by name, those behind
//! `--enable-feature` too; from
//! [its table](https://github.com/prometheus/prometheus/blob/v3.5.0/promql/parser/functions.go).

use super::syntax::syntax;
use super::token::Token;
use crate::lint::Fault;

const AGGREGATIONS: [&str; 14] = [
    "avg",
    "bottomk",
    "count",
    "count_values",
    "group",
    "limit_ratio",
    "limitk",
    "max",
    "min",
    "quantile",
    "stddev",
    "stdvar",
    "sum",
    "topk",
];

const FUNCTIONS: &[&str] = &[
    "abs",
    "absent",
    "absent_over_time",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atanh",
    "avg_over_time",
    "ceil",
    "changes",
    "clamp",
    "clamp_max",
    "clamp_min",
    "cos",
    "cosh",
    "count_over_time",
    "day_of_month",
    "day_of_week",
    "day_of_year",
    "days_in_month",
    "deg",
    "delta",
    "deriv",
    "double_exponential_smoothing",
    "exp",
    "floor",
    "histogram_avg",
    "histogram_count",
    "histogram_fraction",
    "histogram_quantile",
    "histogram_stddev",
    "histogram_stdvar",
    "histogram_sum",
    "hour",
    "idelta",
    "increase",
    "info",
    "irate",
    "label_join",
    "label_replace",
    "last_over_time",
    "ln",
    "log10",
    "log2",
    "mad_over_time",
    "max_over_time",
    "min_over_time",
    "minute",
    "month",
    "pi",
    "predict_linear",
    "present_over_time",
    "quantile_over_time",
    "rad",
    "rate",
    "resets",
    "round",
    "scalar",
    "sgn",
    "sin",
    "sinh",
    "sort",
    "sort_by_label",
    "sort_by_label_desc",
    "sort_desc",
    "sqrt",
    "stddev_over_time",
    "stdvar_over_time",
    "sum_over_time",
    "tan",
    "tanh",
    "time",
    "timestamp",
    "ts_of_last_over_time",
    "ts_of_max_over_time",
    "ts_of_min_over_time",
    "vector",
    "year",
];

/// What promql-parser reads and Prometheus 3.5 does not know yet.
const LATER: [&str; 14] = [
    "end",
    "fill",
    "fill_left",
    "fill_right",
    "first_over_time",
    "histogram_quantiles",
    "max_of",
    "min_of",
    "range",
    "start",
    "start_timestamp",
    "step",
    "ts_of_first_over_time",
    "xrate",
];

/// Names from other languages, and older ones.
const OTHERS: [(&str, &str); 10] = [
    ("holt_winters", "double_exponential_smoothing"),
    ("mean", "avg"),
    ("median", "quantile(0.5, ...)"),
    ("percentile", "histogram_quantile"),
    ("histogram_percentile", "histogram_quantile"),
    ("derivative", "deriv"),
    ("non_negative_derivative", "rate"),
    ("moving_average", "avg_over_time"),
    ("distinct", "count(count by (label) (...))"),
    ("count_distinct", "count(count by (label) (...))"),
];

pub(super) fn is_aggregation(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    AGGREGATIONS.contains(&word.as_str())
}

pub(super) fn is_known(word: &str) -> bool {
    FUNCTIONS.contains(&word) || is_aggregation(word)
}

pub(super) fn is_later(word: &str) -> bool {
    LATER.contains(&word)
}

pub(super) fn unknown(token: &Token<'_>) -> Box<Fault> {
    let word = token.text;
    if is_later(word) {
        return later(token);
    }
    let remedy = match OTHERS.iter().find(|(name, _)| *name == word) {
        Some((_, other)) => format!("write `{other}`"),
        None => FUNCTIONS
            .iter()
            .chain(&AGGREGATIONS)
            .map(|name| (strsim::jaro_winkler(name, word), name))
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .filter(|(likeness, _)| *likeness > 0.8)
            .map_or_else(
                || {
                    String::from(
                        "write a function of PromQL, or an operator before the parenthesis",
                    )
                },
                |(_, name)| format!("write `{name}`"),
            ),
    };
    syntax(
        token.at(),
        format!("PromQL has no function `{word}`"),
        remedy,
    )
}

pub(super) fn later(token: &Token<'_>) -> Box<Fault> {
    syntax(
        token.at(),
        format!("Prometheus 3.5 does not know `{}` yet", token.text),
        String::from("write it in other words, or run a later Prometheus"),
    )
}
