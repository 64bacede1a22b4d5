//! TYP: a function that does not fit the metric's type.
//!
//! Why: the answer is a number all the same. A rate of a gauge takes each fall
//! for a reset; a counter's value says when the process started.

use super::judged::Judged;
use super::metric::{Metric, Series};
use super::place::UseKind;
use super::tree::{Binary, Kind, Name, Node};
use super::{Look, fault};
use crate::lint::{Class, Fault};

pub(super) fn check(look: &Look<'_>, faults: &mut Vec<Fault>) {
    look.root.each(&mut |part| match &part.node.kind {
        Kind::Call { name, .. } => called(look, part, name, faults),
        Kind::Aggregate(aggregate) => {
            if let Some(of) = part.parts.last() {
                aggregated(part, &aggregate.how, of, faults);
            }
        }
        Kind::Binary(binary) => {
            let [left, right] = &part.parts[..] else {
                return;
            };
            let is_other_number =
                |side: &Judged<'_>| side.facts.value == super::judged::Value::Scalar;
            for (side, other) in [(left, right), (right, left)] {
                // Beside another condition, whether it ever happened is asked of
                // the count itself; alone, it fires until the next restart.
                let is_guard =
                    other.node.number() == Some(0.0) && look.root.inner().node.at != part.node.at;
                if binary.is_comparison() && is_other_number(other) && !is_guard {
                    compared(look, side, faults);
                }
            }
            quotient(look, binary, left, right, faults);
        }
        Kind::Selector(selector) => {
            if let (Some(name), Some(metric)) = (&selector.name, &part.facts.metric)
                && metric.series == Series::Base
            {
                faults.push(base(name, metric));
            }
        }
        _ => {}
    });
    drawn(look, faults);
}

/// A classic histogram without a suffix.
fn base(name: &Name, metric: &Metric<'_>) -> Fault {
    let message = format!(
        "`{0}` is a histogram: no series is called so, but `{0}_bucket`, `{0}_sum`, `{0}_count`",
        metric.name
    );
    let remedy = format!(
        "write `{0}_bucket` for quantiles, `{0}_count` for how many, `{0}_sum` for averages",
        metric.name
    );
    fault(Class::Typ, name.at.clone(), message, remedy).declared(metric.declared())
}

fn typ(part: &Name, metric: Option<&Metric<'_>>, message: String, remedy: String) -> Fault {
    fault(Class::Typ, part.at.clone(), message, remedy).declared(metric.and_then(Metric::declared))
}

fn called(look: &Look<'_>, part: &Judged<'_>, name: &Name, faults: &mut Vec<Fault>) {
    let Some(of) = part
        .parts
        .iter()
        .map(|it| (it.inner(), &it.facts))
        .find(|(_, facts)| facts.is_vector() || facts.value == super::judged::Value::Range)
    else {
        return;
    };
    let (argument, facts) = of;
    let metric = facts.metric.as_ref();
    let subject = metric.map_or("it", |it| it.name.as_ref());
    match name.text.as_str() {
        function @ ("rate" | "irate" | "increase" | "resets") => {
            if let Some(fault) = rate_of_sum(look, name, argument, facts) {
                faults.push(fault);
                return;
            }
            if facts.is_rate {
                faults.push(typ(
                    name,
                    metric,
                    format!("`{function}` of a rate: a rate falls as well as it rises"),
                    format!("write `deriv`, or `{function}` of the counter itself"),
                ));
            } else if facts.series.is_gauge() && metric.is_some() {
                let other = match function {
                    "increase" => "delta",
                    "resets" => "changes",
                    _ => "deriv",
                };
                faults.push(typ(
                    name,
                    metric,
                    format!("`{subject}` is a gauge: `{function}` takes each fall for a restart"),
                    format!("write `{other}`, or `avg_over_time`; of events, count them"),
                ));
            }
        }
        function @ ("delta"
        | "deriv"
        | "predict_linear"
        | "idelta"
        | "double_exponential_smoothing")
            if facts.is_raw_counter() =>
        {
            let other = match function {
                "delta" => "increase",
                "idelta" => "irate",
                _ => "rate",
            };
            faults.push(typ(
                name,
                metric,
                format!(
                    "`{subject}` is {}: `{function}` takes a restart for a fall",
                    metric.map_or("a counter", Metric::word)
                ),
                format!("write `{other}`"),
            ));
        }
        function @ ("avg_over_time" | "min_over_time" | "max_over_time" | "quantile_over_time"
        | "stddev_over_time" | "sum_over_time")
            if facts.is_raw_counter() && metric.is_some() =>
        {
            faults.push(typ(
                name,
                metric,
                format!("`{subject}` is a counter: its samples are sums since the start"),
                format!("write `rate` or `increase`, or `{function}(rate(...)[1h:])`"),
            ));
        }
        "histogram_quantile" => quantile(part, name, faults),
        function @ ("histogram_avg" | "histogram_count" | "histogram_sum"
        | "histogram_fraction" | "histogram_stddev" | "histogram_stdvar")
            if is_no_native(facts.series) && metric.is_some() =>
        {
            faults.push(typ(
                name,
                metric,
                format!("`{subject}` is no native histogram: `{function}` gives nothing"),
                String::from(
                    "divide the rates of `_sum` and `_count`, or of `_bucket` and `_count`",
                ),
            ));
        }
        _ => {}
    }
}

/// `rate(sum(x)[5m:])`.
fn rate_of_sum(
    look: &Look<'_>,
    name: &Name,
    argument: &Judged<'_>,
    facts: &super::judged::Facts<'_>,
) -> Option<Fault> {
    let Kind::Range {
        of,
        is_subquery: true,
        ..
    } = &argument.node.kind
    else {
        return None;
    };
    if !facts.is_aggregated || !facts.series.is_counted() || facts.is_rate {
        return None;
    }
    let (function, inner) = (&name.text, &look.text[of.at.clone()]);
    Some(typ(
        name,
        facts.metric.as_ref(),
        format!("`{function}` of a sum: when one process restarts, the whole sum falls"),
        format!("take the rate first, and sum it: `sum({function}(...[5m]))`, not of `{inner}`"),
    ))
}

const fn is_no_native(series: Series) -> bool {
    matches!(
        series,
        Series::Counter
            | Series::Gauge
            | Series::Info
            | Series::Buckets
            | Series::Sum
            | Series::Count
    )
}

fn quantile(part: &Judged<'_>, name: &Name, faults: &mut Vec<Fault>) {
    let Some(of) = part.parts.get(1) else { return };
    let Some(metric) = &of.facts.metric else {
        return;
    };
    let is_no_histogram = matches!(
        of.facts.series,
        Series::Counter | Series::Gauge | Series::Info | Series::Sum | Series::Count
    );
    if is_no_histogram {
        let remedy = match of.facts.series {
            Series::Sum | Series::Count => {
                let base = metric
                    .name
                    .trim_end_matches("_sum")
                    .trim_end_matches("_count");
                format!("ask `{base}_bucket`")
            }
            _ => String::from(
                "ask a histogram's `_bucket`; `quantile` and `quantile_over_time` are for gauges",
            ),
        };
        faults.push(typ(
            name,
            Some(metric),
            format!("`{}` is {}: it has no buckets", metric.name, metric.word()),
            remedy,
        ));
    }
}

fn aggregated(part: &Judged<'_>, how: &Name, of: &Judged<'_>, faults: &mut Vec<Fault>) {
    let facts = &of.facts;
    let function = how.text.as_str();
    let is_sum = matches!(function, "sum" | "avg");
    if of.facts.is_quantile && matches!(function, "sum" | "avg" | "quantile") {
        faults.push(typ(
            how,
            facts.metric.as_ref(),
            format!("`{function}` of quantiles is no quantile of all"),
            String::from(
                "sum the buckets first: `histogram_quantile(0.95, sum by (le) (rate(..._bucket[5m])))`",
            ),
        ));
    }
    if function == "quantile" && facts.series == Series::Buckets {
        faults.push(typ(
            how,
            facts.metric.as_ref(),
            String::from("`quantile` reads the counts of buckets as samples"),
            String::from("write `histogram_quantile(0.95, sum by (le) (rate(..._bucket[5m])))`"),
        ));
    }
    let is_average = part.facts.is_vector() && is_sum && is_quotient_of_rates(of.node);
    if is_average && function == "avg" && of.facts.quantity.is_some() {
        faults.push(typ(
            how,
            facts.metric.as_ref(),
            String::from("an average of averages counts a quiet process as much as a busy one"),
            String::from("divide the sums: `sum(rate(..._sum[5m])) / sum(rate(..._count[5m]))`"),
        ));
    }
}

/// `rate(a) / rate(b)`, for each series.
fn is_quotient_of_rates(node: &Node) -> bool {
    let is_rate = |node: &Node| matches!(&node.inner().kind, Kind::Call { name, .. } if matches!(name.text.as_str(), "rate" | "increase"));
    matches!(&node.inner().kind, Kind::Binary(it)
        if it.operator.text == "/" && is_rate(&it.left) && is_rate(&it.right))
}

/// `sum(a_total) / sum(b_total)`.
fn quotient(
    look: &Look<'_>,
    binary: &Binary,
    left: &Judged<'_>,
    right: &Judged<'_>,
    faults: &mut Vec<Fault>,
) {
    let is_now = !matches!(look.place.kind, UseKind::Prose);
    let are_raw = |side: &Judged<'_>| side.facts.is_raw_counter() && side.facts.is_vector();
    if binary.operator.text != "/" || !is_now || !are_raw(left) || !are_raw(right) {
        return;
    }
    let location = left.facts.metric.as_ref().and_then(Metric::declared);
    faults.push(
        fault(
            Class::Typ,
            binary.operator.at.clone(),
            String::from(
                "counters are divided as they are: the share is of all time since a start",
            ),
            "divide rates: `sum(rate(...[5m])) / sum(rate(...[5m]))`",
        )
        .declared(location),
    );
}

/// A counter's value beside a number.
fn compared(look: &Look<'_>, side: &Judged<'_>, faults: &mut Vec<Fault>) {
    let facts = &side.facts;
    let Some(metric) = &facts.metric else { return };
    if !facts.is_raw_counter() || facts.is_condition || !facts.is_vector() {
        return;
    }
    let whole = &look.text[side.node.at.clone()];
    faults.push(
        fault(
            Class::Typ,
            side.node.at.clone(),
            format!(
                "`{}` is {}: its value is a sum since the process started",
                metric.name,
                metric.word()
            ),
            rated(side.node, whole),
        )
        .declared(metric.declared()),
    );
}

fn rated(node: &Node, whole: &str) -> String {
    if matches!(node.inner().kind, Kind::Selector(_)) {
        format!("compare `rate({whole}[5m])` or `increase({whole}[5m])`")
    } else {
        String::from("take `rate(...[5m])` or `increase(...[5m])` of the counter, inside")
    }
}

/// A counter's value as a line.
fn drawn(look: &Look<'_>, faults: &mut Vec<Fault>) {
    let UseKind::Panel { is_range, .. } = look.place.kind else {
        return;
    };
    let facts = &look.root.facts;
    let Some(metric) = &facts.metric else { return };
    // A single number may show how many there were.
    if !is_range || !facts.is_raw_counter() || facts.is_condition {
        return;
    }
    let at = look.root.node.at.clone();
    faults.push(
        fault(
            Class::Typ,
            at.clone(),
            format!(
                "`{}` is {}: drawn as it is, the line only rises and falls to 0 at restarts",
                metric.name,
                metric.word()
            ),
            rated(look.root.node, &look.text[at]).replace("compare", "draw"),
        )
        .declared(metric.declared()),
    );
}
