//! Programs that are at their end: images, charts, agents, versions of
//! Kubernetes' interfaces.

use super::{jaeger, paths, sources, table};
use crate::lint::class::Class;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::kind::Kind;
use crate::lint::tree::{Kind as Value, Node};

pub(super) fn check(document: &Document, out: &mut Findings) {
    match (document.kind, document.tree(), document.text()) {
        (Kind::Kubernetes, Some(tree), _) => {
            version(document, tree, out);
            images(document, tree, 0, out);
        }
        (Kind::Compose, Some(tree), _) => images(document, tree, 0, out),
        (Kind::Promtail, Some(tree), _) => {
            out.add(
                Class::Sch,
                &document.file,
                tree.place,
                "Promtail is at its end of life since March 2026",
                "ship logs with Grafana Alloy: `alloy convert --source-format=promtail`",
            );
        }
        (Kind::Datasources, Some(tree), _) => sources::check(document, tree, out),
        (Kind::Tree, Some(tree), _) => jaeger::check(document, tree, out),
        (Kind::Shell, _, Some(text)) => {
            paths::check(document, text, out);
            let places = text.places();
            for it in table::replaced("chart").chain(table::replaced("image")) {
                let name = it.place;
                for (at, _) in text.text.match_indices(name) {
                    out.add(
                        Class::Sch,
                        &document.file,
                        places(at),
                        format!("`{name}` is at its end"),
                        format!("use {}", it.instead),
                    );
                }
            }
        }
        (Kind::Fluentd, _, Some(text)) => {
            let places = text.places();
            for it in table::replaced("fluentd") {
                for (at, _) in text.text.match_indices(it.key) {
                    let is_word =
                        !text.text[..at].ends_with(|it: char| it.is_alphanumeric() || it == '_');
                    if is_word && text.text.contains(it.place) {
                        out.add(
                            Class::Sch,
                            &document.file,
                            places(at),
                            format!(
                                "`{}` of `@type {}` has no meaning any more",
                                it.key, it.place
                            ),
                            it.instead,
                        );
                    }
                }
            }
        }
        _ => {}
    }
}

fn version(document: &Document, object: &Node, out: &mut Findings) {
    let Some(version) = object.get("apiVersion") else {
        return;
    };
    let text = version.text().unwrap_or_default();
    if let Some(it) = table::replaced("kubernetes").find(|it| it.key == text) {
        let removed = it.removed.map_or_else(String::new, |it| format!(" {it}"));
        out.add(
            Class::Sch,
            &document.file,
            version.place,
            format!("Kubernetes{removed} has no `{text}`"),
            format!("write {}", it.instead),
        );
    }
    // Both are refused without it.
    let kind = object.get("kind").and_then(Node::text).unwrap_or_default();
    if text == "apps/v1"
        && ["Deployment", "StatefulSet", "DaemonSet"].contains(&kind)
        && object.get("spec").is_some()
        && object.at(&["spec", "selector"]).is_none()
    {
        out.add(
            Class::Sch,
            &document.file,
            version.place,
            format!("a {kind} of `apps/v1` without `spec.selector` is refused"),
            "write `selector: {matchLabels: ..}` with labels of the template",
        );
    }
}

fn images(document: &Document, node: &Node, depth: usize, out: &mut Findings) {
    if depth > crate::lint::tree::MAX_DEPTH {
        return;
    }
    match &node.kind {
        Value::List(items) => {
            for item in items {
                images(document, item, depth + 1, out);
            }
        }
        Value::Map(entries) => {
            for (key, value) in entries {
                if key.text == "image"
                    && let Some(image) = value.text()
                {
                    self::image(document, image, value, out);
                }
                images(document, value, depth + 1, out);
            }
        }
        _ => {}
    }
}

fn image(document: &Document, image: &str, node: &Node, out: &mut Findings) {
    let (name, tag) = image.rsplit_once(':').unwrap_or((image, ""));
    for it in table::replaced("image") {
        let is_version = it.key == "-" || tag.split('.').next() == Some(it.key);
        if name.ends_with(it.place) && is_version {
            out.add(
                Class::Sch,
                &document.file,
                node.place,
                format!("the image `{image}` is at its end"),
                format!("use {}", it.instead),
            );
        }
    }
}
