//! What operators make of their sides.

use std::collections::BTreeSet;

use super::judged::{Facts, Judged, Value};
use super::labels::Labels;
use super::metric::{PARTS, Series};
use super::quantity::Quantity;
use super::tree::{Binary, Kind, Node, Selector, Side};

pub(super) fn binary<'a>(binary: &Binary, parts: &[Judged<'a>]) -> Facts<'a> {
    let [left, right] = parts else {
        return Facts::unknown(Value::Vector);
    };
    let (left, right) = (&left.facts, &right.facts);
    if binary.is_set() {
        return set(binary, left, right);
    }
    let vector = if left.value == Value::Scalar {
        right
    } else {
        left
    };
    let value = if left.value == Value::Scalar && right.value == Value::Scalar {
        Value::Scalar
    } else {
        Value::Vector
    };
    if binary.is_comparison() {
        if binary.bool_at.is_some() {
            return Facts {
                low: 0.0,
                high: 1.0,
                labels: labels(binary, left, right),
                ..Facts::unknown(value)
            };
        }
        return Facts {
            is_condition: true,
            labels: labels(binary, left, right),
            ..vector.clone()
        };
    }
    let (low, high) = span(binary, left, right);
    let is_condition = left.is_condition || right.is_condition;
    Facts {
        metric: vector.metric.clone().filter(|_| {
            left.value == Value::Scalar || right.value == Value::Scalar || is_average(left, right)
        }),
        series: if matches!(binary.operator.text.as_str(), "*" | "/")
            && (left.value == Value::Scalar) != (right.value == Value::Scalar)
        {
            vector.series
        } else {
            Series::Unknown
        },
        is_rate: left.is_rate || right.is_rate,
        is_quantile: vector.is_quantile
            && (left.value == Value::Scalar || right.value == Value::Scalar),
        is_aggregated: vector.is_aggregated,
        quantity: quantity(binary, left, right),
        labels: labels(binary, left, right),
        low,
        high,
        is_condition,
        value,
    }
}

fn set<'a>(binary: &Binary, left: &Facts<'a>, right: &Facts<'a>) -> Facts<'a> {
    if binary.operator.text != "or" {
        return Facts {
            is_condition: true,
            ..left.clone()
        };
    }
    Facts {
        labels: left.labels.or(&right.labels),
        low: left.low.min(right.low),
        high: left.high.max(right.high),
        is_condition: left.is_condition && right.is_condition,
        ..left.clone()
    }
}

/// The labels of the answer.
pub(super) fn labels(binary: &Binary, left: &Facts<'_>, right: &Facts<'_>) -> Labels {
    if left.value == Value::Scalar {
        return right.labels.clone();
    }
    if right.value == Value::Scalar {
        return left.labels.clone();
    }
    let names = |list: &[super::tree::Name]| -> BTreeSet<String> {
        list.iter().map(|it| it.text.clone()).collect()
    };
    if let Some(many) = &binary.many {
        let included = names(&many.labels);
        let many = if many.side == Side::Left { left } else { right };
        return included
            .iter()
            .fold(many.labels.clone(), |labels, name| labels.with(name));
    }
    // A comparison keeps the left side's labels only where it matches by all.
    match &binary.matching {
        None => left.labels.clone(),
        Some(matching) if matching.labels.iter().any(|it| it.is_variable) => Labels::unknown(),
        Some(matching) if matching.keeps => left.labels.keep(&names(&matching.labels)),
        Some(matching) => left.labels.without(&names(&matching.labels)),
    }
}

fn quantity(binary: &Binary, left: &Facts<'_>, right: &Facts<'_>) -> Option<Quantity> {
    let number = |node: &Node| node.number();
    match binary.operator.text.as_str() {
        "*" => match (number(&binary.left), number(&binary.right)) {
            (None, Some(factor)) => left.quantity.map(|it| it.scaled(factor)),
            (Some(factor), None) => right.quantity.map(|it| it.scaled(factor)),
            _ => left.quantity?.multiplied_by(right.quantity?),
        },
        "/" => match number(&binary.right) {
            Some(factor) => left.quantity.map(|it| it.scaled(1.0 / factor)),
            None => {
                // Sums over counts are averages; rates of both are.
                left.quantity?.divided_by(right.quantity?)
            }
        },
        "+" | "-" => match (left.quantity, right.quantity) {
            (Some(it), None) if number(&binary.right).is_some() => Some(it),
            (None, Some(it)) if number(&binary.left).is_some() => Some(it),
            (Some(left), Some(right)) if left == right => Some(left),
            _ => None,
        },
        "%" => left.quantity,
        _ => None,
    }
}

fn span(binary: &Binary, left: &Facts<'_>, right: &Facts<'_>) -> (f64, f64) {
    const ANY: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);
    let is_number = right.low.to_bits() == right.high.to_bits() && right.low.is_finite();
    let sorted = |a: f64, b: f64| {
        if a.is_nan() || b.is_nan() {
            ANY
        } else {
            (a.min(b), a.max(b))
        }
    };
    match binary.operator.text.as_str() {
        "/" if left.is_rate && is_share(&binary.left, &binary.right) => {
            let scales = left.quantity.zip(right.quantity);
            (
                0.0,
                scales.map_or(f64::INFINITY, |(a, b)| a.scale / b.scale),
            )
        }
        "/" if is_number && right.low != 0.0 => sorted(left.low / right.low, left.high / right.low),
        "*" if is_number && right.low != 0.0 => sorted(left.low * right.low, left.high * right.low),
        "*" | "/" if left.low >= 0.0 && right.low >= 0.0 => (0.0, f64::INFINITY),
        "+" => (left.low + right.low, left.high + right.high),
        "-" => (left.low - right.high, left.high - right.low),
        _ => ANY,
    }
}

/// Whether one side counts a part of what the other counts: the same metric,
/// or a histogram's buckets and its count, with no matcher less.
pub(super) fn is_share(part: &Node, whole: &Node) -> bool {
    let is_scaled = is_only_scaled(part) && is_only_scaled(whole);
    let (mut when, mut when_whole) = (Vec::new(), Vec::new());
    part.times(&mut when);
    whole.times(&mut when_whole);
    let (mut parts, mut wholes) = (Vec::new(), Vec::new());
    part.selectors(&mut parts);
    whole.selectors(&mut wholes);
    let ([part], [whole]) = (&parts[..], &wholes[..]) else {
        return false;
    };
    let counts_alike = match (base(part), base(whole)) {
        (Some((part, a)), Some((whole, b))) => {
            part == whole && (a == b || (a == "_bucket" && b == "_count"))
        }
        _ => false,
    };
    counts_alike && is_narrower(part, whole) && is_scaled && when == when_whole
}

/// Whether a histogram's sum is divided by its count.
fn is_average(left: &Facts<'_>, right: &Facts<'_>) -> bool {
    let (Some(sum), Some(count)) = (&left.metric, &right.metric) else {
        return false;
    };
    left.series == Series::Sum
        && right.series == Series::Count
        && sum.name.strip_suffix("_sum") == count.name.strip_suffix("_count")
}

/// Whether nothing is added to what is counted, so that only its scale changes.
fn is_only_scaled(node: &Node) -> bool {
    match &node.kind {
        Kind::Binary(it) => {
            matches!(it.operator.text.as_str(), "*" | "/")
                && (it.left.number().is_some() || it.right.number().is_some())
                && is_only_scaled(&it.left)
                && is_only_scaled(&it.right)
        }
        Kind::Minus(_) => false,
        _ => node.parts().into_iter().all(is_only_scaled),
    }
}

/// A metric's name without the suffix of a histogram's part, and that suffix.
fn base(selector: &Selector) -> Option<(&str, &'static str)> {
    let name = selector.name.as_ref().filter(|it| !it.is_variable)?;
    let part = PARTS
        .iter()
        .find_map(|(end, _)| name.text.strip_suffix(end).map(|it| (it, *end)));
    Some(part.unwrap_or((&name.text, "")))
}

/// Whether a selector has every matcher of another.
pub(super) fn is_narrower(part: &Selector, whole: &Selector) -> bool {
    whole.matchers.iter().all(|matcher| {
        part.matchers.iter().any(|it| {
            it.label.text == matcher.label.text
                && it.test == matcher.test
                && it.value == matcher.value
        })
    })
}
