//! What functions and aggregations make of what they are given.

use std::collections::BTreeSet;

use caxton_instrument::Unit;

use super::judged::{Facts, Judged, Value};
use super::labels::{Labels, Rest};
use super::metric::Series;
use super::quantity::Quantity;
use super::tree::{Aggregate, Kind, Node, Test};

pub(super) fn call<'a>(name: &str, arguments: &[Node], parts: &[Judged<'a>]) -> Facts<'a> {
    // The series stand first, but for the functions that begin with a number.
    let of = parts
        .iter()
        .map(|it| &it.facts)
        .find(|it| matches!(it.value, Value::Vector | Value::Range))
        .cloned();
    let Some(of) = of else {
        return without_series(name, arguments);
    };
    let of = Facts {
        value: Value::Vector,
        ..of
    };
    match name {
        "rate" | "irate" => Facts {
            is_rate: true,
            quantity: of.quantity.map(Quantity::per_second),
            low: 0.0,
            high: f64::INFINITY,
            ..of
        },
        "increase" => Facts {
            is_rate: true,
            low: 0.0,
            high: f64::INFINITY,
            ..of
        },
        "avg_over_time" | "min_over_time" | "max_over_time" | "quantile_over_time" => Facts {
            series: if of.is_raw_counter() {
                Series::Unknown
            } else {
                of.series
            },
            ..of
        },
        "last_over_time" | "sort" | "sort_desc" | "sort_by_label" | "sort_by_label_desc" => of,
        "histogram_quantile" => quantile(of),
        "absent" | "absent_over_time" => Facts {
            labels: of_absent(arguments.first()),
            low: 1.0,
            high: 1.0,
            is_condition: true,
            ..Facts::unknown(Value::Vector)
        },
        "label_replace" | "label_join" => match arguments.get(1).map(|it| &it.kind) {
            Some(Kind::Text(label)) => Facts {
                labels: of.labels.clone().with(label),
                ..of
            },
            _ => Facts {
                labels: Labels::unknown(),
                ..of
            },
        },
        "scalar" => Facts {
            quantity: of.quantity,
            low: of.low,
            high: of.high,
            labels: Labels::exactly([]),
            ..Facts::unknown(Value::Scalar)
        },
        "info" => Facts {
            labels: Labels {
                rest: Rest::Anything,
                ..of.labels.clone()
            },
            ..of
        },
        _ => calculated(name, arguments, of),
    }
}

/// What is calculated from samples is no metric's sample any more.
fn calculated<'a>(name: &str, arguments: &[Node], of: Facts<'a>) -> Facts<'a> {
    const LEAST: f64 = f64::NEG_INFINITY;
    const MOST: f64 = f64::INFINITY;
    let number = |at: usize, other: f64| arguments.get(at).and_then(Node::number).unwrap_or(other);
    let whole = of.quantity.map(|it| Quantity {
        per_second: false,
        ..it
    });
    let count = Quantity {
        per_second: name == "histogram_count" && of.quantity.is_some_and(|it| it.per_second),
        ..Quantity::COUNT
    };
    let (quantity, low, high) = match name {
        "delta"
        | "idelta"
        | "predict_linear"
        | "double_exponential_smoothing"
        | "histogram_sum" => (of.quantity, LEAST, MOST),
        "deriv" => (of.quantity.map(Quantity::per_second), LEAST, MOST),
        "sum_over_time" if of.low < 0.0 => (of.quantity, LEAST, MOST),
        "sum_over_time" | "stddev_over_time" | "mad_over_time" | "abs" => (of.quantity, 0.0, MOST),
        "changes" | "resets" | "count_over_time" | "histogram_count" => (Some(count), 0.0, MOST),
        "present_over_time" => (None, 1.0, 1.0),
        "histogram_avg" | "histogram_stddev" => (whole, LEAST, MOST),
        "histogram_fraction" => (Some(Quantity::RATIO), 0.0, 1.0),
        "timestamp" | "ts_of_last_over_time" | "ts_of_max_over_time" | "ts_of_min_over_time" => {
            (Some(Quantity::SECONDS), 0.0, MOST)
        }
        "ceil" | "floor" | "round" => (of.quantity, of.low.floor(), of.high.ceil()),
        "clamp_min" => (of.quantity, of.low.max(number(1, LEAST)), of.high),
        "clamp_max" => (of.quantity, of.low, of.high.min(number(1, MOST))),
        "clamp" => (
            of.quantity,
            of.low.max(number(1, LEAST)),
            of.high.min(number(2, MOST)),
        ),
        _ => (None, LEAST, MOST),
    };
    Facts {
        quantity,
        low,
        high,
        metric: of.metric,
        labels: of.labels,
        is_aggregated: of.is_aggregated,
        is_condition: of.is_condition,
        ..Facts::unknown(Value::Vector)
    }
}

/// A function of numbers, or of nothing.
fn without_series<'a>(name: &str, arguments: &[Node]) -> Facts<'a> {
    match name {
        "time" => Facts {
            quantity: Some(Quantity::SECONDS),
            low: 0.0,
            ..Facts::number(f64::INFINITY)
        },
        "pi" => Facts::number(std::f64::consts::PI),
        "vector" => {
            let value = arguments.first().and_then(Node::number);
            Facts {
                low: value.unwrap_or(f64::NEG_INFINITY),
                high: value.unwrap_or(f64::INFINITY),
                labels: Labels::exactly([]),
                ..Facts::unknown(Value::Vector)
            }
        }
        _ => Facts {
            labels: Labels::exactly([]),
            ..Facts::unknown(Value::Vector)
        },
    }
}

fn quantile(of: Facts<'_>) -> Facts<'_> {
    let unit = of.metric.as_ref().and_then(|it| match it.descriptor {
        Some(descriptor) => Some(descriptor.unit),
        None => super::metric::unit_of(&it.name),
    });
    let highest = of.bounds().last().copied();
    let is_classic = of.series == Series::Buckets;
    Facts {
        quantity: unit.map(Quantity::of),
        labels: of.labels.without(&BTreeSet::from([String::from("le")])),
        series: Series::Unknown,
        is_quantile: true,
        low: if of.bounds().first().is_some_and(|it| *it >= 0.0) {
            0.0
        } else {
            f64::NEG_INFINITY
        },
        high: highest.filter(|_| is_classic).unwrap_or(f64::INFINITY),
        ..of
    }
}

/// The labels of [`absent`](https://prometheus.io/docs/prometheus/3.5/querying/functions/#absent):
/// those that the selector binds to one value, none of anything else.
fn of_absent(argument: Option<&Node>) -> Labels {
    let selector = match argument.map(|it| &it.inner().kind) {
        Some(Kind::Range {
            of,
            is_subquery: false,
            ..
        }) => Some(&of.kind),
        other => other,
    };
    let Some(Kind::Selector(selector)) = selector else {
        return Labels::exactly([]);
    };
    let bound = selector
        .matchers
        .iter()
        .filter(|it| it.test == Test::Is && !it.label.is_variable);
    let names: BTreeSet<_> = bound.map(|it| it.label.text.clone()).collect();
    Labels {
        fixed: names.clone(),
        ..Labels::exactly(names)
    }
}

pub(super) fn aggregate<'a>(aggregate: &Aggregate, parts: &[Judged<'a>]) -> Facts<'a> {
    let Some(of) = parts.last().map(|it| it.facts.clone()) else {
        return Facts::unknown(Value::Vector);
    };
    let how = aggregate.how.text.as_str();
    let keeps_labels = matches!(how, "topk" | "bottomk" | "limitk" | "limit_ratio");
    let is_one = aggregate.parameter.as_ref().and_then(Node::number) == Some(1.0);
    let mut labels = match &aggregate.grouping {
        Some(grouping) if keeps_labels && is_one && grouping.keeps => {
            // One series of each group: no other label tells two apart.
            let mut labels = of.labels.clone();
            let names = grouping.labels.iter().map(|it| it.text.clone()).collect();
            labels
                .fixed
                .extend(labels.names.difference(&names).cloned());
            labels
        }
        _ if keeps_labels => of.labels.clone(),
        None => of.labels.keep(&BTreeSet::new()),
        Some(grouping) if grouping.labels.iter().any(|it| it.is_variable) => Labels::unknown(),
        Some(grouping) => {
            let names = grouping.labels.iter().map(|it| it.text.clone()).collect();
            if grouping.keeps {
                of.labels.keep(&names)
            } else {
                of.labels.without(&names)
            }
        }
    };
    let of = Facts {
        value: Value::Vector,
        is_aggregated: of.is_aggregated || !keeps_labels,
        ..of
    };
    let plain = Facts {
        metric: of.metric.clone(),
        is_aggregated: true,
        is_condition: of.is_condition,
        ..Facts::unknown(Value::Vector)
    };
    let facts = match how {
        "sum" => Facts {
            low: if of.low >= 0.0 {
                0.0
            } else {
                f64::NEG_INFINITY
            },
            high: f64::INFINITY,
            ..of
        },
        "count" | "count_values" => {
            if let Some(Kind::Text(label)) = aggregate.parameter.as_ref().map(|it| &it.kind) {
                labels = labels.with(label);
            }
            Facts {
                quantity: Some(Quantity::of(Unit::None)),
                // Nothing is counted as nothing, not as 0.
                low: 1.0,
                ..plain
            }
        }
        "group" => Facts {
            low: 1.0,
            high: 1.0,
            ..plain
        },
        "stddev" => Facts {
            quantity: of.quantity,
            low: 0.0,
            ..plain
        },
        "stdvar" => Facts { low: 0.0, ..plain },
        _ => of,
    };
    Facts { labels, ..facts }
}
