//! The catalog as a document: what every page and the JSON say, in one shape.
//!
//! ```text
//! of       from the declarations of this program
//! query    what alerts, objectives, records and panels ask
//! saved    from JSON that an earlier version of the program wrote
//! source   where a declaration stands, on any machine
//! ```

mod of;
mod query;
mod saved;
mod source;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub(crate) use query::{Query, Read, Test};

/// The version of the JSON's shape; a reader refuses one it does not know.
pub(crate) const VERSION: u32 = 2;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Document {
    pub(crate) version: u32,
    pub(crate) metrics: Vec<Metric>,
    pub(crate) sets: Vec<Set>,
    pub(crate) operations: Vec<Operation>,
    // What version 1 has not.
    #[serde(default)]
    pub(crate) alerts: Vec<Alert>,
    #[serde(default)]
    pub(crate) objectives: Vec<Objective>,
    #[serde(default)]
    pub(crate) records: Vec<Record>,
    #[serde(default)]
    pub(crate) panels: Vec<Panel>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Metric {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) unit: Option<String>,
    pub(crate) help: String,
    pub(crate) namespace: String,
    pub(crate) field: String,
    pub(crate) labels: Vec<Label>,
    pub(crate) constant_labels: BTreeMap<String, String>,
    pub(crate) buckets: Vec<f64>,
    /// `None` for what is no native histogram.
    pub(crate) native: Option<Native>,
    /// The most series that the labels, or the annotated functions, allow.
    pub(crate) series_bound: u64,
    /// The most series that the declaration admits.
    pub(crate) max_series: u64,
    pub(crate) stability: StabilityLevel,
    pub(crate) replaces: Vec<Replaces>,
    pub(crate) allowed: Vec<Allowed>,
    #[serde(default)]
    pub(crate) read_by: Readers,
    pub(crate) source: Source,
}

/// The names of all that read a metric.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Readers {
    pub(crate) alerts: Vec<String>,
    pub(crate) objectives: Vec<String>,
    pub(crate) records: Vec<String>,
    pub(crate) panels: Vec<String>,
}

impl Readers {
    /// Each kind of reader and the names, where there are any.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = (&'static str, &[String])> {
        [
            ("alerts", &self.alerts),
            ("objectives", &self.objectives),
            ("recording rules", &self.records),
            ("panels", &self.panels),
        ]
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(kind, names)| (kind, names.as_slice()))
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Native {
    pub(crate) schema: i32,
    pub(crate) zero_threshold: f64,
    pub(crate) highest: f64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Label {
    pub(crate) name: String,
    pub(crate) help: String,
    #[serde(flatten)]
    pub(crate) values: Values,
    pub(crate) allowed: Vec<Allowed>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Values {
    Closed { values: Vec<String> },
    Open { max_values: u32 },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "level", rename_all = "snake_case")]
pub(crate) enum StabilityLevel {
    Experimental,
    Stable,
    Deprecated { since: String, note: String },
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Replaces {
    pub(crate) name: String,
    pub(crate) reason: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Allowed {
    pub(crate) rule: String,
    pub(crate) reason: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Set {
    pub(crate) name: String,
    pub(crate) help: String,
    pub(crate) namespace: String,
    pub(crate) metrics: Vec<String>,
    pub(crate) source: Source,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Operation {
    /// `None`: an expression, bounded by the label's declaration.
    pub(crate) agent_type: Option<String>,
    #[serde(rename = "operation")]
    pub(crate) name: String,
    /// `None`: the function opens no span.
    pub(crate) span: Option<String>,
    #[serde(rename = "async")]
    pub(crate) is_async: bool,
    pub(crate) set: String,
    pub(crate) source: Source,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Alert {
    pub(crate) name: String,
    pub(crate) severity: String,
    pub(crate) summary: String,
    pub(crate) description: String,
    /// Who looks after it; may be empty.
    pub(crate) owner: String,
    /// Where it says what to do; may be empty.
    pub(crate) runbook: String,
    pub(crate) hold_seconds: Option<u64>,
    pub(crate) keep_seconds: Option<u64>,
    #[serde(flatten)]
    pub(crate) query: Query,
    pub(crate) source: Source,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Objective {
    pub(crate) name: String,
    /// The share that is promised, between 0 and 1.
    #[serde(rename = "objective")]
    pub(crate) share: f64,
    pub(crate) window_seconds: u64,
    pub(crate) min_events: u32,
    pub(crate) summary: String,
    pub(crate) description: String,
    pub(crate) owner: String,
    pub(crate) runbook: String,
    /// The share of the window's events that were not good.
    #[serde(flatten)]
    pub(crate) query: Query,
    /// How many events there were within the window, as PromQL.
    pub(crate) events: String,
    pub(crate) source: Source,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) name: String,
    pub(crate) summary: String,
    #[serde(flatten)]
    pub(crate) query: Query,
    pub(crate) source: Source,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Panel {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) description: String,
    #[serde(flatten)]
    pub(crate) query: Query,
    pub(crate) source: Source,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Source {
    #[serde(rename = "crate")]
    pub(crate) krate: String,
    pub(crate) version: String,
    pub(crate) module: String,
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
}
