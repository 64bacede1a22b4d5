//! Two documents, metric by metric.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::document::{Document, Label, Metric, Query, StabilityLevel, Values};
use super::super::text::bound;
use super::broken::{self, Broken};
use super::change::{Change, Class};

/// Everything that changed.
#[derive(Debug, Serialize)]
pub(super) struct Diff {
    pub(super) changes: Vec<Change>,
    pub(super) broken: Vec<Broken>,
    /// Old names, with the new one.
    pub(super) renamed: BTreeMap<String, String>,
}

impl Diff {
    pub(super) fn between(old: &Document, new: &Document) -> Self {
        let renamed = renamed(old, new);
        let mut changes = Vec::new();
        for metric in &old.metrics {
            let name = renamed.get(&metric.name).unwrap_or(&metric.name);
            match find(new, name) {
                Some(now) => compare(metric, now, &mut changes),
                None => changes.push(removed(metric, new)),
            }
        }
        for metric in &new.metrics {
            let is_new = find(old, &metric.name).is_none();
            if is_new && !renamed.values().any(|name| *name == metric.name) {
                let message = format!("a new {}", metric.kind);
                changes.push(Change::new(Class::MetricAdded, &metric.name, message));
            }
        }
        readers(old, new, &mut changes);
        let broken = broken::of(old, new, &renamed);
        Self {
            changes,
            broken,
            renamed,
        }
    }

    pub(super) fn breaks(&self) -> bool {
        self.changes.iter().any(|change| change.breaking) || !self.broken.is_empty()
    }
}

pub(super) fn find<'a>(document: &'a Document, name: &str) -> Option<&'a Metric> {
    document.metrics.iter().find(|metric| metric.name == name)
}

/// Metrics that are gone, where one metric alone says that it takes their place.
fn renamed(old: &Document, new: &Document) -> BTreeMap<String, String> {
    let mut renamed = BTreeMap::new();
    for metric in &old.metrics {
        if find(new, &metric.name).is_some() {
            continue;
        }
        if let [only] = successors(metric, new)[..] {
            renamed.insert(metric.name.clone(), only.name.clone());
        }
    }
    renamed
}

fn successors<'a>(metric: &Metric, new: &'a Document) -> Vec<&'a Metric> {
    new.metrics
        .iter()
        .filter(|it| it.replaces.iter().any(|old| old.name == metric.name))
        .collect()
}

fn removed(metric: &Metric, new: &Document) -> Change {
    let successors = successors(metric, new);
    let message = if successors.is_empty() {
        String::from("it is gone; if another metric takes its place, say so with `replaces`")
    } else {
        let names: Vec<_> = successors
            .iter()
            .map(|it| format!("`{}`", it.name))
            .collect();
        format!(
            "it is gone; {} take its place together",
            names.join(" and ")
        )
    };
    Change::new(Class::MetricRemoved, &metric.name, message)
}

fn compare(old: &Metric, new: &Metric, found: &mut Vec<Change>) {
    let mut changed = |class, message| found.push(Change::new(class, &old.name, message));
    if old.name != new.name {
        changed(Class::MetricRenamed, format!("it is `{}` now", new.name));
    }
    if old.kind != new.kind {
        changed(
            Class::TypeChanged,
            format!("it was a {} and is a {}", old.kind, new.kind),
        );
    }
    if old.unit != new.unit {
        let unit = |it: &Option<String>| it.clone().unwrap_or_else(|| "a plain count".into());
        changed(
            Class::UnitChanged,
            format!(
                "it was in {} and is in {}",
                unit(&old.unit),
                unit(&new.unit)
            ),
        );
    }
    if old.help != new.help {
        changed(
            Class::HelpChanged,
            String::from("its help says something else"),
        );
    }
    match (&old.stability, &new.stability) {
        (StabilityLevel::Deprecated { .. }, StabilityLevel::Deprecated { .. }) => {}
        (_, StabilityLevel::Deprecated { since, note }) => changed(
            Class::StabilityChanged,
            format!("it is deprecated since {since}: {note}"),
        ),
        (StabilityLevel::Stable, StabilityLevel::Experimental)
        | (StabilityLevel::Deprecated { .. }, _)
        | (StabilityLevel::Experimental, StabilityLevel::Stable) => changed(
            Class::StabilityChanged,
            String::from("it promises something else of its stability"),
        ),
        _ => {}
    }
    for label in &old.labels {
        match new.labels.iter().find(|it| it.name == label.name) {
            Some(now) => values(label, now, &mut changed),
            None => changed(
                Class::LabelRemoved,
                format!("label `{}` is gone", label.name),
            ),
        }
    }
    for label in &new.labels {
        if old.labels.iter().all(|it| it.name != label.name) {
            let message = format!(
                "label `{}` is new: a query that does not aggregate has more series",
                label.name
            );
            changed(Class::LabelAdded, message);
        }
    }
    constant_labels(old, new, &mut changed);
    buckets(old, new, &mut changed);
}

fn values(old: &Label, new: &Label, changed: &mut impl FnMut(Class, String)) {
    let name = &old.name;
    match (&old.values, &new.values) {
        (Values::Closed { values: old }, Values::Closed { values: new }) => {
            for value in old.iter().filter(|value| !new.contains(value)) {
                changed(
                    Class::ValueRemoved,
                    format!("value {value:?} of label `{name}` is gone"),
                );
            }
            for value in new.iter().filter(|value| !old.contains(value)) {
                changed(
                    Class::ValueAdded,
                    format!("value {value:?} of label `{name}` is new"),
                );
            }
        }
        (Values::Open { .. }, Values::Closed { values }) => changed(
            Class::ValuesBounded,
            format!(
                "label `{name}` had any value, and has only {} now",
                values.join(", ")
            ),
        ),
        (Values::Closed { .. }, Values::Open { max_values }) => changed(
            Class::ValueAdded,
            format!("label `{name}` has any value now, at most {max_values}"),
        ),
        (Values::Open { max_values: old }, Values::Open { max_values: new }) => {
            if new < old {
                changed(
                    Class::ValuesBounded,
                    format!("label `{name}` had up to {old} values, and has up to {new} now"),
                );
            } else if new > old {
                changed(
                    Class::ValueAdded,
                    format!("label `{name}` has up to {new} values now, not {old}"),
                );
            }
        }
    }
}

fn constant_labels(old: &Metric, new: &Metric, changed: &mut impl FnMut(Class, String)) {
    for (name, value) in &old.constant_labels {
        match new.constant_labels.get(name) {
            Some(now) if now == value => {}
            Some(now) => changed(
                Class::ConstantLabelChanged,
                format!("every series had {name}={value:?}, and has {name}={now:?}"),
            ),
            None => changed(
                Class::ConstantLabelChanged,
                format!("every series had {name}={value:?}, and has it no more"),
            ),
        }
    }
    for (name, value) in &new.constant_labels {
        if !old.constant_labels.contains_key(name) {
            changed(
                Class::LabelAdded,
                format!("every series has {name}={value:?} now"),
            );
        }
    }
}

fn buckets(old: &Metric, new: &Metric, changed: &mut impl FnMut(Class, String)) {
    if old.kind != "histogram" || new.kind != "histogram" {
        return;
    }
    for bucket in old.buckets.iter().filter(|it| !new.buckets.contains(it)) {
        changed(
            Class::BucketRemoved,
            format!("bucket bound {} is gone", bound(*bucket)),
        );
    }
    for bucket in new.buckets.iter().filter(|it| !old.buckets.contains(it)) {
        changed(
            Class::BucketAdded,
            format!("bucket bound {} is new", bound(*bucket)),
        );
    }
    if old.native != new.native {
        let kind = |metric: &Metric| {
            if metric.native.is_some() {
                "native"
            } else {
                "classic"
            }
        };
        let message = if kind(old) == kind(new) {
            String::from("its native buckets are others")
        } else {
            format!("its buckets were {} and are {}", kind(old), kind(new))
        };
        changed(Class::NativeChanged, message);
    }
}

/// Alerts and their like, by kind and name.
fn readers(old: &Document, new: &Document, changes: &mut Vec<Change>) {
    let (before, after) = (broken::readers(old), broken::readers(new));
    let same = |a: &(&str, &str, &Query), b: &(&str, &str, &Query)| a.0 == b.0 && a.1 == b.1;
    // Version 1 does not know of any, and has not lost or gained them.
    if old.version < 2 {
        return;
    }
    for was in &before {
        match after.iter().find(|it| same(was, it)) {
            None => changes.push(Change::new(
                Class::ReaderRemoved,
                was.1,
                format!("{} that is gone", was.0),
            )),
            Some(is) if is.2.promql != was.2.promql => changes.push(Change::new(
                Class::ReaderChanged,
                was.1,
                format!("{} that asks something else", was.0),
            )),
            Some(_) => {}
        }
    }
    for is in &after {
        if !before.iter().any(|it| same(is, it)) {
            changes.push(Change::new(
                Class::ReaderAdded,
                is.1,
                format!("{} that is new", is.0),
            ));
        }
    }
}
