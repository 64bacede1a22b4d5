//! The labels of an expression's series, as far as they are known.

use std::collections::BTreeSet;

/// Labels that a scrape or a deployment commonly adds to every series of a
/// target, beside `job` and `instance`: from service discovery, relabelling and
/// [external labels](https://prometheus.io/docs/prometheus/3.5/configuration/configuration/).
const OF_TARGETS: [&str; 32] = [
    "app",
    "availability_zone",
    "az",
    "cluster",
    "component",
    "container",
    "datacenter",
    "dc",
    "deployment",
    "endpoint",
    "env",
    "environment",
    "group",
    "host",
    "hostname",
    "namespace",
    "node",
    "owner",
    "pod",
    "prometheus",
    "prometheus_replica",
    "region",
    "replica",
    "service",
    "service_name",
    "service_namespace",
    "service_instance_id",
    "shard",
    "stage",
    "team",
    "tenant",
    "zone",
];

/// Beginnings of such labels: what relabelling and the collector make of
/// attributes of a resource.
const BEGINNINGS: [&str; 8] = [
    "__",
    "cloud_",
    "deployment_",
    "exported_",
    "host_",
    "k8s_",
    "kubernetes_",
    "otel_scope_",
];

fn is_of_targets(name: &str) -> bool {
    OF_TARGETS.contains(&name) || BEGINNINGS.iter().any(|it| name.starts_with(it))
}

/// What else may be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// Nothing.
    Nothing,
    /// What the target adds.
    Target,
    /// Anything.
    Anything,
}

/// The labels of series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Labels {
    /// Those that are there.
    pub(super) names: BTreeSet<String>,
    pub(super) rest: Rest,
    /// Those that have one value on all series.
    pub(super) fixed: BTreeSet<String>,
    /// Those that an aggregation dropped.
    pub(super) dropped: BTreeSet<String>,
}

impl Labels {
    pub(super) const fn unknown() -> Self {
        Self {
            names: BTreeSet::new(),
            rest: Rest::Anything,
            fixed: BTreeSet::new(),
            dropped: BTreeSet::new(),
        }
    }

    /// Exactly these.
    pub(super) fn exactly(names: impl IntoIterator<Item = String>) -> Self {
        Self {
            names: names.into_iter().collect(),
            rest: Rest::Nothing,
            ..Self::unknown()
        }
    }

    /// Those of a target's metric.
    pub(super) fn of_target<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let names = names.into_iter().chain(["job", "instance"]);
        Self {
            rest: Rest::Target,
            ..Self::exactly(names.map(String::from))
        }
    }

    /// Whether a label is there, where that is known.
    pub(super) fn has(&self, name: &str) -> Option<bool> {
        if self.names.contains(name) {
            return Some(true);
        }
        match self.rest {
            Rest::Target if is_of_targets(name) => None,
            Rest::Anything if !self.dropped.contains(name) => None,
            _ => Some(false),
        }
    }

    /// Whether every label is known.
    pub(super) fn is_exact(&self) -> bool {
        self.rest == Rest::Nothing
    }

    /// Whether a label comes from the scrape and not from the metric.
    pub(super) fn is_of_target(&self, name: &str) -> bool {
        let is_theirs = matches!(name, "job" | "instance") || is_of_targets(name);
        self.rest == Rest::Target && is_theirs
    }

    /// Whether the labels but those of the target are known.
    pub(super) fn is_known(&self) -> bool {
        self.rest != Rest::Anything
    }

    /// Only these.
    pub(super) fn keep(&self, names: &BTreeSet<String>) -> Self {
        let mut dropped = self.dropped.clone();
        dropped.extend(self.names.difference(names).cloned());
        Self {
            names: names
                .iter()
                .filter(|it| self.has(it) != Some(false))
                .cloned()
                .collect(),
            rest: Rest::Nothing,
            fixed: self.fixed.intersection(names).cloned().collect(),
            dropped,
        }
    }

    /// All but these.
    pub(super) fn without(&self, names: &BTreeSet<String>) -> Self {
        let mut this = self.clone();
        for name in names {
            this.names.remove(name);
            this.fixed.remove(name);
            this.dropped.insert(name.clone());
        }
        this
    }

    pub(super) fn with(mut self, name: &str) -> Self {
        self.names.insert(name.into());
        self.fixed.remove(name);
        self.dropped.remove(name);
        self
    }

    /// Those of series that come from the one or the other.
    pub(super) fn or(&self, other: &Self) -> Self {
        let rest = match (self.rest, other.rest) {
            (Rest::Anything, _) | (_, Rest::Anything) => Rest::Anything,
            (Rest::Target, _) | (_, Rest::Target) => Rest::Target,
            _ => Rest::Nothing,
        };
        Self {
            names: self.names.union(&other.names).cloned().collect(),
            rest,
            fixed: BTreeSet::new(),
            dropped: self.dropped.union(&other.dropped).cloned().collect(),
        }
    }

    /// `a`, `b` and `c`, for messages.
    pub(super) fn said(&self) -> String {
        if self.names.is_empty() {
            return String::from("none");
        }
        let names: Vec<_> = self.names.iter().map(|it| format!("`{it}`")).collect();
        names.join(", ")
    }
}
