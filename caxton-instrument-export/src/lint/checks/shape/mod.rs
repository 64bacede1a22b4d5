//! SCH: fields, values and components that the target version does not have.
//!
//! ```text
//! table       keys.tsv and replaced.tsv: what there is, and what is no more
//! prometheus  values of prometheus.yml: targets, times
//! collector   components of the collector and their pipelines
//! processors  settings without which a processor does not start
//! jaeger      sampling strategies
//! paths       the HTTP API of Prometheus, in commands
//! sources     Grafana's data sources
//! programs    Loki, Promtail, Fluentd, Kubernetes, charts and images
//! ```

mod collector;
mod jaeger;
mod paths;
mod processors;
mod programs;
mod prometheus;
mod sources;
mod table;

use super::Check;
use crate::generate::{Targets, Version};
use crate::lint::class::Class;
use crate::lint::context::Context;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::kind::Kind;
use crate::lint::tree::{Key, Kind as Value, Node};
pub(super) use prometheus::{seconds, targets};

pub(super) const CHECK: Check = check;

fn check(document: &Document, context: &Context<'_>, out: &mut Findings) {
    let targets = context
        .deployment
        .map_or_else(Targets::default, |it| *it.versions());
    let format = match document.kind {
        Kind::Prometheus => Format::of("prometheus", "Prometheus", targets.prometheus),
        Kind::Rules => Format::of("rules", "Prometheus", targets.prometheus),
        Kind::Alertmanager => Format::of("alertmanager", "Alertmanager", targets.alertmanager),
        Kind::Collector => Format::of("collector", "The collector", targets.collector),
        // No target names its version: the current one.
        Kind::Loki => Format::of("loki", "Loki", Version::new(3, 0)),
        _ => {
            programs::check(document, out);
            return;
        }
    };
    let Some(tree) = document.tree() else { return };
    let mut shape = Shape {
        document,
        format,
        out,
    };
    shape.walk(tree, "", 0);
    match document.kind {
        Kind::Prometheus => prometheus::check(document, tree, out),
        Kind::Collector => {
            collector::check(document, tree, targets.collector, out);
            processors::check(document, tree, out);
            for config in scrape_configurations(tree) {
                prometheus::check(document, config, out);
            }
        }
        _ => {}
    }
}

/// What the collector's Prometheus receivers take: a `prometheus.yml` each.
pub(super) fn scrape_configurations(collector: &Node) -> impl Iterator<Item = &Node> {
    let receivers = collector.get("receivers").map_or(&[][..], Node::entries);
    let is_prometheus = |(key, _): &&(Key, Node)| kind_of(&key.text) == "prometheus";
    let configs = receivers.iter().filter(is_prometheus);
    configs.filter_map(|(_, receiver)| receiver.get("config"))
}

/// The type of a component: what is before the `/`.
pub(super) fn kind_of(component: &str) -> &str {
    component.split('/').next().unwrap_or(component)
}

#[derive(Clone, Copy)]
struct Format {
    name: &'static str,
    program: &'static str,
    version: Version,
}

impl Format {
    const fn of(name: &'static str, program: &'static str, version: Version) -> Self {
        Self {
            name,
            program,
            version,
        }
    }
}

struct Shape<'a> {
    document: &'a Document,
    format: Format,
    out: &'a mut Findings,
}

impl Shape<'_> {
    fn walk(&mut self, node: &Node, place: &str, depth: usize) {
        // A tree is no deeper than this.
        if depth > crate::lint::tree::MAX_DEPTH {
            return;
        }
        match &node.kind {
            Value::Map(entries) => {
                for (key, value) in entries {
                    self.key(key, value, place);
                    let below = match (place, key.text.as_str()) {
                        ("", key) => key.to_owned(),
                        // Routes are in routes.
                        ("route", "routes") => String::from("route"),
                        ("service.pipelines", _) => String::from("service.pipelines.*"),
                        (place, key) => format!("{place}.{key}"),
                    };
                    self.walk(value, &below, depth + 1);
                }
            }
            Value::List(items) => {
                let below = match place {
                    "route" => String::from(place),
                    _ => format!("{place}[]"),
                };
                for item in items {
                    self.walk(item, &below, depth + 1);
                }
            }
            _ => {}
        }
    }

    fn key(&mut self, key: &Key, value: &Node, place: &str) {
        let Format {
            name,
            program,
            version,
        } = self.format;
        let file = &self.document.file;
        let known = table::keys(name, place);
        let is_known = known.is_none_or(|keys| keys.has(&key.text, version));
        let text = value.text();
        let replaced = table::replaced(name).find(|it| {
            it.place == place
                && it.key == key.text
                && it.value.is_none_or(|wanted| text == Some(wanted))
        });
        let written = match replaced.and_then(|it| it.value) {
            Some(value) => format!("`{}: {value}`", key.text),
            None => format!("`{}`", key.text),
        };
        let where_ = if place.is_empty() {
            String::from("at the top")
        } else {
            format!("in `{}`", place.replace("[]", ""))
        };
        match replaced {
            Some(it)
                if it.removed.is_some_and(|removed| version >= removed) && !is_known
                    || replaced.is_some_and(|it| it.removed.is_some() && it.value.is_some())
                    || it.removed.is_some() && known.is_none() =>
            {
                self.out.add(
                    Class::Sch,
                    file,
                    key.place,
                    format!("{program} {version} has no {written} {where_}"),
                    it.instead,
                );
            }
            Some(it) if it.removed.is_none() => {
                self.out.add(
                    Class::Sch,
                    file,
                    key.place,
                    format!("{written} {where_} is deprecated in {program} {version}"),
                    format!("write {}", it.instead),
                );
            }
            _ if !is_known => {
                let remedy = match known.and_then(|keys| keys.nearest(&key.text)) {
                    Some(nearest) => format!("write `{nearest}`"),
                    None => format!("leave it out, or look where {program} takes it"),
                };
                self.out.add(
                    Class::Sch,
                    file,
                    key.place,
                    format!("{program} {version} has no {written} {where_}"),
                    remedy,
                );
            }
            _ => {}
        }
    }
}
