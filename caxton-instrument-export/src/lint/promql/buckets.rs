//! HIST: quantiles without their buckets, and thresholds that are no bound.
//!
//! Why: a histogram knows how many samples are below each bound and nothing
//! between. What lies above the highest bound is told as that bound.

use caxton_instrument::Unit;

use super::foreign::Foreign;
use super::judged::Judged;
use super::metric::Series;
use super::tree::{Aggregate, Kind, Matcher, Node, Test};
use super::{Look, fault};
use crate::lint::{Class, Fault};

pub(super) fn check(look: &Look<'_>, faults: &mut Vec<Fault>) {
    look.root.each(&mut |part| match &part.node.kind {
        Kind::Call { name, arguments } if name.text == "histogram_quantile" => {
            share(&arguments[..], faults);
            if let Some(of) = part.parts.get(1) {
                quantile(of, faults);
            }
        }
        Kind::Call { name, arguments } if name.text == "quantile_over_time" => {
            share(&arguments[..], faults);
        }
        Kind::Aggregate(aggregate) => {
            if aggregate.how.text == "quantile" {
                share(aggregate.parameter.as_slice(), faults);
            }
            dropped(aggregate, part, faults);
        }
        Kind::Selector(selector) => {
            for matcher in &selector.matchers {
                bucket(part, matcher, faults);
            }
        }
        Kind::Binary(binary) if binary.is_comparison() => {
            if let [left, right] = &part.parts[..] {
                for (side, other) in [(left, right), (right, left)] {
                    if let Some(threshold) = other.node.number() {
                        compared(side, other, threshold, faults);
                    }
                }
            }
        }
        _ => {}
    });
}

/// The first argument, the share of samples.
fn share(arguments: &[Node], faults: &mut Vec<Fault>) {
    let Some(argument) = arguments.first() else {
        return;
    };
    if let Some(value) = argument.number().filter(|it| !(0.0..=1.0).contains(it)) {
        let remedy = if (1.0..=100.0).contains(&value) {
            format!("write `{}`", value / 100.0)
        } else {
            String::from("write a share such as `0.95`")
        };
        faults.push(fault(
            Class::Hist,
            argument.at.clone(),
            format!("a quantile is a share from 0 to 1, and {value} is none"),
            remedy,
        ));
    }
}

fn quantile(of: &Judged<'_>, faults: &mut Vec<Fault>) {
    let facts = &of.facts;
    let declared = facts
        .metric
        .as_ref()
        .and_then(super::metric::Metric::declared);
    let is_histogram = matches!(facts.series, Series::Buckets | Series::Native);
    let has_buckets = facts.series == Series::Native || facts.labels.has("le") != Some(false);
    // Buckets that an aggregation took are told there.
    if !is_histogram || !has_buckets {
        return;
    }
    // A rule about another program may ask for each series, as etcd's do for each peer.
    let is_foreign = facts
        .metric
        .as_ref()
        .is_some_and(|it| it.descriptor.is_none() && Foreign::find(&it.name).is_some());
    if facts.series == Series::Buckets && !is_foreign && !facts.is_aggregated && facts.is_rate {
        faults.push(
            fault(
                Class::Hist,
                of.node.at.clone(),
                String::from(
                    "nothing adds the buckets up: this is a quantile of each series, of each process \
                     and each combination of labels by itself",
                ),
                "write `sum by (le) (rate(...))`, with the labels beside `le` that are to stay",
            )
            .declared(declared),
        );
        return;
    }
    if !facts.is_rate
        && facts
            .metric
            .as_ref()
            .is_some_and(|it| it.descriptor.is_some())
    {
        faults.push(
            fault(
                Class::Hist,
                of.node.at.clone(),
                String::from("buckets count since the start: the quantile is of all time"),
                "take `rate(...[5m])` of the buckets",
            )
            .declared(declared),
        );
    }
}

/// `sum(rate(x_bucket[5m]))`: each bucket counts all samples up to its bound.
fn dropped(aggregate: &Aggregate, part: &Judged<'_>, faults: &mut Vec<Fault>) {
    let Some(of) = part.parts.last().map(|it| &it.facts) else {
        return;
    };
    let is_lost = of.series == Series::Buckets
        && of.labels.has("le") == Some(true)
        && !of.labels.fixed.contains("le")
        && part.facts.labels.has("le") == Some(false);
    // How many buckets there are may be asked.
    if !is_lost || !matches!(aggregate.how.text.as_str(), "sum" | "avg" | "min" | "max") {
        return;
    }
    let grouping = aggregate.grouping.as_ref().map(|it| it.at.clone());
    let location = of.metric.as_ref().and_then(super::metric::Metric::declared);
    faults.push(
        fault(
            Class::Hist,
            grouping.unwrap_or_else(|| aggregate.how.at.clone()),
            String::from(
                "the aggregation drops `le`: each bucket counts all samples up to its bound, and \
                 together they mean nothing",
            ),
            "keep it: `sum by (le) (...)`, with the other labels beside it; ask `_count` for how many",
        )
        .declared(location),
    );
}

/// `le="0.3"`.
fn bucket(part: &Judged<'_>, matcher: &Matcher, faults: &mut Vec<Fault>) {
    let bounds = part.facts.bounds();
    let is_le = matcher.label.text == "le" && part.facts.series == Series::Buckets;
    let Some(value) = matcher
        .value
        .as_deref()
        .filter(|_| is_le && !bounds.is_empty())
    else {
        return;
    };
    let is_bound = |value: f64| value.is_infinite() || bounds.contains(&value);
    let wrong = match matcher.test {
        Test::Is | Test::IsNot => value.parse::<f64>().map_or(true, |it| !is_bound(it)),
        Test::Matches | Test::MatchesNot => {
            let Some(pattern) = super::syntax::pattern_of(value) else {
                return;
            };
            let spelled = bounds.iter().flat_map(|it| {
                let mut text = String::new();
                crate::bound::write(&mut text, *it);
                let whole = format!("{text}.0");
                [text, whole]
            });
            let mut all = spelled.chain([String::from("+Inf")]);
            !all.any(|it| pattern.is_match(&it))
        }
    };
    if wrong {
        let declared = part
            .facts
            .metric
            .as_ref()
            .and_then(super::metric::Metric::declared);
        faults.push(
            fault(
                Class::Hist,
                matcher.value_at.clone(),
                format!("{value} is no bucket bound: nothing is selected"),
                format!("write one of {}", said(bounds)),
            )
            .declared(declared),
        );
    }
}

fn compared(side: &Judged<'_>, number: &Judged<'_>, threshold: f64, faults: &mut Vec<Fault>) {
    let facts = &side.facts;
    let (Some(highest), Some(metric)) = (facts.bounds().last(), &facts.metric) else {
        return;
    };
    // Bounds in the unit of the value, which may be milliseconds.
    let scale = facts.quantity.map_or(1.0, |it| it.scale);
    let highest = highest * scale;
    let bounds: Vec<f64> = facts.bounds().iter().map(|it| it * scale).collect();
    let is_bound = bounds
        .iter()
        .any(|it| (it - threshold).abs() <= it.abs() * 1e-9);
    // A native histogram's buckets lie close.
    let is_native = metric.descriptor.is_some_and(|it| it.native.is_some());
    let is_far_below = scale > 1.0 && bounds.first().is_some_and(|it| threshold < it / 50.0);
    if !facts.is_quantile || is_native || is_bound || is_far_below || threshold <= 0.0 {
        return;
    }
    let name = metric
        .name
        .strip_suffix("_bucket")
        .unwrap_or(metric.name.as_ref());
    let is_seconds = facts
        .quantity
        .is_some_and(|it| it.unit == Unit::Seconds && it.is_plain());
    let lowest = bounds.first().copied().unwrap_or_default();
    let is_milli = is_seconds && (lowest..=highest).contains(&(threshold / 1000.0));
    let message = if threshold > highest {
        format!(
            "{threshold} is above the highest bound of `{name}`, {highest}: no quantile is told as \
             more"
        )
    } else {
        format!("{threshold} is no bucket bound of `{name}`: between bounds a quantile is a guess")
    };
    let bounds = said(&bounds);
    let remedy = if threshold > highest && is_milli {
        format!(
            "write seconds, `{}`; or one of {bounds}",
            threshold / 1000.0
        )
    } else {
        format!("write a bound, one of {bounds}; or declare one there")
    };
    faults.push(
        fault(Class::Hist, number.node.at.clone(), message, remedy).declared(metric.declared()),
    );
}

fn said(bounds: &[f64]) -> String {
    let texts: Vec<_> = bounds.iter().map(ToString::to_string).collect();
    texts.join(", ")
}
