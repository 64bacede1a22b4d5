//! Metrics, as they are sent over OTLP.

use std::collections::BTreeSet;

use caxton_instrument::{Catalog, MetricDescriptor, MetricKind, Stability};
use serde::Serialize;

use super::stability;
use crate::ucum::ucum;

#[derive(Serialize)]
pub(super) struct Groups {
    groups: Vec<Group>,
}

#[derive(Serialize)]
struct Group {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    metric_name: &'static str,
    brief: String,
    instrument: &'static str,
    unit: String,
    stability: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    deprecated: Option<Deprecated>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attributes: Vec<Reference>,
}

#[derive(Serialize)]
#[serde(tag = "reason", rename_all = "lowercase")]
enum Deprecated {
    Renamed {
        renamed_to: &'static str,
        #[serde(skip_serializing_if = "str::is_empty")]
        note: &'static str,
    },
    Uncategorized {
        #[serde(skip_serializing_if = "str::is_empty")]
        note: &'static str,
    },
}

#[derive(Serialize)]
struct Reference {
    #[serde(rename = "ref")]
    name: &'static str,
    requirement_level: &'static str,
}

/// Those that are declared, and the older names that they take the place of.
pub(super) fn groups(catalog: &Catalog) -> Groups {
    let mut names = BTreeSet::new();
    let mut groups = Vec::new();
    for metric in catalog.metrics() {
        if names.insert(metric.name) {
            groups.push(group(metric));
        }
    }
    for metric in catalog.metrics() {
        for replaced in metric.replaces {
            if names.insert(replaced.name) {
                groups.push(Group {
                    id: id(replaced.name),
                    metric_name: replaced.name,
                    brief: format!("Replaced by `{}`.", metric.name),
                    deprecated: Some(Deprecated::Renamed {
                        renamed_to: metric.name,
                        note: replaced.reason,
                    }),
                    ..group(metric)
                });
            }
        }
    }
    groups.sort_by_key(|it| it.metric_name);
    Groups { groups }
}

fn id(name: &str) -> String {
    format!("metric.{name}")
}

fn group(metric: &MetricDescriptor) -> Group {
    let brief = if metric.help.is_empty() {
        metric.name
    } else {
        metric.help
    };
    let labels = metric.labels.iter().map(|it| it.name);
    let constant = metric.constant_labels.iter().map(|(name, _)| *name);
    Group {
        id: id(metric.name),
        kind: "metric",
        metric_name: metric.name,
        brief: brief.into(),
        instrument: instrument(metric.kind),
        unit: ucum(metric.unit, metric.name, true).into_owned(),
        stability: stability(&metric.stability),
        deprecated: match metric.stability {
            Stability::Deprecated { note, .. } => Some(Deprecated::Uncategorized { note }),
            _ => None,
        },
        attributes: labels
            .chain(constant)
            .map(|name| Reference {
                name,
                // Every series has every label.
                requirement_level: "required",
            })
            .collect(),
    }
}

/// An info metric is sent as a sum that may fall.
const fn instrument(kind: MetricKind) -> &'static str {
    match kind {
        MetricKind::Counter => "counter",
        MetricKind::Histogram => "histogram",
        MetricKind::Info => "updowncounter",
        _ => "gauge",
    }
}
