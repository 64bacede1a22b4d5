//! What an expression comes to for samples that go on evenly: written by itself,
//! so that the search for samples is judged by something else.

use std::collections::BTreeMap;

use caxton_instrument::query::{
    Aggregate, Arithmetic, Call, Comparison, Expr, Logic, Part, Window,
};

use super::series::admits;
use super::{Course, Samples};
use crate::promql::Route;

type Labels = BTreeMap<String, String>;

/// What an expression comes to.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::generate) enum Answer {
    /// A number, whatever the samples.
    Number(f64),
    /// One for each group of series.
    Groups(BTreeMap<Labels, f64>),
}

impl Answer {
    pub(in crate::generate) fn is_empty(&self) -> bool {
        matches!(self, Self::Groups(groups) if groups.is_empty())
    }

    /// The groups and what each comes to, where that is a number.
    pub(in crate::generate) fn groups(&self) -> impl Iterator<Item = (&Labels, f64)> {
        let groups = match self {
            Self::Groups(groups) => Some(groups),
            Self::Number(_) => None,
        };
        let all = groups.into_iter().flatten();
        all.map(|(labels, value)| (labels, *value))
            .filter(|(_, value)| value.is_finite())
    }
}

/// `None`: it cannot be told.
pub(in crate::generate) fn answer(expr: &Expr, samples: &Samples, route: &Route) -> Option<Answer> {
    let of = |expr| answer(expr, samples, route);
    match expr {
        Expr::Number(number) => Some(Answer::Number(*number)),
        Expr::Aggregate { how, by, of } => {
            let by: Vec<_> = by.iter().map(|label| route.label(label)).collect();
            Some(Answer::Groups(aggregated(
                *how,
                &by,
                ranged(of, samples, route)?,
            )))
        }
        Expr::Call(Call::HistogramQuantile(share), buckets) => match of(buckets)? {
            Answer::Groups(groups) => Some(Answer::Groups(quantiles(*share, groups))),
            Answer::Number(_) => None,
        },
        // Of what is not sampled, nothing; of the rest nobody knows.
        Expr::Call(_, inner) => of(inner).filter(Answer::is_empty),
        Expr::Series { .. } => {
            let series = ranged(expr, samples, route)?.into_iter();
            Some(Answer::Groups(series.collect()))
        }
        Expr::Absent(inner) => {
            let is_absent = of(inner)?.is_empty();
            let one = is_absent.then(|| (Labels::new(), 1.0));
            Some(Answer::Groups(one.into_iter().collect()))
        }
        Expr::Arithmetic(left, operator, right) => {
            let operate = |left, right| arithmetic(left, *operator, right);
            Some(joined(of(left)?, of(right)?, |a, b| Some(operate(a, b))))
        }
        Expr::Compare(left, comparison, right) => {
            let holds = |left: f64, right: f64| compares(left, *comparison, right);
            Some(joined(of(left)?, of(right)?, |a, b| {
                holds(a, b).then_some(a)
            }))
        }
        Expr::Logic(left, logic, right) => {
            let (Answer::Groups(mut left), Answer::Groups(right)) = (of(left)?, of(right)?) else {
                return None;
            };
            match logic {
                Logic::Or => {
                    for (labels, value) in right {
                        left.entry(labels).or_insert(value);
                    }
                }
                Logic::Unless => left.retain(|labels, _| !right.contains_key(labels)),
                _ => left.retain(|labels, _| right.contains_key(labels)),
            }
            Some(Answer::Groups(left))
        }
        _ => None,
    }
}

/// Series, or a function of each.
fn ranged(expr: &Expr, samples: &Samples, route: &Route) -> Option<Vec<(Labels, f64)>> {
    let (call, series) = match expr {
        Expr::Call(call, series) => (Some(*call), &**series),
        series => (None, series),
    };
    let Expr::Series {
        metric,
        part,
        matching,
        over,
    } = series
    else {
        return None;
    };
    let suffix = match part {
        Part::Value => "",
        Part::Buckets | Part::BucketUpTo(_) => "_bucket",
        Part::Count => "_count",
        Part::Sum => "_sum",
        // Not sampled here.
        _ => return Some(Vec::new()),
    };
    let name = format!("{}{suffix}", route.metric(metric));
    let bound = match part {
        Part::BucketUpTo(bound) => Some(super::le(bound.get())),
        _ => None,
    };
    let selects = |labels: &Labels| {
        let is_matched = matching.iter().all(|selection| {
            let value = labels.get(route.label(selection.label));
            admits(&selection.test, value.map_or("", String::as_str))
        });
        is_matched && (bound.is_none() || labels.get("le") == bound.as_ref())
    };
    let mut values = Vec::new();
    for ((of, labels), course) in samples {
        if *of == name && selects(labels) {
            values.push((labels.clone(), called(call, *course, *over)?));
        }
    }
    Some(values)
}

fn called(call: Option<Call>, course: Course, over: Option<Window>) -> Option<f64> {
    let window = over.map_or(0.0, |window| window.as_secs() as f64);
    Some(match (call, course) {
        (
            None
            | Some(
                Call::MaxOverTime | Call::MinOverTime | Call::AvgOverTime | Call::PredictLinear(_),
            ),
            Course::Level(level),
        ) => level,
        // Another one at each moment.
        (None, Course::Rising(_)) => f64::NAN,
        (Some(Call::Rate), Course::Rising(a_second)) => a_second,
        (Some(Call::Increase | Call::Delta), Course::Rising(a_second)) => a_second * window,
        (Some(Call::Rate | Call::Increase | Call::Delta), Course::Level(_)) => 0.0,
        _ => return None,
    })
}

fn aggregated(how: Aggregate, by: &[&str], values: Vec<(Labels, f64)>) -> BTreeMap<Labels, f64> {
    let mut groups: BTreeMap<Labels, Vec<f64>> = BTreeMap::new();
    for (mut labels, value) in values {
        labels.retain(|name, _| by.contains(&name.as_str()));
        groups.entry(labels).or_default().push(value);
    }
    let one = |values: &[f64]| match how {
        Aggregate::Max => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        Aggregate::Min => values.iter().copied().fold(f64::INFINITY, f64::min),
        Aggregate::Avg => values.iter().sum::<f64>() / values.len() as f64,
        _ => values.iter().sum(),
    };
    let groups = groups.into_iter();
    groups
        .map(|(labels, values)| (labels, one(&values)))
        .collect()
}

/// The quantile of each histogram, within the bucket that it falls into
/// [by a straight line](https://prometheus.io/docs/prometheus/3.5/querying/functions/#histogram_quantile).
fn quantiles(share: f64, buckets: BTreeMap<Labels, f64>) -> BTreeMap<Labels, f64> {
    let mut histograms: BTreeMap<Labels, Vec<(f64, f64)>> = BTreeMap::new();
    for (mut labels, count) in buckets {
        let bound = labels.remove("le").and_then(|le| le.parse().ok());
        if let Some(bound) = bound {
            histograms.entry(labels).or_default().push((bound, count));
        }
    }
    let one = |buckets: &mut Vec<(f64, f64)>| {
        buckets.sort_by(|left, right| left.0.total_cmp(&right.0));
        let rank = share * buckets.last()?.1;
        let at = buckets.iter().position(|(_, count)| *count >= rank)?;
        let (below, counted) = at.checked_sub(1).map_or((0.0, 0.0), |it| buckets[it]);
        let (bound, count) = buckets[at];
        // NaN, as in Prometheus, where nothing was counted.
        Some(if bound.is_infinite() {
            below
        } else {
            below + (bound - below) * (rank - counted) / (count - counted)
        })
    };
    let histograms = histograms.into_iter();
    histograms
        .filter_map(|(labels, mut buckets)| Some((labels, one(&mut buckets)?)))
        .collect()
}

fn joined(left: Answer, right: Answer, with: impl Fn(f64, f64) -> Option<f64>) -> Answer {
    let groups = match (left, right) {
        (Answer::Number(left), Answer::Number(right)) => {
            return with(left, right)
                .map_or_else(|| Answer::Groups(BTreeMap::new()), Answer::Number);
        }
        (Answer::Groups(groups), Answer::Number(right)) => {
            let groups = groups.into_iter();
            groups
                .filter_map(|(labels, left)| Some((labels, with(left, right)?)))
                .collect()
        }
        (Answer::Number(left), Answer::Groups(groups)) => {
            let groups = groups.into_iter();
            groups
                .filter_map(|(labels, right)| Some((labels, with(left, right)?)))
                .collect()
        }
        (Answer::Groups(groups), Answer::Groups(others)) => {
            let groups = groups.into_iter();
            groups
                .filter_map(|(labels, left)| {
                    let value = with(left, *others.get(&labels)?)?;
                    Some((labels, value))
                })
                .collect()
        }
    };
    Answer::Groups(groups)
}

fn arithmetic(left: f64, operator: Arithmetic, right: f64) -> f64 {
    match operator {
        Arithmetic::Minus => left - right,
        Arithmetic::Times => left * right,
        Arithmetic::DividedBy => left / right,
        _ => left + right,
    }
}

/// False of what is no number.
fn compares(left: f64, comparison: Comparison, right: f64) -> bool {
    match comparison {
        Comparison::AtLeast => left >= right,
        Comparison::Below => left < right,
        Comparison::AtMost => left <= right,
        _ => left > right,
    }
}
