//! Samples for which a condition holds, or does not, in a steady state:
//! counters that rise evenly, gauges that stand still.
//!
//! Found from the inside out: each comparison wants a value of its left side,
//! each operator one of each of its sides, and a series takes the one that is
//! left to it.

use std::collections::BTreeMap;

use caxton_instrument::query::{
    Aggregate, Arithmetic, Call, Comparison, Expr, Logic, Part, Selection, Test, Window,
};
use caxton_instrument::{LabelDescriptor, LabelValues, MetricDescriptor};

use crate::bound;

/// A series: the name that it is exposed by, and its labels in order.
pub(super) type Key = (String, BTreeMap<String, String>);

/// How its samples go on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Course {
    /// So many more a second.
    Rising(f64),
    /// Always this one.
    Level(f64),
}

/// The samples of some series.
pub(super) type Samples = BTreeMap<Key, Course>;

/// Why there are none for a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unsolved {
    /// Whatever is sampled, it does not come to that.
    Never,
    /// Two parts of it want other samples of the same series.
    Contradiction,
    /// More than is looked for here.
    Unknown,
}

/// Samples for which `condition` holds, or, not `holding`, just does not.
pub(super) fn samples(condition: &Expr, holding: bool) -> Result<Samples, Unsolved> {
    let mut samples = Samples::new();
    hold(condition, holding, &mut samples)?;
    Ok(samples)
}

fn hold(condition: &Expr, holding: bool, out: &mut Samples) -> Result<(), Unsolved> {
    match condition {
        Expr::Logic(left, Logic::And, right) => {
            hold(left, holding, out)?;
            hold(right, holding, out)
        }
        Expr::Logic(left, Logic::Or | Logic::Unless, right) => {
            hold(left, holding, out)?;
            hold(right, false, out)
        }
        Expr::Compare(left, comparison, right) => {
            let Expr::Number(threshold) = **right else {
                // Anything to compare with: ten.
                let beside = 10.0;
                come_to(right, beside, out)?;
                return compare(left, *comparison, beside, holding, out);
            };
            compare(left, *comparison, threshold, holding, out)
        }
        // Beside it there are samples.
        Expr::Absent(_) if !holding => Ok(()),
        _ => Err(Unsolved::Unknown),
    }
}

fn compare(
    left: &Expr,
    comparison: Comparison,
    threshold: f64,
    holding: bool,
    out: &mut Samples,
) -> Result<(), Unsolved> {
    let rises = matches!(comparison, Comparison::Above | Comparison::AtLeast);
    let above = rises == holding;
    if let Expr::Call(Call::HistogramQuantile(_), buckets) = left {
        return quantile(buckets, threshold, above, out);
    }
    if is_share(left) {
        let share = if above {
            threshold + (1.0 - threshold).min(threshold.max(0.04)) / 4.0
        } else {
            threshold * 0.8
        };
        let reachable = if above {
            share > threshold
        } else {
            share < threshold
        };
        if !reachable || !(0.0..=1.0).contains(&share) {
            return Err(Unsolved::Never);
        }
        return come_to(left, share, out);
    }
    // A quarter more or less; of nothing, one.
    let margin = if threshold == 0.0 {
        1.0
    } else {
        threshold.abs() / 4.0
    };
    let value = if above {
        threshold + margin
    } else {
        threshold - margin
    };
    come_to(left, value, out)
}

/// Whether the answer is between 0 and 1 whatever the samples.
fn is_share(expr: &Expr) -> bool {
    match expr {
        Expr::Arithmetic(left, Arithmetic::DividedBy, right) => {
            shares(left, right).is_some() || buckets_of_count(left, right)
        }
        Expr::Arithmetic(one, Arithmetic::Minus, share) => {
            **one == Expr::Number(1.0) && is_share(share)
        }
        _ => false,
    }
}

/// Samples for which an expression comes to a value.
fn come_to(expr: &Expr, value: f64, out: &mut Samples) -> Result<(), Unsolved> {
    match expr {
        Expr::Aggregate { of, .. } => within(of, value, out),
        Expr::Arithmetic(left, Arithmetic::DividedBy, right) => quotient(left, right, value, out),
        Expr::Arithmetic(left, Arithmetic::Times, right) => match **right {
            Expr::Number(factor) if factor != 0.0 => come_to(left, value / factor, out),
            _ => Err(Unsolved::Unknown),
        },
        Expr::Arithmetic(left, Arithmetic::Minus, right) => {
            if let Expr::Number(from) = **left {
                return come_to(right, from - value, out);
            }
            come_to(right, 10.0, out)?;
            come_to(left, value + 10.0, out)
        }
        Expr::Arithmetic(left, Arithmetic::Plus, right) => {
            come_to(left, value / 2.0, out)?;
            come_to(right, value / 2.0, out)
        }
        _ => Err(Unsolved::Unknown),
    }
}

/// What is aggregated, where there is one series only.
fn within(of: &Expr, value: f64, out: &mut Samples) -> Result<(), Unsolved> {
    match of {
        Expr::Series { .. } => put(of, Course::Level(value), out),
        Expr::Call(call, series) => {
            let window = window(series);
            let course = match call {
                Call::Rate => Course::Rising(value),
                Call::Increase | Call::Delta => Course::Rising(value / window),
                _ => Course::Level(value),
            };
            let is_counted = matches!(call, Call::Rate | Call::Increase);
            if is_counted && value < 0.0 {
                return Err(Unsolved::Never);
            }
            put(series, course, out)
        }
        _ => Err(Unsolved::Unknown),
    }
}

fn window(series: &Expr) -> f64 {
    match series {
        Expr::Series {
            over: Some(over), ..
        } => over.as_secs() as f64,
        _ => 1.0,
    }
}

/// How many a second there are in all, where only shares matter.
const TOTAL: f64 = 10.0;

fn quotient(left: &Expr, right: &Expr, value: f64, out: &mut Samples) -> Result<(), Unsolved> {
    if let Some((some, all)) = shares(left, right) {
        put(some, Course::Rising(TOTAL * value), out)?;
        let rest = others(some, all).ok_or(Unsolved::Never)?;
        return insert(rest, Course::Rising(TOTAL * (1.0 - value)), out);
    }
    if buckets_of_count(left, right) {
        put(
            rated(left).ok_or(Unsolved::Unknown)?,
            Course::Rising(TOTAL * value),
            out,
        )?;
        return put(
            rated(right).ok_or(Unsolved::Unknown)?,
            Course::Rising(TOTAL),
            out,
        );
    }
    come_to(right, TOTAL, out)?;
    come_to(left, TOTAL * value, out)
}

/// The series of a sum of rates.
fn rated(expr: &Expr) -> Option<&Expr> {
    let Expr::Aggregate {
        how: Aggregate::Sum,
        of,
        ..
    } = expr
    else {
        return None;
    };
    match &**of {
        Expr::Call(Call::Rate, series) => Some(series),
        _ => None,
    }
}

/// Series of a metric, and more of the same metric that they are among.
fn shares<'a>(left: &'a Expr, right: &'a Expr) -> Option<(&'a Expr, &'a Expr)> {
    let (some, all) = (rated(left)?, rated(right)?);
    match (some, all) {
        (
            Expr::Series {
                metric,
                part: Part::Value,
                matching,
                ..
            },
            Expr::Series {
                metric: other,
                part: Part::Value,
                matching: fewer,
                ..
            },
        ) if metric.name == other.name && matching.starts_with(fewer) => Some((some, all)),
        _ => None,
    }
}

fn buckets_of_count(left: &Expr, right: &Expr) -> bool {
    matches!(
        (rated(left), rated(right)),
        (
            Some(Expr::Series {
                part: Part::BucketUpTo(_),
                ..
            }),
            Some(Expr::Series {
                part: Part::Count,
                ..
            }),
        )
    )
}

/// A series that is among `all` and not among `some`.
fn others(some: &Expr, all: &Expr) -> Option<Key> {
    let (
        Expr::Series {
            metric, matching, ..
        },
        Expr::Series {
            matching: common, ..
        },
    ) = (some, all)
    else {
        return None;
    };
    let mut labels = labels(metric, common)?;
    let excluded = matching.get(common.len())?;
    let label = metric.labels.iter().find(|it| it.name == excluded.label)?;
    let value = value_of(label, |value| !admits(&excluded.test, value), &[excluded])?;
    labels.insert(label.name.into(), value);
    Some((metric.name.into(), labels))
}

fn quantile(
    buckets: &Expr,
    threshold: f64,
    above: bool,
    out: &mut Samples,
) -> Result<(), Unsolved> {
    let series = rated(buckets).ok_or(Unsolved::Unknown)?;
    let Expr::Series {
        metric, matching, ..
    } = series
    else {
        return Err(Unsolved::Unknown);
    };
    let bounds = metric.buckets;
    // All samples are in one bucket, of which `from` is the bound below them.
    let first_full = if above {
        let from = bounds.iter().position(|bound| *bound >= threshold);
        let from = from.ok_or(Unsolved::Never)?;
        if from + 1 == bounds.len() && bounds[from] <= threshold {
            // Beyond the highest bound the quantile says that bound.
            return Err(Unsolved::Never);
        }
        from + 1
    } else {
        bounds
            .iter()
            .rposition(|bound| *bound <= threshold)
            .ok_or(Unsolved::Never)?
    };
    let all = bounds.iter().copied().chain([f64::INFINITY]);
    for (at, bound) in all.enumerate() {
        let mut labels = labels(metric, matching).ok_or(Unsolved::Never)?;
        labels.insert(String::from("le"), le(bound));
        let course = Course::Rising(if at >= first_full { TOTAL } else { 0.0 });
        insert((format!("{}_bucket", metric.name), labels), course, out)?;
    }
    Ok(())
}

fn le(bound: f64) -> String {
    let mut text = String::new();
    bound::write(&mut text, bound);
    text
}

fn put(series: &Expr, course: Course, out: &mut Samples) -> Result<(), Unsolved> {
    let Expr::Series {
        metric,
        part,
        matching,
        ..
    } = series
    else {
        return Err(Unsolved::Unknown);
    };
    let mut labels = labels(metric, matching).ok_or(Unsolved::Never)?;
    let suffix = match part {
        Part::Count => "_count",
        Part::Sum => "_sum",
        Part::BucketUpTo(bound) => {
            labels.insert(String::from("le"), le(bound.get()));
            "_bucket"
        }
        Part::Value => "",
        _ => return Err(Unsolved::Unknown),
    };
    insert((format!("{}{suffix}", metric.name), labels), course, out)
}

fn insert(key: Key, course: Course, out: &mut Samples) -> Result<(), Unsolved> {
    match out.insert(key, course) {
        Some(before) if !is_close(before, course) => Err(Unsolved::Contradiction),
        _ => Ok(()),
    }
}

fn is_close(left: Course, right: Course) -> bool {
    match (left, right) {
        (Course::Rising(left), Course::Rising(right))
        | (Course::Level(left), Course::Level(right)) => {
            (left - right).abs() <= left.abs().max(right.abs()) * 1e-9
        }
        _ => false,
    }
}

/// The labels of one series that is selected, with those of a scrape.
fn labels(metric: &MetricDescriptor, matching: &[Selection]) -> Option<BTreeMap<String, String>> {
    let mut labels = BTreeMap::from([
        (String::from("instance"), String::from("test:9464")),
        (String::from("job"), String::from("test")),
    ]);
    for label in metric.labels {
        let tests: Vec<_> = matching
            .iter()
            .filter(|it| it.label == label.name)
            .collect();
        let value = value_of(
            label,
            |value| tests.iter().all(|it| admits(&it.test, value)),
            &tests,
        )?;
        labels.insert(label.name.into(), value);
    }
    for (name, value) in metric.constant_labels {
        labels.insert((*name).into(), (*value).into());
    }
    Some(labels)
}

/// A value of a label that is admitted; of an open label any text is, and what
/// the tests name.
fn value_of(
    label: &LabelDescriptor,
    admitted: impl Fn(&str) -> bool,
    tests: &[&Selection],
) -> Option<String> {
    if let LabelValues::Closed(values) = label.values {
        let value = values.iter().find(|value| admitted(value));
        return value.map(|it| (*it).into());
    }
    let any = format!("some_{}", label.name);
    if admitted(&any) {
        return Some(any);
    }
    let mut named = tests.iter().flat_map(|it| texts(&it.test));
    named.find(|value| admitted(value)).cloned()
}

/// The texts that a comparison names.
fn texts(test: &Test) -> &[String] {
    match test {
        Test::Is(one) | Test::IsNot(one) => std::slice::from_ref(one),
        Test::IsOneOf(several) | Test::IsNoneOf(several) => several,
        _ => &[],
    }
}

fn admits(test: &Test, value: &str) -> bool {
    match test {
        Test::Is(wanted) => value == wanted,
        Test::IsNot(other) => value != other,
        Test::IsOneOf(wanted) => wanted.iter().any(|it| it == value),
        Test::IsNoneOf(others) => others.iter().all(|it| it != value),
        _ => false,
    }
}

/// Whether a condition holds where everything is there and nothing happens:
/// counters stand still, gauges are zero.
pub(super) fn holds_at_rest(condition: &Expr) -> bool {
    match condition {
        Expr::Logic(left, logic, right) => {
            let (left, right) = (holds_at_rest(left), holds_at_rest(right));
            match logic {
                Logic::Or => left || right,
                Logic::Unless => left && !right,
                _ => left && right,
            }
        }
        Expr::Compare(left, comparison, right) => match (at_rest(left), at_rest(right)) {
            (Some(left), Some(right)) => match comparison {
                Comparison::AtLeast => left >= right,
                Comparison::Below => left < right,
                Comparison::AtMost => left <= right,
                _ => left > right,
            },
            _ => false,
        },
        _ => false,
    }
}

/// `None`: no number.
fn at_rest(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::Number(value) => Some(*value),
        Expr::Aggregate { .. } => Some(0.0),
        Expr::Arithmetic(left, operator, right) => {
            let (left, right) = (at_rest(left)?, at_rest(right)?);
            let value = match operator {
                Arithmetic::Minus => left - right,
                Arithmetic::Times => left * right,
                Arithmetic::DividedBy => left / right,
                _ => left + right,
            };
            Some(value).filter(|value| !value.is_nan())
        }
        _ => None,
    }
}

/// The shortest and the longest window of an expression.
pub(super) fn windows(expr: &Expr) -> Option<(Window, Window)> {
    let both = |left: &Expr, right: &Expr| match (windows(left), windows(right)) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (a, b) => a.or(b),
    };
    match expr {
        Expr::Series {
            over: Some(over), ..
        } => Some((*over, *over)),
        Expr::Call(_, of) | Expr::Aggregate { of, .. } => windows(of),
        Expr::Arithmetic(left, _, right)
        | Expr::Compare(left, _, right)
        | Expr::Logic(left, _, right) => both(left, right),
        _ => None,
    }
}
