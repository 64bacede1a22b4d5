//! Files within Kubernetes objects.

use super::document::{Body, Document};
use super::finding::Findings;
use super::kind::Kind;
use super::read::{self, Format, Origin};
use super::text::Text;
use super::tree::Node;

/// The documents within an object; its places are those of the file.
pub(super) fn documents(
    origin: &Origin,
    name: &str,
    object: &Node,
    documents: &mut Vec<Document>,
    out: &mut Findings,
) {
    let origin = &Origin {
        is_named: false,
        ..origin.clone()
    };
    let mut add = |name: &str, node: &Node, format: Format| {
        if let Some(text) = Text::of_node(node) {
            read::documents_of(origin, name, text, format, documents, out);
        }
    };
    match object.get("kind").and_then(Node::text) {
        Some("ConfigMap" | "Secret") => {
            for data in ["data", "stringData"] {
                for (key, value) in object.get(data).map_or(&[][..], Node::entries) {
                    let format = match key.text.rsplit_once('.') {
                        // No page in an object is meant for people.
                        Some((_, "md")) => Format::Text,
                        Some((_, extension)) => Format::of_word(extension),
                        None => Format::Unknown,
                    };
                    add(&key.text, value, format);
                }
            }
        }
        Some("OpenTelemetryCollector") => {
            if let Some(config) = object.at(&["spec", "config"]) {
                match config.text() {
                    Some(_) => add(name, config, Format::Yaml),
                    None => tree(origin, name, config, documents),
                }
            }
        }
        Some("GrafanaDashboard") => {
            if let Some(json) = object.at(&["spec", "json"]) {
                add(name, json, Format::Json);
            }
        }
        Some("PrometheusRule") => {
            if let Some(spec) = object.get("spec") {
                tree(origin, name, spec, documents);
            }
        }
        Some("List") => {
            for item in object.get("items").map_or(&[][..], Node::items) {
                // A list in a list is read no further.
                if item.get("kind").and_then(Node::text) != Some("List") {
                    self::documents(origin, name, item, documents, out);
                }
                tree(origin, name, item, documents);
            }
        }
        _ => {}
    }
}

fn tree(origin: &Origin, name: &str, node: &Node, documents: &mut Vec<Document>) {
    let kind = Kind::of_tree(node);
    documents.push(origin.document(name, kind, Body::Tree(node.clone())));
}
