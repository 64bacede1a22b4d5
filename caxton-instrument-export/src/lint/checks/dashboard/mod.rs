//! DASH: dashboards that a Grafana does not draw, or draws badly.

mod layout;
mod panel;
mod types;

use super::Check;
use crate::generate::{Targets, Version};
use crate::lint::class::Class;
use crate::lint::context::Context;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::kind::Kind;
use crate::lint::promql::Known;
use crate::lint::text::Text;
use crate::lint::tree::{Kind as Value, Node};

pub(super) const CHECK: Check = check;

fn check(document: &Document, context: &Context<'_>, out: &mut Findings) {
    let grafana = context
        .deployment
        .map_or_else(Targets::default, |it| *it.versions())
        .grafana;
    match (document.kind, document.tree(), document.text()) {
        (Kind::Dashboard, Some(tree), _) => {
            let sheet = Sheet {
                document,
                dashboard: dashboard(tree),
                grafana,
                known: context.known(document),
            };
            sheet.check(context, out);
        }
        (Kind::Shell, _, Some(text)) => plugins(text, document, grafana, out),
        _ => {}
    }
}

/// The dashboard within what the API wraps around it.
fn dashboard(tree: &Node) -> &Node {
    match tree.get("dashboard") {
        Some(inner) if tree.get("panels").is_none() => inner,
        _ => tree,
    }
}

/// Panels, those in rows among them, as deep as they nest.
pub(crate) fn panels(tree: &Node) -> Vec<&Node> {
    fn add<'a>(node: &'a Node, panels: &mut Vec<&'a Node>) {
        for panel in node.get("panels").map_or(&[][..], Node::items) {
            panels.push(panel);
            add(panel, panels);
        }
    }
    let dashboard = dashboard(tree);
    let mut panels = Vec::new();
    add(dashboard, &mut panels);
    for row in dashboard.get("rows").map_or(&[][..], Node::items) {
        add(row, &mut panels);
    }
    // A panel alone, as people share it.
    if dashboard.get("targets").is_some() {
        panels.push(dashboard);
    }
    panels
}

/// The targets of a panel that ask Prometheus, and what they ask. Loki's language
/// stands in `expr` as well, and is another.
pub(crate) fn queries(panel: &Node) -> Vec<(&Node, &Node)> {
    let is_logs = |source: &Node| {
        let mut said = [source.get("type"), source.get("uid"), Some(source)]
            .into_iter()
            .flatten()
            .filter_map(Node::text);
        said.any(|it| it.to_ascii_lowercase().contains("loki"))
    };
    let own = panel.get("datasource");
    let targets = panel.get("targets").map_or(&[][..], Node::items);
    let asked = targets.iter().filter(|target| {
        let source = target
            .get("datasource")
            .filter(|_| has_value(target, "datasource"));
        !source.or(own).is_some_and(is_logs)
    });
    asked
        .filter_map(|target| Some((target, target.get("expr")?)))
        .collect()
}

/// A dashboard, and what it is for.
struct Sheet<'a> {
    document: &'a Document,
    dashboard: &'a Node,
    grafana: Version,
    known: &'a Known<'a>,
}

impl Sheet<'_> {
    fn add(&self, node: &Node, message: String, remedy: &str, out: &mut Findings) {
        let file = &self.document.file;
        out.add(Class::Dash, file, node.place, message, remedy);
    }

    fn check(&self, context: &Context<'_>, out: &mut Findings) {
        let Some(tree) = self.document.tree() else {
            return;
        };
        if let Some((key, _)) = tree
            .entries()
            .iter()
            .find(|(key, _)| key.text == "dashboard")
            && !std::ptr::eq(self.dashboard, tree)
        {
            out.add(
                Class::Dash,
                &self.document.file,
                key.place,
                "the dashboard is wrapped as the HTTP API wants it, which a provisioned file may not be",
                "write what is within `dashboard` by itself",
            );
        }
        let is_panel = self.dashboard.get("targets").is_some();
        if !is_panel && !has_text(self.dashboard, "title") {
            let message = String::from("the dashboard has no title, and is not loaded without one");
            self.add(self.dashboard, message, "write `\"title\": ..`", out);
        }
        let panels = panels(tree);
        for panel in &panels {
            self.panel(panel, out);
        }
        self.ids(&panels, out);
        self.uid(context, out);
        self.overlaps(out);
    }
}

fn has_text(node: &Node, key: &str) -> bool {
    node.get(key)
        .and_then(Node::text)
        .is_some_and(|it| !it.trim().is_empty())
}

/// Whether a value is written at all.
fn has_value(node: &Node, key: &str) -> bool {
    node.get(key).is_some_and(|it| it.kind != Value::Null)
}

/// Plugins that commands install, of panels that are drawn no more.
fn plugins(text: &Text, document: &Document, grafana: Version, out: &mut Findings) {
    let places = text.places();
    for removed in types::removed() {
        let is_plugin = removed.name.contains('-') && removed.since <= grafana;
        for (at, _) in text.text.match_indices(removed.name).filter(|_| is_plugin) {
            let line = text.text[..at].rsplit('\n').next().unwrap_or_default();
            if line.contains("install") || line.contains("GF_") {
                out.add(
                    Class::Dash,
                    &document.file,
                    places(at),
                    format!(
                        "Grafana {grafana} does not load the panel `{}`",
                        removed.name
                    ),
                    format!("use `{}`, which it brings itself", removed.instead),
                );
            }
        }
    }
}
