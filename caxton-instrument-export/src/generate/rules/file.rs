//! The format of
//! [rule files](https://prometheus.io/docs/prometheus/3.5/configuration/recording_rules/).

use std::collections::BTreeMap;

use caxton_instrument::query::Window;
use serde::Serialize;
use serde_saphyr::LitString;

use crate::promql;

/// A rule file.
#[derive(Debug, Serialize)]
pub(in crate::generate) struct RuleFile {
    pub(super) groups: Vec<Group>,
}

/// Rules that are evaluated one after the other.
#[derive(Debug, Clone, Serialize)]
pub(in crate::generate) struct Group {
    pub(super) name: String,
    /// Where it is not the one of all rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) interval: Option<String>,
    pub(super) rules: Vec<Rule>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(super) enum Rule {
    Record(RecordingRule),
    Alert(AlertingRule),
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct RecordingRule {
    pub(super) record: String,
    pub(super) expr: LitString,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) labels: BTreeMap<&'static str, String>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct AlertingRule {
    pub(super) alert: String,
    pub(super) expr: LitString,
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    pub(super) hold: Option<String>,
    #[serde(rename = "keep_firing_for", skip_serializing_if = "Option::is_none")]
    pub(super) keep: Option<String>,
    /// In templates, as the annotations are.
    pub(super) labels: BTreeMap<&'static str, String>,
    pub(super) annotations: Annotations,
}

#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Annotations {
    pub(super) summary: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) description: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) runbook_url: String,
}

impl Group {
    pub(super) fn new(name: impl Into<String>, rules: Vec<Rule>) -> Self {
        Self {
            name: name.into(),
            interval: None,
            rules,
        }
    }

    pub(super) fn every(mut self, interval: Window) -> Self {
        self.interval = Some(promql::duration(interval));
        self
    }
}

impl RuleFile {
    /// The names of its groups, in their order.
    pub(in crate::generate) fn groups(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().map(|group| group.name.as_str())
    }
}
