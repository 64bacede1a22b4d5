//! The labels of a series that is selected.

use std::collections::BTreeMap;

use caxton_instrument::query::{Expr, Selection, Test};
use caxton_instrument::{LabelDescriptor, LabelValues, MetricDescriptor};

use super::Key;
use crate::promql::Route;

/// A series that is among `all` and not among `some`.
pub(super) fn others(some: &Expr, all: &Expr, route: &Route) -> Option<Key> {
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
    let mut labels = labels(metric, common, route)?;
    let excluded = matching.get(common.len())?;
    let label = metric.labels.iter().find(|it| it.name == excluded.label)?;
    let value = value_of(label, |value| !admits(&excluded.test, value), &[excluded])?;
    labels.insert(label.name.into(), value);
    Some((route.metric(metric).into_owned(), labels))
}

/// The labels of one series that is selected, with those of a scrape.
pub(super) fn labels(
    metric: &MetricDescriptor,
    matching: &[Selection],
    route: &Route,
) -> Option<BTreeMap<String, String>> {
    let of_scrape = [("instance", "test:9464"), ("job", "test")];
    let mut labels: BTreeMap<String, String> = of_scrape
        .map(|(name, value)| (route.label(name).into(), value.into()))
        .into();
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

pub(super) fn admits(test: &Test, value: &str) -> bool {
    match test {
        Test::Is(wanted) => value == wanted,
        Test::IsNot(other) => value != other,
        Test::IsOneOf(wanted) => wanted.iter().any(|it| it == value),
        Test::IsNoneOf(others) => others.iter().all(|it| it != value),
        _ => false,
    }
}
