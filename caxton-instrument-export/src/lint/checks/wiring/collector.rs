//! Components of the collector, and the pipelines that name them.

use std::collections::BTreeSet;

use crate::lint::class::Class;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::tree::{Key, Node, Place};

const SECTIONS: [&str; 3] = ["receivers", "processors", "exporters"];

pub(super) fn check(document: &Document, tree: &Node, out: &mut Findings) {
    let pipelines = tree.at(&["service", "pipelines"]);
    // A part of a file, as pages show it, says nothing of the rest.
    if pipelines.is_none() && document.is_example {
        return;
    }
    let mut sheet = Sheet {
        document,
        tree,
        named: BTreeSet::new(),
        out,
    };
    for (pipeline, parts) in pipelines.map_or(&[][..], Node::entries) {
        for section in SECTIONS {
            for item in parts.get(section).map_or(&[][..], Node::items) {
                sheet.part(pipeline, section, item);
            }
        }
    }
    sheet.unused();
    sheet.connectors();
    sheet.extensions();
}

struct Sheet<'a> {
    document: &'a Document,
    tree: &'a Node,
    /// What pipelines name, by section.
    named: BTreeSet<(&'static str, &'a str)>,
    out: &'a mut Findings,
}

impl<'a> Sheet<'a> {
    fn keys(&self, section: &str) -> impl Iterator<Item = &'a Key> + use<'a> {
        let entries = self.tree.get(section).map_or(&[][..], Node::entries);
        entries.iter().map(|(key, _)| key)
    }

    fn has(&self, section: &str, name: &str) -> bool {
        self.keys(section).any(|key| key.text == name)
    }

    fn add(&mut self, place: Place, message: String, remedy: &str) {
        self.out
            .add(Class::Wire, &self.document.file, place, message, remedy);
    }

    fn part(&mut self, pipeline: &Key, section: &'static str, item: &'a Node) {
        let name = item.text().unwrap_or_default();
        self.named.insert((section, name));
        let may_connect = section != "processors" && self.has("connectors", name);
        // Pages leave sections out.
        let is_left_out = self.document.is_example && self.tree.get(section).is_none();
        if !self.has(section, name) && !may_connect && !is_left_out {
            self.add(
                item.place,
                format!(
                    "the pipeline `{}` names `{name}`, which is not among the {section}",
                    pipeline.text
                ),
                &format!("define it below `{section}`, or take it out of the pipeline"),
            );
        }
    }

    fn unused(&mut self) {
        for section in SECTIONS {
            for key in self.keys(section) {
                if !self.named.contains(&(section, key.text.as_str())) {
                    self.add(
                        key.place,
                        format!("no pipeline names `{}`: nothing goes through it", key.text),
                        "name it in a pipeline, or leave it out",
                    );
                }
            }
        }
    }

    fn connectors(&mut self) {
        for key in self.keys("connectors") {
            let sides = [("exporters", "exports to"), ("receivers", "receives from")];
            for (section, missing) in sides {
                if !self.named.contains(&(section, key.text.as_str())) {
                    self.add(
                        key.place,
                        format!("no pipeline {missing} the connector `{}`", key.text),
                        "name it among the exporters of one pipeline and the receivers of another",
                    );
                }
            }
        }
    }

    fn extensions(&mut self) {
        let listed = self.tree.at(&["service", "extensions"]);
        let listed = listed.map_or(&[][..], Node::items);
        let started: Vec<&str> = listed.iter().filter_map(Node::text).collect();
        for key in self.keys("extensions") {
            if !started.contains(&key.text.as_str()) {
                self.add(
                    key.place,
                    format!(
                        "`service.extensions` does not name `{}`: it is not started",
                        key.text
                    ),
                    "name it there, or leave it out",
                );
            }
        }
        for item in listed {
            let name = item.text().unwrap_or_default();
            if !self.has("extensions", name) {
                self.add(
                    item.place,
                    format!("`{name}` is not among the extensions"),
                    "define it below `extensions`, or take it out",
                );
            }
        }
    }
}
