//! Labels as attributes, each once: a label of one name is one attribute, whatever
//! metrics have it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use caxton_instrument::{Catalog, LabelValues};
use serde::Serialize;

use super::stability;
use crate::generate::deployment::Deployment;
use crate::generate::kubernetes::names::resource_name;

#[derive(Serialize)]
pub(super) struct Groups {
    groups: [Group; 1],
}

#[derive(Serialize)]
struct Group {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    brief: String,
    attributes: Vec<Attribute>,
}

#[derive(Serialize)]
struct Attribute {
    id: &'static str,
    #[serde(rename = "type")]
    kind: Type,
    brief: String,
    stability: &'static str,
    /// Wanted of texts alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    examples: Vec<&'static str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Type {
    Text(&'static str),
    Enumeration { members: Vec<Member> },
}

#[derive(Serialize)]
struct Member {
    id: String,
    value: &'static str,
    stability: &'static str,
}

/// A label, as all metrics have it together.
#[derive(Default)]
struct Label {
    help: &'static str,
    /// In the order in which they are declared.
    values: Vec<&'static str>,
    is_open: bool,
    is_stable: bool,
}

impl Label {
    fn add(&mut self, values: &[&'static str]) {
        for value in values {
            if !self.values.contains(value) {
                self.values.push(value);
            }
        }
    }
}

pub(super) fn groups(catalog: &Catalog, deployment: &Deployment) -> Groups {
    let mut labels: BTreeMap<&'static str, Label> = BTreeMap::new();
    for metric in catalog.metrics() {
        let is_stable = stability(&metric.stability) == "stable";
        for declared in metric.labels {
            let label = labels.entry(declared.name).or_default();
            if label.help.is_empty() {
                label.help = declared.help;
            }
            label.is_stable |= is_stable;
            match declared.values {
                LabelValues::Closed(values) => label.add(values),
                _ => label.is_open = true,
            }
        }
        for (name, value) in metric.constant_labels {
            let label = labels.entry(name).or_default();
            label.is_stable |= is_stable;
            label.add(&[value]);
        }
    }
    Groups {
        groups: [Group {
            id: format!("registry.{}", resource_name(deployment.name())),
            kind: "attribute_group",
            brief: format!("Labels of the metrics of {}.", deployment.name()),
            attributes: labels
                .into_iter()
                .map(|(name, label)| attribute(name, &label))
                .collect(),
        }],
    }
}

fn attribute(name: &'static str, label: &Label) -> Attribute {
    let stability = if label.is_stable {
        "stable"
    } else {
        "development"
    };
    let brief = if label.help.is_empty() {
        format!("The label `{name}`.")
    } else {
        label.help.into()
    };
    let (kind, examples) = if label.is_open {
        // What it says past its bound, if it has no value that is known.
        let mut examples = label.values.clone();
        examples.push("_overflow");
        (Type::Text("string"), examples)
    } else {
        let members = members(&label.values, stability);
        (Type::Enumeration { members }, Vec::new())
    };
    Attribute {
        id: name,
        kind,
        brief,
        stability,
        examples,
    }
}

/// Each with an id of its own, made of letters that code may have in a name.
fn members(values: &[&'static str], stability: &'static str) -> Vec<Member> {
    let mut ids = BTreeSet::new();
    let member = |(at, value): (usize, &&'static str)| {
        let is_legal = |it: char| it.is_ascii_alphanumeric() || it == '_';
        let mut id: String = value
            .to_ascii_lowercase()
            .chars()
            .map(|it| if is_legal(it) { it } else { '_' })
            .collect();
        if id.is_empty() {
            id.push_str("empty");
        }
        while !ids.insert(id.clone()) {
            // A text cannot fail to be written.
            let _ = write!(id, "_{at}");
        }
        Member {
            id,
            value,
            stability,
        }
    };
    values.iter().enumerate().map(member).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn values_that_read_alike_have_ids_of_their_own() {
        let members = super::members(&["a-b", "a_b", "", "é"], "stable");
        let ids: Vec<_> = members.iter().map(|it| &*it.id).collect();
        assert_eq!(ids, ["a_b", "a_b_1", "empty", "_"]);
    }
}
