//! Who asks for what is gone: the queries of the earlier version, which run on
//! where rules and dashboards are not written again.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::document::{Document, Metric, Query, Read, Source, Test, Values};
use super::super::text::bound;
use super::compare::find;

/// A reader of the earlier version that the later one breaks.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Broken {
    /// `alert`, `objective`, `recording rule` or `panel`.
    pub(super) kind: &'static str,
    pub(super) name: String,
    /// Where it is declared, in the earlier version.
    pub(super) place: String,
    pub(super) reasons: Vec<String>,
    /// What to do.
    pub(super) remedy: String,
}

/// Everything that asks: its kind, name and query.
pub(super) fn readers(document: &Document) -> Vec<(&'static str, &str, &Query)> {
    all(document)
        .map(|(kind, name, query, _)| (kind, name, query))
        .collect()
}

fn all(document: &Document) -> impl Iterator<Item = (&'static str, &str, &Query, &Source)> {
    let alerts = document.alerts.iter();
    let objectives = document.objectives.iter();
    let records = document.records.iter();
    let panels = document.panels.iter();
    alerts
        .map(|it| ("alert", it.name.as_str(), &it.query, &it.source))
        .chain(objectives.map(|it| ("objective", it.name.as_str(), &it.query, &it.source)))
        .chain(records.map(|it| ("recording rule", it.name.as_str(), &it.query, &it.source)))
        .chain(panels.map(|it| ("panel", it.name.as_str(), &it.query, &it.source)))
}

pub(super) fn of(
    old: &Document,
    new: &Document,
    renamed: &BTreeMap<String, String>,
) -> Vec<Broken> {
    let later = readers(new);
    let mut broken = Vec::new();
    for (kind, name, query, source) in all(old) {
        let mut reasons = Vec::new();
        for read in &query.reads {
            reasons_of(read, old, new, renamed, &mut reasons);
        }
        if reasons.is_empty() {
            continue;
        }
        let now = later.iter().find(|it| it.0 == kind && it.1 == name);
        let only_renamed = query.reads.iter().all(|read| {
            let mut other = Vec::new();
            if let (Some(was), Some(is)) = (
                find(old, &read.metric),
                find(new, renamed.get(&read.metric).unwrap_or(&read.metric)),
            ) {
                series(read, was, is, &mut other);
            }
            other.is_empty()
        });
        let remedy = match now {
            Some(it) if it.2.promql != query.promql => {
                "the later version declares it anew: write it with `catalog generate`, before \
                 the program is replaced"
            }
            Some(_) => "the later version declares it as it was: it has to ask something else",
            None if only_renamed && !renamed.is_empty() => {
                "it is declared no more: take it out, or load what `catalog diff --rules FILE` \
                 writes until it is"
            }
            None => "it is declared no more: take it out where it is loaded",
        };
        broken.push(Broken {
            kind,
            name: name.into(),
            place: format!("{}:{}", source.file, source.line),
            reasons,
            remedy: remedy.into(),
        });
    }
    broken
}

fn reasons_of(
    read: &Read,
    old: &Document,
    new: &Document,
    renamed: &BTreeMap<String, String>,
    reasons: &mut Vec<String>,
) {
    let Some(was) = find(old, &read.metric) else {
        return;
    };
    let mut add = |reason: String| {
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    };
    let name = renamed.get(&read.metric).unwrap_or(&read.metric);
    let Some(is) = find(new, name) else {
        add(format!("it asks `{}`, which is gone", read.metric));
        return;
    };
    if is.name != was.name {
        add(format!(
            "it asks `{}`, which is `{}` now",
            was.name, is.name
        ));
    }
    let mut found = Vec::new();
    series(read, was, is, &mut found);
    found.into_iter().for_each(add);
}

/// What of a metric's series is not there any more.
fn series(read: &Read, was: &Metric, is: &Metric, reasons: &mut Vec<String>) {
    let name = &was.name;
    if was.kind != is.kind {
        reasons.push(format!(
            "it asks `{name}` as a {}, and it is a {}",
            was.kind, is.kind
        ));
        return;
    }
    if was.unit != is.unit {
        reasons.push(format!("its numbers for `{name}` are in another unit"));
    }
    if was.native.is_some() != is.native.is_some() {
        reasons.push(format!("it asks for the other kind of buckets of `{name}`"));
    }
    if let Some(asked) = read.bound
        && !is.buckets.contains(&asked)
    {
        reasons.push(format!(
            "it asks `{name}` for the bucket up to {}, and that bound is gone",
            bound(asked)
        ));
    }
    for label in &read.by {
        if has_label(was, label) && !has_label(is, label) {
            reasons.push(format!("it groups `{name}` by `{label}`, which is gone"));
        }
    }
    for test in &read.matching {
        matcher(name, test, was, is, reasons);
    }
}

fn has_label(metric: &Metric, label: &str) -> bool {
    metric.labels.iter().any(|it| it.name == label) || metric.constant_labels.contains_key(label)
}

fn matcher(name: &str, test: &Test, was: &Metric, is: &Metric, reasons: &mut Vec<String>) {
    let label = &test.label;
    if !has_label(is, label) {
        if has_label(was, label) {
            reasons.push(format!("it selects `{name}` by `{label}`, which is gone"));
        }
        return;
    }
    let closed = |metric: &Metric| {
        let found = metric.labels.iter().find(|it| it.name == *label)?;
        match &found.values {
            Values::Closed { values } => Some(values.clone()),
            Values::Open { .. } => None,
        }
    };
    let Some(values) = closed(is) else {
        return;
    };
    let before = closed(was);
    for value in &test.values {
        // What was wrong before is no change.
        let was_there = before.as_ref().is_none_or(|before| before.contains(value));
        if was_there && !values.contains(value) {
            reasons.push(format!(
                "it selects `{name}` by {label}={value:?}, a value that is gone"
            ));
        }
    }
}
