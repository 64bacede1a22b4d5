//! Recording rules under the old names of renamed metrics, so that what asks
//! for those goes on until it is written anew. While both versions run, an
//! instance has the old name from one of the two: the one it runs.

use std::fmt::Write as _;

use serde::Serialize;

use super::super::document::{Document, Metric};
use super::compare::{Diff, find};
use crate::promql;

const HEADER: &str = "\
# Old names of metrics, answered from the new ones: written by `catalog diff --rules`.
# Take it out when nothing asks for the old names any more.
";

#[derive(Serialize)]
struct Rules {
    groups: Vec<Group>,
}

#[derive(Serialize)]
struct Group {
    name: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize, PartialEq, Eq)]
struct Rule {
    record: String,
    expr: String,
}

/// The rule file; without groups where nothing was renamed.
pub(super) fn rules(diff: &Diff, old: &Document, new: &Document) -> String {
    let mut text = String::from(HEADER);
    let mut rules = Vec::new();
    for (name, now) in &diff.renamed {
        let (Some(was), Some(is)) = (find(old, name), find(new, now)) else {
            continue;
        };
        if let Some(reason) = differs(was, is) {
            // Writing to text cannot fail.
            let _ = writeln!(
                text,
                "# No rule for {name:?}: {reason}, so that {now:?} is no answer to it."
            );
            continue;
        }
        for suffix in suffixes(was) {
            rules.push(Rule {
                record: format!("{name}{suffix}"),
                expr: promql::series_named(&format!("{now}{suffix}")),
            });
        }
    }
    let groups = if rules.is_empty() {
        Vec::new()
    } else {
        vec![Group {
            name: "renamed metrics",
            rules,
        }]
    };
    // Texts, which YAML can say.
    text.push_str(&serde_saphyr::to_string(&Rules { groups }).unwrap_or_default());
    text
}

/// The series of a metric. A native histogram is one, and has its name.
fn suffixes(metric: &Metric) -> &'static [&'static str] {
    match (metric.kind.as_str(), &metric.native) {
        ("histogram", None) => &["_bucket", "_count", "_sum"],
        _ => &[""],
    }
}

/// Why the new metric does not say what the old one did.
fn differs(old: &Metric, new: &Metric) -> Option<&'static str> {
    if old.kind != new.kind {
        return Some("the type is another");
    }
    if old.unit != new.unit {
        return Some("the unit is another");
    }
    if old.native.is_some() != new.native.is_some() {
        return Some("the buckets are of another kind");
    }
    let kept = |name: &String| new.labels.iter().any(|it| it.name == *name);
    if !old.labels.iter().all(|label| kept(&label.name)) {
        return Some("a label is gone");
    }
    None
}
