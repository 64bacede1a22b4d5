//! What a check may know: the catalog, and everything that was read.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use caxton_instrument::Catalog;
use promql_parser::util::parse_duration;

use super::class::Class;
use super::document::Document;
use super::documented::{self, Documented};
use super::finding::Findings;
use super::kind::Kind;
use super::promql::{self, Known};
use super::rule::Rule;
use super::tree::{Node, Place};
use crate::generate::Deployment;

/// The most expressions that one run judges.
const MAX_EXPRESSIONS: usize = 20_000;

/// What a check may know beside its document.
#[derive(Debug)]
pub struct Context<'a> {
    /// What is declared.
    pub catalog: &'a Catalog,
    /// Where the program runs, if that is known.
    pub deployment: Option<&'a Deployment>,
    documents: &'a [Document],
    documented: Vec<Documented>,
    /// What the expressions of each system are judged by.
    known: BTreeMap<usize, Known<'a>>,
    nothing: Known<'a>,
    /// How many more expressions are judged.
    left: Cell<usize>,
    /// The lines of each file.
    lines: BTreeMap<&'a str, Vec<&'a str>>,
}

impl<'a> Context<'a> {
    pub(super) fn of(
        catalog: &'a Catalog,
        deployment: Option<&'a Deployment>,
        documents: &'a [Document],
        texts: &'a BTreeMap<String, String>,
    ) -> Self {
        let documented: Vec<_> = documents
            .iter()
            .flat_map(|it| documented::of(it, catalog))
            .collect();
        let declares = || match deployment {
            Some(deployment) => Known::new(catalog).routed(deployment.metrics_route()),
            None => Known::new(catalog),
        };
        let mut known: BTreeMap<usize, Known<'a>> = BTreeMap::new();
        let mut add = |system, to: &dyn Fn(Known<'a>) -> Known<'a>| {
            let before = known.remove(&system).unwrap_or_else(declares);
            known.insert(system, to(before));
        };
        let mut recorded: BTreeMap<(usize, &str), BTreeSet<String>> = BTreeMap::new();
        for document in documents {
            add(document.system, &|it| declared(it, document));
            for (name, expr) in records(document) {
                recorded
                    .entry((document.system, name))
                    .or_default()
                    .insert(expr);
            }
        }
        for ((system, name), exprs) in &recorded {
            add(*system, &|it| recorded_as(it, name, exprs));
        }
        for metric in &documented {
            add(metric.system, &|it| it.documented(of_page(metric)));
        }
        let lines =
            |(file, text): (&'a String, &'a String)| (file.as_str(), text.lines().collect());
        Self {
            catalog,
            deployment,
            documents,
            documented,
            known,
            nothing: declares(),
            left: Cell::new(MAX_EXPRESSIONS),
            lines: texts.iter().map(lines).collect(),
        }
    }

    /// Whether one more expression is judged; tells once in each file that it
    /// is not.
    pub(super) fn may_judge(&self, document: &Document, out: &mut Findings) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        if left == 0 {
            out.add(
                Class::Syn,
                &document.file,
                Place::START,
                format!(
                    "there are more than {MAX_EXPRESSIONS} expressions; the rest is not judged"
                ),
                "lint fewer files at once",
            );
        }
        left > 0
    }

    /// What the expressions of a document are judged by.
    #[must_use]
    pub fn known(&self, document: &Document) -> &Known<'a> {
        self.known.get(&document.system).unwrap_or(&self.nothing)
    }

    /// An interval of Prometheus's `global` section, as the document's system
    /// sets it.
    #[must_use]
    pub fn interval(&self, document: &Document, key: &str) -> Option<Duration> {
        self.of_kind(document, Kind::Prometheus).find_map(|it| {
            let text = it.tree()?.at(&["global", key])?.text()?;
            parse_duration(text).ok()
        })
    }

    /// The comment that stands behind a value in its line.
    #[must_use]
    pub fn comment(&self, file: &str, node: &Node) -> &'a str {
        let index = usize::try_from(node.place.line).unwrap_or(usize::MAX);
        let line = self
            .lines
            .get(file)
            .and_then(|it| it.get(index.saturating_sub(1)));
        let text = node.text().unwrap_or_default();
        line.and_then(|line| line.split_once(text.trim()))
            .and_then(|(_, behind)| behind.split_once(" #"))
            .map_or("", |(_, comment)| comment.trim())
    }

    /// Everything that was read.
    #[must_use]
    pub const fn documents(&self) -> &'a [Document] {
        self.documents
    }

    /// The documents that belong together with this one, itself among them.
    pub fn system(&self, document: &Document) -> impl Iterator<Item = &'a Document> {
        let system = document.system;
        self.documents.iter().filter(move |it| it.system == system)
    }

    /// Those of them of one kind.
    pub fn of_kind(&self, document: &Document, kind: Kind) -> impl Iterator<Item = &'a Document> {
        self.system(document).filter(move |it| it.kind == kind)
    }

    /// Metrics that pages and programs on them declare, in the system of a
    /// document.
    pub fn documented(&self, document: &Document) -> impl Iterator<Item = &Documented> {
        let system = document.system;
        self.documented.iter().filter(move |it| it.system == system)
    }
}

/// What a document adds to what is known: recorded series, what alerts watch,
/// labels that a scrape sets.
fn declared<'a>(mut known: Known<'a>, document: &Document) -> Known<'a> {
    let Some(tree) = document.tree() else {
        return known;
    };
    match document.kind {
        Kind::Rules => {
            for rule in Rule::all(tree) {
                let Some(expr) = rule.expr().and_then(Node::text) else {
                    continue;
                };
                if rule.alert().is_some() {
                    known = known.watched(expr);
                }
            }
        }
        Kind::Prometheus => {
            let external = tree.at(&["global", "external_labels"]);
            for (key, _) in external.map_or(&[][..], Node::entries) {
                known = known.target_label(&key.text);
            }
            for job in tree.get("scrape_configs").map_or(&[][..], Node::items) {
                for config in job.get("static_configs").map_or(&[][..], Node::items) {
                    for (key, _) in config.get("labels").map_or(&[][..], Node::entries) {
                        known = known.target_label(&key.text);
                    }
                }
                for relabel in ["relabel_configs", "metric_relabel_configs"] {
                    for config in job.get(relabel).map_or(&[][..], Node::items) {
                        let target = config.get("target_label").and_then(Node::text);
                        if let Some(label) = target.filter(|it| !it.starts_with("__")) {
                            known = known.target_label(label);
                        }
                    }
                }
            }
        }
        _ => {}
    }
    known
}

/// The series that the rules of a document record, with the labels that the
/// rules give them.
fn records(document: &Document) -> Vec<(&str, String)> {
    let tree = document.tree().filter(|_| document.kind == Kind::Rules);
    let rules = tree.map(Rule::all).unwrap_or_default();
    let of_rule = |rule: &Rule<'_>| -> Option<String> {
        let mut expr = String::from(rule.expr()?.text()?);
        for (label, value) in rule.node.get("labels").map_or(&[][..], Node::entries) {
            // Which value it is matters to nobody here.
            let is_set = value.text().is_some_and(|it| !it.is_empty());
            if is_set && is_label(&label.text) {
                expr = format!(
                    "label_replace({expr}, \"{}\", \"set\", \"\", \"\")",
                    label.text
                );
            }
        }
        Some(expr)
    };
    rules
        .into_iter()
        .filter_map(|rule| Some((rule.record()?.text()?, of_rule(&rule)?)))
        .collect()
}

/// One name may be recorded by several rules, of other labels each.
fn recorded_as<'a>(known: Known<'a>, name: &str, exprs: &BTreeSet<String>) -> Known<'a> {
    const MOST: usize = 16;
    if exprs.len() > MOST {
        return known.documented(promql::Documented::named(name));
    }
    let parts: Vec<_> = exprs.iter().map(|it| format!("({it})")).collect();
    known.recorded(name, &parts.join(" or "))
}

fn is_label(text: &str) -> bool {
    text.bytes()
        .all(|it| it.is_ascii_alphanumeric() || it == b'_')
}

fn of_page(metric: &Documented) -> promql::Documented {
    promql::Documented {
        kind: metric
            .kind
            .or_else(|| documented::kind_by_name(&metric.name)),
        labels: metric
            .labels
            .as_ref()
            .map(|labels| labels.iter().map(|(name, _)| name.clone()).collect()),
        ..promql::Documented::named(&metric.name)
    }
}
