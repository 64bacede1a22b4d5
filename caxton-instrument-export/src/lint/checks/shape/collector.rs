//! Components of the collector, and the pipelines that they are in.

use std::sync::LazyLock;

use super::{kind_of, table};
use crate::generate::Version;
use crate::generate::components::{self, Kind as Component};
use crate::lint::class::Class;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::tree::{Kind as Value, Node};

const DISTRIBUTION: &str = include_str!("distribution.tsv");

const SECTIONS: [(&str, Component, &str); 5] = [
    ("receivers", Component::Receiver, "receiver"),
    ("processors", Component::Processor, "processor"),
    ("exporters", Component::Exporter, "exporter"),
    ("connectors", Component::Connector, "connector"),
    ("extensions", Component::Extension, "extension"),
];

pub(super) fn check(document: &Document, tree: &Node, version: Version, out: &mut Findings) {
    let file = &document.file;
    for (section, kind, word) in SECTIONS {
        for (key, settings) in tree.get(section).map_or(&[][..], Node::entries) {
            let name = kind_of(&key.text);
            let known = components::find(kind, name);
            match known {
                Some(it) if !it.is_in(version) => {
                    let instead = it.replacement.as_deref().unwrap_or("another one");
                    out.add(
                        Class::Sch,
                        file,
                        key.place,
                        format!("the collector {version} has no {word} `{name}`"),
                        format!("use {instead}"),
                    );
                }
                None if is_unknown(section, name) => {
                    let meant = table::replaced(word).find(|it| it.place == name);
                    let meant = meant.map(|it| String::from(it.instead));
                    let nearest = || nearest(section, name).map(|it| format!("`{it}`"));
                    let instead = meant.or_else(nearest);
                    let remedy = format!(
                        "use {}, or allow it if your build has it",
                        instead.as_deref().unwrap_or("one that it has")
                    );
                    out.add(
                        Class::Sch,
                        file,
                        key.place,
                        format!("no {word} of the collector's distributions is called `{name}`"),
                        remedy,
                    );
                }
                _ => {}
            }
            if kind == Component::Exporter && name == "debug" {
                old_debug(document, settings, out);
            }
            if kind == Component::Processor && name == "memory_limiter" {
                limiter(document, settings, out);
            }
        }
    }
    for field in components::fields() {
        let Some(removed) = field.removed.filter(|removed| version >= *removed) else {
            continue;
        };
        let path: Vec<&str> = field.path.split('.').collect();
        if let Some(node) = tree.at(&path) {
            out.add(
                Class::Sch,
                file,
                node.place,
                format!(
                    "the collector {version} takes no `{}`, since {removed}",
                    field.path
                ),
                format!("write {}", field.replacement),
            );
        }
    }
    variables(document, tree, out);
    order(document, tree, out);
}

fn plain(name: &str) -> String {
    name.replace('_', "")
}

fn distributed(section: &str) -> Option<&'static [&'static str]> {
    static TABLE: LazyLock<Vec<(&str, Vec<&str>)>> = LazyLock::new(|| {
        let row = |line: &'static str| {
            let (section, names) = line.split_once('\t')?;
            Some((section, names.split(' ').collect()))
        };
        DISTRIBUTION.lines().filter_map(row).collect()
    });
    let found = TABLE.iter().find(|(name, _)| *name == section);
    found.map(|(_, names)| names.as_slice())
}

fn is_unknown(section: &str, name: &str) -> bool {
    let plain = plain(name);
    distributed(section).is_some_and(|names| !names.contains(&plain.as_str()))
}

fn nearest(section: &str, name: &str) -> Option<&'static str> {
    let plain = plain(name);
    let alike = |it: &str| strsim::jaro_winkler(it, &plain);
    let names = distributed(section)?.iter().copied();
    names
        .filter(|it| alike(it) > 0.88)
        .max_by(|a, b| alike(a).total_cmp(&alike(b)))
}

/// `loglevel` went with the exporter `logging`.
fn old_debug(document: &Document, settings: &Node, out: &mut Findings) {
    if let Some(level) = settings.get("loglevel") {
        out.add(
            Class::Sch,
            &document.file,
            level.place,
            "the exporter `debug` has no `loglevel`",
            "write `verbosity: detailed`",
        );
    }
}

/// Without an interval it does not start; a limit has to be above its spike.
fn limiter(document: &Document, settings: &Node, out: &mut Findings) {
    let number = |key: &str| settings.get(key)?.text()?.parse::<f64>().ok();
    let has_limit = ["limit_mib", "limit_percentage"]
        .iter()
        .any(|key| settings.get(key).is_some());
    if settings.get("check_interval").is_none() || !has_limit {
        out.add(
            Class::Sch,
            &document.file,
            settings.place,
            "`memory_limiter` does not start without `check_interval` and a limit",
            "write `check_interval: 1s` and `limit_mib` or `limit_percentage`",
        );
    }
    if let (Some(limit), Some(spike)) = (number("limit_mib"), number("spike_limit_mib"))
        && spike >= limit
    {
        out.add(
            Class::Sch,
            &document.file,
            settings.place,
            format!("`spike_limit_mib: {spike}` leaves nothing of `limit_mib: {limit}`"),
            "write a fifth of the limit",
        );
    }
}

/// In the collector's files `$1` is a variable, also in what is for Prometheus.
fn variables(document: &Document, tree: &Node, out: &mut Findings) {
    for config in super::scrape_configurations(tree) {
        for job in config.get("scrape_configs").map_or(&[][..], Node::items) {
            for key in ["relabel_configs", "metric_relabel_configs"] {
                for rule in job.get(key).map_or(&[][..], Node::items) {
                    let Some(replacement) = rule.get("replacement") else {
                        continue;
                    };
                    let text = replacement.text().unwrap_or_default();
                    let is_group = |it: &[u8]| {
                        it[0] == b'$'
                            && (it[1].is_ascii_digit() || it[1] == b'{' && it[2].is_ascii_digit())
                    };
                    let padded = format!("  {text}  ");
                    let single = padded
                        .as_bytes()
                        .windows(4)
                        .any(|it| it[0] != b'$' && is_group(&it[1..]));
                    if single {
                        out.add(
                            Class::Sch,
                            &document.file,
                            replacement.place,
                            format!("the collector takes the `$` of `{text}` for its own variable"),
                            format!("write `{}`", text.replace('$', "$$")),
                        );
                    }
                }
            }
        }
    }
}

/// What protects the memory comes first; batches are made of what is left.
fn order(document: &Document, tree: &Node, out: &mut Findings) {
    let pipelines = tree.at(&["service", "pipelines"]);
    for (pipeline, parts) in pipelines.map_or(&[][..], Node::entries) {
        let processors = parts.get("processors").map_or(&[][..], Node::items);
        let names: Vec<&str> = processors
            .iter()
            .map(|it| kind_of(it.text().unwrap_or_default()))
            .collect();
        let at = |name: &str| names.iter().position(|it| *it == name);
        if let Some(index) = at("memory_limiter").filter(|index| *index > 0) {
            out.add(
                Class::Sch,
                &document.file,
                processors[index].place,
                format!(
                    "in the pipeline `{}` `memory_limiter` stands behind `{}`, which has taken the \
                     memory by then",
                    pipeline.text,
                    names[index - 1]
                ),
                "write it first",
            );
        }
        let signal = kind_of(&pipeline.text);
        if !["traces", "metrics", "logs", "profiles"].contains(&signal) {
            out.add(
                Class::Sch,
                &document.file,
                pipeline.place,
                format!("`{signal}` is no signal that a pipeline is for"),
                "write `traces`, `metrics` or `logs`, and a name behind `/`",
            );
        }
        if let (Some(batch), Some(sampling)) = (at("batch"), at("tail_sampling"))
            && batch < sampling
        {
            out.add(
                Class::Sch,
                &document.file,
                processors[batch].place,
                format!(
                    "in the pipeline `{}` `batch` stands before `tail_sampling`, which takes the \
                     batches apart",
                    pipeline.text
                ),
                "write `batch` last",
            );
        }
        for key in ["receivers", "exporters"] {
            let is_empty = match parts.get(key).map(|it| &it.kind) {
                Some(Value::List(items)) => items.is_empty(),
                Some(_) => false,
                None => true,
            };
            if is_empty && !document.is_example {
                out.add(
                    Class::Sch,
                    &document.file,
                    pipeline.place,
                    format!(
                        "the pipeline `{}` has no {key}, and is refused",
                        pipeline.text
                    ),
                    format!("name one of `{key}`"),
                );
            }
        }
    }
}
