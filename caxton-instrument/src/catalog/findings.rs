//! The checks over all declarations of a program together.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Finding, Level};
use crate::descriptor::{
    AgentType, LabelDescriptor, LabelValues, Location, MAX_PROCESS_SERIES, MetricDescriptor,
    MetricKind, OperationDescriptor,
};
use crate::rules::{self, Rule};

type Metrics<'a> = &'a [&'static MetricDescriptor];

/// Every finding, errors first. `metrics` is sorted by name.
pub(super) fn of(
    metrics: Metrics<'_>,
    operations: &[&'static OperationDescriptor],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    conflicts(metrics, &mut findings);
    broken_rules(metrics, &mut findings);
    exposed_twice(metrics, &mut findings);
    near_duplicates(metrics, &mut findings);
    label_meanings(metrics, &mut findings);
    exposed_within(metrics, &mut findings);
    agent_series(operations, &mut findings);
    agent_places(operations, &mut findings);
    process_series(metrics, operations, &mut findings);
    findings.sort();
    findings
}

/// One name, one declaration.
fn conflicts(metrics: Metrics<'_>, findings: &mut Vec<Finding>) {
    for same in metrics.chunk_by(|a, b| a.name == b.name) {
        let [first, others @ ..] = same else { continue };
        if others.is_empty() {
            continue;
        }
        let differs: Vec<String> = differences(first, others).collect();
        let detail = if differs.is_empty() {
            String::new()
        } else {
            format!(", with different {}", differs.join(" and "))
        };
        findings.push(Finding {
            level: Level::Error,
            class: "duplicate_name",
            message: format!(
                "metric `{}` is declared {} times{detail}: keep one declaration and use it from the other places, or rename one",
                first.name,
                same.len(),
            ),
            places: places(same),
        });
    }
}

fn differences<'a>(
    first: &'a MetricDescriptor,
    others: &'a [&MetricDescriptor],
) -> impl Iterator<Item = String> + 'a {
    let kinds = others.iter().find(|m| m.kind != first.kind);
    let units = others.iter().find(|m| m.unit != first.unit);
    let labels = others.iter().find(|m| names(m) != names(first));
    [
        kinds.map(|m| format!("types ({} and {})", first.kind, m.kind)),
        units.map(|m| {
            let unit = |m: &MetricDescriptor| match m.unit.suffix() {
                "" => "none".to_owned(),
                unit => unit.to_owned(),
            };
            format!("units ({} and {})", unit(first), unit(m))
        }),
        labels.map(|m| {
            format!(
                "labels ({} and {})",
                braced(&names(first)),
                braced(&names(m))
            )
        }),
    ]
    .into_iter()
    .flatten()
}

fn names(metric: &MetricDescriptor) -> BTreeSet<&'static str> {
    metric
        .labels
        .iter()
        .map(|label| label.name)
        .chain(metric.constant_labels.iter().map(|(name, _)| *name))
        .collect()
}

fn braced(names: &BTreeSet<&str>) -> String {
    format!(
        "{{{}}}",
        names.iter().copied().collect::<Vec<_>>().join(",")
    )
}

/// The rules of each declaration, once more: descriptors can be made without
/// the derives.
fn broken_rules(metrics: Metrics<'_>, findings: &mut Vec<Finding>) {
    for metric in metrics {
        let messages = [
            rules::metric_name(metric),
            rules::metric_help(metric),
            rules::metric_buckets(metric),
            rules::metric_labels(metric),
        ];
        let labels = metric.labels.iter().map(rules::label);
        for message in messages.into_iter().chain(labels) {
            for line in message.as_str().lines() {
                let (class, message) = split_rule(line);
                findings.push(Finding {
                    level: Level::Error,
                    class,
                    message: message.to_owned(),
                    places: vec![metric.location],
                });
            }
        }
    }
}

/// `[rule] message` as the rule's id and the message.
fn split_rule(line: &str) -> (&'static str, &str) {
    let known = line.strip_prefix('[').and_then(|rest| {
        let (id, message) = rest.split_once("] ")?;
        Some((Rule::from_id(id)?.id(), message))
    });
    known.unwrap_or(("rule", line))
}

/// Names that differ, yet meet in the exposition: `OpenMetrics` drops `_total`
/// and `_info`.
fn exposed_twice(metrics: Metrics<'_>, findings: &mut Vec<Finding>) {
    let mut families: BTreeMap<&str, Vec<&'static MetricDescriptor>> = BTreeMap::new();
    for metric in metrics {
        let family = match metric.kind {
            MetricKind::Counter => metric.name.strip_suffix("_total"),
            MetricKind::Info => metric.name.strip_suffix("_info"),
            MetricKind::Gauge | MetricKind::Histogram => None,
        };
        families
            .entry(family.unwrap_or(metric.name))
            .or_default()
            .push(metric);
    }
    for (family, metrics) in families {
        let distinct: BTreeSet<_> = metrics.iter().map(|m| m.name).collect();
        if distinct.len() < 2 {
            continue;
        }
        findings.push(Finding {
            level: Level::Error,
            class: "family_clash",
            message: format!(
                "metrics {} share the family name `{family}` in OpenMetrics: rename one",
                quoted(distinct.iter().copied()),
            ),
            places: places(&metrics),
        });
    }
}

/// The same: a histogram `x` exposes `x_bucket`, `x_sum` and `x_count`, which
/// another metric is named when it may break the rule against such names.
fn exposed_within(metrics: Metrics<'_>, findings: &mut Vec<Finding>) {
    let histograms = metrics
        .iter()
        .filter(|metric| metric.kind == MetricKind::Histogram);
    for histogram in histograms {
        for suffix in ["_bucket", "_sum", "_count"] {
            let within = |metric: &&&'static MetricDescriptor| {
                metric.name.strip_suffix(suffix) == Some(histogram.name)
            };
            let Some(metric) = metrics.iter().find(within) else {
                continue;
            };
            findings.push(Finding {
                level: Level::Error,
                class: "family_clash",
                message: format!(
                    "metric `{}` has the name of a part of the histogram `{}`: rename one",
                    metric.name, histogram.name,
                ),
                places: places(&[histogram, metric]),
            });
        }
    }
}

/// Names that a reader would take for one.
fn near_duplicates(metrics: Metrics<'_>, findings: &mut Vec<Finding>) {
    let mut seen: BTreeMap<Vec<String>, Vec<&'static MetricDescriptor>> = BTreeMap::new();
    for metric in metrics {
        let mut words: Vec<String> = metric
            .name
            .split('_')
            .map(|word| word.strip_suffix('s').unwrap_or(word).to_owned())
            .filter(|word| !matches!(word.as_str(), "" | "total" | "the" | "of" | "number"))
            .collect();
        words.sort();
        seen.entry(words).or_default().push(metric);
    }
    for metrics in seen.into_values() {
        let distinct: BTreeSet<_> = metrics.iter().map(|m| m.name).collect();
        if distinct.len() < 2 {
            continue;
        }
        findings.push(Finding {
            level: Level::Warning,
            class: "near_duplicate",
            message: format!(
                "metrics {} have almost the same name: keep one, or name what differs",
                quoted(distinct.iter().copied()),
            ),
            places: places(&metrics),
        });
    }
}

/// One label name should mean one thing.
fn label_meanings(metrics: Metrics<'_>, findings: &mut Vec<Finding>) {
    let mut labels: BTreeMap<&str, Vec<(&'static LabelDescriptor, &'static MetricDescriptor)>> =
        BTreeMap::new();
    // What telemetry says of itself takes no word away from its users.
    let of_users = metrics.iter().filter(|metric| !super::is_own(metric));
    for metric in of_users {
        for label in metric.labels {
            labels.entry(label.name).or_default().push((label, metric));
        }
    }
    for (name, uses) in labels {
        let mut meanings: Vec<(LabelValues, &'static MetricDescriptor)> = Vec::new();
        for (label, metric) in uses {
            if !meanings
                .iter()
                .any(|(values, _)| same_values(*values, label.values))
            {
                meanings.push((label.values, metric));
            }
        }
        if meanings.len() < 2 {
            continue;
        }
        let described: Vec<String> = meanings
            .iter()
            .map(|(values, metric)| format!("{} on `{}`", describe(*values), metric.name))
            .collect();
        findings.push(Finding {
            level: Level::Warning,
            class: "label_meaning",
            message: format!(
                "label `{name}` has {} meanings, {}: use one type for it, or two names",
                meanings.len(),
                described.join(" and "),
            ),
            places: meanings.iter().map(|(_, metric)| metric.location).collect(),
        });
    }
}

/// Open labels of one name mean the same whatever their bounds.
fn same_values(a: LabelValues, b: LabelValues) -> bool {
    match (a, b) {
        (LabelValues::Closed(a), LabelValues::Closed(b)) => {
            a.iter().collect::<BTreeSet<_>>() == b.iter().collect::<BTreeSet<_>>()
        }
        (LabelValues::Open { .. }, LabelValues::Open { .. }) => true,
        _ => false,
    }
}

fn describe(values: LabelValues) -> String {
    match values {
        LabelValues::Closed(values) => format!("{{{}}}", values.join(",")),
        LabelValues::Open { .. } => "free text".to_owned(),
    }
}

/// The annotated functions of one set against the bound that it states.
fn agent_series(operations: &[&'static OperationDescriptor], findings: &mut Vec<Finding>) {
    for (metric, operations, series) in agent_metrics(operations) {
        if series <= metric.max_series {
            continue;
        }
        let mut places = vec![metric.location];
        places.extend(operations.iter().map(|operation| operation.location));
        findings.push(Finding {
            level: Level::Error,
            class: "series_bound",
            message: format!(
                "the {} functions that record in `{}` allow {series} series, over its bound of {}: lower `max_agent_types`, raise `max_series`, or give some of them a set of their own with `agent_metrics!`",
                operations.len(),
                metric.name,
                metric.max_series,
            ),
            places,
        });
    }
}

/// The annotated functions of one set against the places of its labels: past
/// them a function would read `_overflow`, although its name is known.
fn agent_places(operations: &[&'static OperationDescriptor], findings: &mut Vec<Finding>) {
    let mut told = BTreeSet::new();
    for (metric, operations, _) in agent_metrics(operations) {
        for label in metric.labels {
            let (values, option): (BTreeSet<&str>, _) = match label.name {
                "operation" => (
                    operations.iter().map(|it| it.operation).collect(),
                    "max_operations",
                ),
                "agent_type" => (
                    operations
                        .iter()
                        .filter_map(|it| match it.agent_type {
                            AgentType::Literal(text) => Some(text),
                            AgentType::Open => None,
                        })
                        .collect(),
                    "max_agent_types",
                ),
                _ => continue,
            };
            let bound = label.values.bound();
            // The metrics of a set have the same labels: one of them tells it.
            if values.len() as u64 <= bound
                || !told.insert((operations[0].set.location, label.name))
            {
                continue;
            }
            findings.push(Finding {
                level: Level::Warning,
                class: "label_bound",
                message: format!(
                    "the functions that record in `{}` have {} values for the label `{}`, which holds {bound}: declare a set with `{option} = {}` by `agent_metrics!`, or give some of them a set of their own",
                    metric.name,
                    values.len(),
                    label.name,
                    values.len(),
                ),
                places: std::iter::once(metric.location)
                    .chain(operations.iter().map(|it| it.location))
                    .collect(),
            });
        }
    }
}

/// All series of the process against its bound.
fn process_series(
    metrics: Metrics<'_>,
    operations: &[&'static OperationDescriptor],
    findings: &mut Vec<Finding>,
) {
    let total: u64 = metrics
        .iter()
        // The facade's own count metrics, not series: they have one a metric.
        .filter(|metric| !super::is_own(metric))
        .map(|metric| series_bound(metric, operations))
        .fold(0, u64::saturating_add);
    if total <= MAX_PROCESS_SERIES {
        return;
    }
    let mut largest: Vec<_> = metrics.to_vec();
    largest.sort_by_key(|metric| std::cmp::Reverse(series_bound(metric, operations)));
    largest.truncate(3);
    findings.push(Finding {
        level: Level::Warning,
        class: "series_bound",
        message: format!(
            "all metrics together allow {total} series, over {MAX_PROCESS_SERIES} for one process: lower the bounds of the largest, {}",
            quoted(largest.iter().map(|metric| metric.name)),
        ),
        places: places(&largest),
    });
}

/// The largest number of series of one metric.
pub(super) fn series_bound(
    metric: &MetricDescriptor,
    operations: &[&'static OperationDescriptor],
) -> u64 {
    agent_metrics(operations)
        .into_iter()
        .find(|(agent, ..)| agent.name == metric.name)
        .map_or_else(|| metric.series_bound(), |(_, _, series)| series)
}

/// The metrics that annotated functions record in, with the functions and
/// the number of series that they allow. The operations of such a set are
/// known, so its bound is a sum over them and not a product of labels.
#[allow(clippy::type_complexity)]
fn agent_metrics(
    operations: &[&'static OperationDescriptor],
) -> Vec<(
    &'static MetricDescriptor,
    Vec<&'static OperationDescriptor>,
    u64,
)> {
    let mut sets: BTreeMap<Location, Vec<&'static OperationDescriptor>> = BTreeMap::new();
    for operation in operations {
        sets.entry(operation.set.location)
            .or_default()
            .push(operation);
    }
    let mut metrics = Vec::new();
    for operations in sets.into_values() {
        for metric in operations[0].set.metrics {
            let agent_types = metric
                .labels
                .iter()
                .find(|label| label.name == "agent_type")
                .map_or(1, |label| label.values.bound());
            let closed: u64 = metric
                .labels
                .iter()
                .filter_map(|label| match label.values {
                    LabelValues::Closed(values) => Some(values.len() as u64),
                    LabelValues::Open { .. } => None,
                })
                .product();
            let pairs: BTreeSet<_> = operations
                .iter()
                .map(|operation| (operation.agent_type, operation.operation))
                .collect();
            let tuples: u64 = pairs
                .iter()
                .map(|(agent_type, _)| match agent_type {
                    AgentType::Literal(_) => 1,
                    AgentType::Open => agent_types,
                })
                .sum();
            metrics.push((*metric, operations.clone(), tuples * closed));
        }
    }
    metrics
}

fn places(metrics: &[&'static MetricDescriptor]) -> Vec<Location> {
    metrics.iter().map(|metric| metric.location).collect()
}

fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
