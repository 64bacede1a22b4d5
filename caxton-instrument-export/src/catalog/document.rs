//! The catalog as a document: what every page and the JSON say, in one shape.

use caxton_instrument::{
    AgentType, Allowance, Catalog, LabelDescriptor, LabelValues, Location, MetricDescriptor,
    OperationDescriptor, SetDescriptor, Stability,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// The version of the JSON's shape; a reader refuses one it does not know.
pub(crate) const VERSION: u32 = 1;

#[derive(Debug, Serialize)]
pub(crate) struct Document {
    pub(crate) version: u32,
    pub(crate) metrics: Vec<Metric>,
    pub(crate) sets: Vec<Set>,
    pub(crate) operations: Vec<Operation>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Metric {
    pub(crate) name: &'static str,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) unit: Option<&'static str>,
    pub(crate) help: &'static str,
    pub(crate) namespace: &'static str,
    pub(crate) field: &'static str,
    pub(crate) labels: Vec<Label>,
    pub(crate) constant_labels: BTreeMap<&'static str, &'static str>,
    pub(crate) buckets: &'static [f64],
    /// `None` for what is no native histogram.
    pub(crate) native: Option<Native>,
    /// The most series that the labels, or the annotated functions, allow.
    pub(crate) series_bound: u64,
    /// The most series that the declaration admits.
    pub(crate) max_series: u64,
    pub(crate) stability: StabilityLevel,
    pub(crate) replaces: Vec<Replaces>,
    pub(crate) allowed: Vec<Allowed>,
    pub(crate) source: Source,
}

#[derive(Debug, Serialize)]
pub(crate) struct Native {
    pub(crate) schema: i32,
    pub(crate) zero_threshold: f64,
    pub(crate) highest: f64,
}

#[derive(Debug, Serialize)]
pub(crate) struct Label {
    pub(crate) name: &'static str,
    pub(crate) help: &'static str,
    #[serde(flatten)]
    pub(crate) values: Values,
    pub(crate) allowed: Vec<Allowed>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Values {
    Closed { values: &'static [&'static str] },
    Open { max_values: u32 },
}

#[derive(Debug, Serialize)]
#[serde(tag = "level", rename_all = "snake_case")]
pub(crate) enum StabilityLevel {
    Experimental,
    Stable,
    Deprecated {
        since: &'static str,
        note: &'static str,
    },
}

#[derive(Debug, Serialize)]
pub(crate) struct Replaces {
    pub(crate) name: &'static str,
    pub(crate) reason: &'static str,
}

#[derive(Debug, Serialize)]
pub(crate) struct Allowed {
    pub(crate) rule: &'static str,
    pub(crate) reason: &'static str,
}

#[derive(Debug, Serialize)]
pub(crate) struct Set {
    pub(crate) name: &'static str,
    pub(crate) help: &'static str,
    pub(crate) namespace: &'static str,
    pub(crate) metrics: Vec<&'static str>,
    pub(crate) source: Source,
}

#[derive(Debug, Serialize)]
pub(crate) struct Operation {
    /// `None`: an expression, bounded by the label's declaration.
    pub(crate) agent_type: Option<&'static str>,
    #[serde(rename = "operation")]
    pub(crate) name: &'static str,
    /// `None`: the function opens no span.
    pub(crate) span: Option<&'static str>,
    #[serde(rename = "async")]
    pub(crate) is_async: bool,
    pub(crate) set: &'static str,
    pub(crate) source: Source,
}

#[derive(Debug, Serialize)]
pub(crate) struct Source {
    #[serde(rename = "crate")]
    pub(crate) krate: &'static str,
    pub(crate) version: &'static str,
    pub(crate) module: &'static str,
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

impl Document {
    /// Everything in the catalog.
    pub(crate) fn of(catalog: &Catalog) -> Self {
        Self::with(catalog, |_| true)
    }

    /// One metric, the sets that hold it and the operations recorded there.
    pub(crate) fn of_metric(catalog: &Catalog, name: &str) -> Self {
        Self::with(catalog, |metric| metric.name == name)
    }

    fn with(catalog: &Catalog, wanted: impl Fn(&MetricDescriptor) -> bool) -> Self {
        let of_set = |set: &SetDescriptor| {
            set.metrics.is_empty() || set.metrics.iter().any(|metric| wanted(metric))
        };
        Self {
            version: VERSION,
            metrics: catalog
                .metrics()
                .iter()
                .filter(|it| wanted(it))
                .map(|it| metric(catalog, it))
                .collect(),
            sets: catalog
                .sets()
                .iter()
                .filter(|it| of_set(it))
                .map(|it| set(it))
                .collect(),
            operations: catalog
                .operations()
                .iter()
                .filter(|it| of_set(it.set))
                .map(|it| operation(it))
                .collect(),
        }
    }
}

fn metric(catalog: &Catalog, metric: &MetricDescriptor) -> Metric {
    Metric {
        name: metric.name,
        kind: metric.kind.as_str(),
        unit: Some(metric.unit.suffix()).filter(|unit| !unit.is_empty()),
        help: metric.help,
        namespace: metric.namespace,
        field: metric.field,
        labels: metric.labels.iter().map(label).collect(),
        constant_labels: metric.constant_labels.iter().copied().collect(),
        buckets: metric.buckets,
        native: metric.native.map(|it| Native {
            schema: it.schema(),
            zero_threshold: it.zero_threshold(),
            highest: it.highest(),
        }),
        series_bound: catalog.series_bound(metric),
        max_series: metric.max_series,
        stability: match metric.stability {
            Stability::Experimental => StabilityLevel::Experimental,
            Stability::Deprecated { since, note } => StabilityLevel::Deprecated { since, note },
            _ => StabilityLevel::Stable,
        },
        replaces: metric
            .replaces
            .iter()
            .map(|it| Replaces {
                name: it.name,
                reason: it.reason,
            })
            .collect(),
        allowed: allowed(metric.allowed),
        source: source(metric.location),
    }
}

fn label(label: &LabelDescriptor) -> Label {
    Label {
        name: label.name,
        help: label.help,
        values: match label.values {
            LabelValues::Closed(values) => Values::Closed { values },
            values => Values::Open {
                max_values: u32::try_from(values.bound()).unwrap_or(u32::MAX),
            },
        },
        allowed: allowed(label.allowed),
    }
}

fn allowed(allowed: &[Allowance]) -> Vec<Allowed> {
    allowed
        .iter()
        .map(|it| Allowed {
            rule: it.rule.id(),
            reason: it.reason,
        })
        .collect()
}

fn set(set: &SetDescriptor) -> Set {
    Set {
        name: set.name,
        help: set.help,
        namespace: set.namespace,
        metrics: set.metrics.iter().map(|metric| metric.name).collect(),
        source: source(set.location),
    }
}

fn operation(operation: &OperationDescriptor) -> Operation {
    Operation {
        agent_type: match operation.agent_type {
            AgentType::Literal(name) => Some(name),
            _ => None,
        },
        name: operation.operation,
        span: Some(operation.span).filter(|span| !span.is_empty()),
        is_async: operation.is_async,
        set: operation.set.name,
        source: source(operation.location),
    }
}

fn source(location: Location) -> Source {
    Source {
        krate: location.krate,
        version: location.version,
        module: location.module,
        file: portable_path(&location),
        line: location.line,
        column: location.column,
    }
}

/// A path that reads the same on every machine. Cargo gives a workspace
/// member's files relative to the workspace, and a dependency's absolute,
/// below a folder that belongs to whoever builds.
pub(crate) fn portable_path(location: &Location) -> String {
    let path = location.file.replace('\\', "/");
    let absolute = path.starts_with('/') || path.as_bytes().get(1) == Some(&b':');
    if !absolute {
        return path;
    }
    let package = format!("{}-{}", location.krate, location.version);
    let parts: Vec<_> = path.split('/').collect();
    let from = parts
        .iter()
        .rposition(|part| *part == package || *part == location.krate)
        .or_else(|| parts.iter().rposition(|part| *part == "src"))
        .unwrap_or(parts.len() - 1);
    parts[from..].join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_no_machine() {
        let cases = [
            ("examples/src/lib.rs", "examples/src/lib.rs"),
            ("examples\\src\\lib.rs", "examples/src/lib.rs"),
            (
                "/somewhere/registry/src/index-1/mail-1.2.0/src/a/b.rs",
                "mail-1.2.0/src/a/b.rs",
            ),
            ("C:\\somewhere\\mail\\src\\lib.rs", "mail/src/lib.rs"),
            ("/somewhere/renamed/src/lib.rs", "src/lib.rs"),
            ("/somewhere/build.rs", "build.rs"),
        ];
        for (file, expected) in cases {
            let location = Location::new(file, 1, 1, "mail", "mail", "1.2.0");
            assert_eq!(portable_path(&location), expected, "{file}");
        }
    }
}
