//! Samples for which a condition holds, or does not, in a steady state:
//! counters that rise evenly, gauges that stand still.
//!
//! ```text
//! series  the labels of a series that is selected
//! steady  what an expression comes to for some samples
//! ```
//!
//! Found from the inside out: each comparison wants a value of its left side,
//! each operator one of each of its sides, and a series takes the one that is
//! left to it. What was found is then asked the whole condition.

mod series;
mod steady;

use std::collections::BTreeMap;

use caxton_instrument::query::{
    Aggregate, Arithmetic, Call, Comparison, Expr, Logic, Part, Window,
};

use crate::bound;
use crate::promql::Route;
use series::{labels, others};
pub(super) use steady::{Answer, answer};

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

impl Course {
    /// So many times as much of what is counted.
    pub(super) fn scaled(self, factor: f64) -> Self {
        match self {
            Self::Rising(a_second) => Self::Rising(a_second * factor),
            Self::Level(_) => self,
        }
    }
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

impl Unsolved {
    pub(super) const fn why(self) -> &'static str {
        match self {
            Self::Never => "no samples were found for which it would fire, or not",
            Self::Contradiction => "its parts want different samples of one series",
            Self::Unknown => "its form is not known to the generator",
        }
    }
}

/// What was found so far, under the names of a route.
struct Draft<'r> {
    route: &'r Route,
    samples: Samples,
}

impl<'r> Draft<'r> {
    const fn new(route: &'r Route) -> Self {
        Self {
            route,
            samples: Samples::new(),
        }
    }
}

/// Samples for which `condition` holds, or, not `holding`, just does not.
pub(super) fn samples(condition: &Expr, holding: bool, route: &Route) -> Result<Samples, Unsolved> {
    let mut draft = Draft::new(route);
    hold(condition, holding, &mut draft)?;
    let found = answer(condition, &draft.samples, route).ok_or(Unsolved::Unknown)?;
    if found.is_empty() == holding {
        return Err(Unsolved::Unknown);
    }
    Ok(draft.samples)
}

/// Samples for which an expression has an answer, and the answer.
pub(super) fn answered(expr: &Expr, route: &Route) -> Result<(Samples, Answer), Unsolved> {
    // What is found for the one is none for the other.
    for value in [0.25, 10.0] {
        let mut draft = Draft::new(route);
        let found = match quantile_of(expr) {
            Some(buckets) => any_bucket(buckets, &mut draft),
            None => come_to(expr, value, &mut draft),
        };
        if found.is_ok()
            && let Some(answer) = answer(expr, &draft.samples, route)
            && !answer.is_empty()
        {
            return Ok((draft.samples, answer));
        }
    }
    Err(Unsolved::Unknown)
}

/// The same series, of which none changes and all are nothing.
pub(super) fn at_rest(samples: &Samples) -> Samples {
    let rest = |course: &Course| match course {
        Course::Rising(_) => Course::Rising(0.0),
        Course::Level(_) => Course::Level(0.0),
    };
    let courses = samples.iter();
    courses
        .map(|(key, course)| (key.clone(), rest(course)))
        .collect()
}

fn hold(condition: &Expr, holding: bool, out: &mut Draft<'_>) -> Result<(), Unsolved> {
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
    out: &mut Draft<'_>,
) -> Result<(), Unsolved> {
    let rises = matches!(comparison, Comparison::Above | Comparison::AtLeast);
    let above = rises == holding;
    if let Some(buckets) = quantile_of(left) {
        return quantile(buckets, threshold, above, out);
    }
    if is_share(left) {
        let share = if above {
            // A quarter more; of nothing, one in a hundred.
            let margin = if threshold > 0.0 { threshold } else { 0.04 };
            threshold + (1.0 - threshold).min(margin) / 4.0
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
    } else if threshold == 0.0 && comparison == Comparison::Above {
        // Of what is counted there is never less.
        0.0
    } else {
        threshold - margin
    };
    come_to(left, value, out)
}

/// The buckets of a quantile, also where it is asked in two ways.
fn quantile_of(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::Call(Call::HistogramQuantile(_), buckets) => Some(buckets),
        Expr::Logic(_, Logic::Or, otherwise) => quantile_of(otherwise),
        _ => None,
    }
}

/// Whether the answer is between 0 and 1 whatever the samples.
fn is_share(expr: &Expr) -> bool {
    match expr {
        Expr::Logic(_, Logic::Or, otherwise) => is_share(otherwise),
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
fn come_to(expr: &Expr, value: f64, out: &mut Draft<'_>) -> Result<(), Unsolved> {
    match expr {
        // The first of them is what only some readers have.
        Expr::Logic(_, Logic::Or, otherwise) => come_to(otherwise, value, out),
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
fn within(of: &Expr, value: f64, out: &mut Draft<'_>) -> Result<(), Unsolved> {
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

fn quotient(left: &Expr, right: &Expr, value: f64, out: &mut Draft<'_>) -> Result<(), Unsolved> {
    if let Some((some, all)) = shares(left, right) {
        put(some, Course::Rising(TOTAL * value), out)?;
        let rest = others(some, all, out.route).ok_or(Unsolved::Never)?;
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
    let left = match left {
        // Where there are none of some, they are none of all.
        Expr::Logic(some, Logic::Or, _) => some,
        other => other,
    };
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

fn quantile(
    buckets: &Expr,
    threshold: f64,
    above: bool,
    out: &mut Draft<'_>,
) -> Result<(), Unsolved> {
    let series = rated(buckets).ok_or(Unsolved::Unknown)?;
    let Expr::Series { metric, .. } = series else {
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
    fill_bucket(series, first_full, out)
}

/// Samples in a bucket of which the quantile is within the bounds.
fn any_bucket(buckets: &Expr, out: &mut Draft<'_>) -> Result<(), Unsolved> {
    let series = rated(buckets).ok_or(Unsolved::Unknown)?;
    let Expr::Series { metric, .. } = series else {
        return Err(Unsolved::Unknown);
    };
    fill_bucket(series, metric.buckets.len() / 2, out)
}

/// All samples of a histogram in the bucket that is the `first_full` one.
fn fill_bucket(series: &Expr, first_full: usize, out: &mut Draft<'_>) -> Result<(), Unsolved> {
    let Expr::Series {
        metric, matching, ..
    } = series
    else {
        return Err(Unsolved::Unknown);
    };
    let bounds = metric.buckets.iter().copied().chain([f64::INFINITY]);
    let name = format!("{}_bucket", out.route.metric(metric));
    for (at, bound) in bounds.enumerate() {
        let mut labels = labels(metric, matching, out.route).ok_or(Unsolved::Never)?;
        labels.insert(String::from("le"), le(bound));
        let course = Course::Rising(if at >= first_full { TOTAL } else { 0.0 });
        insert((name.clone(), labels), course, out)?;
    }
    Ok(())
}

fn le(bound: f64) -> String {
    let mut text = String::new();
    bound::write(&mut text, bound);
    text
}

fn put(series: &Expr, course: Course, out: &mut Draft<'_>) -> Result<(), Unsolved> {
    let Expr::Series {
        metric,
        part,
        matching,
        ..
    } = series
    else {
        return Err(Unsolved::Unknown);
    };
    let mut labels = labels(metric, matching, out.route).ok_or(Unsolved::Never)?;
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
    insert(
        (format!("{}{suffix}", out.route.metric(metric)), labels),
        course,
        out,
    )
}

fn insert(key: Key, course: Course, out: &mut Draft<'_>) -> Result<(), Unsolved> {
    match out.samples.insert(key, course) {
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
        Expr::Call(_, of) | Expr::Aggregate { of, .. } | Expr::Absent(of) => windows(of),
        Expr::Arithmetic(left, _, right)
        | Expr::Compare(left, _, right)
        | Expr::Logic(left, _, right) => both(left, right),
        _ => None,
    }
}
