//! Alertmanager's routes and receivers.

use std::collections::BTreeSet;

use crate::lint::class::Class;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::tree::Node;

pub(super) fn check(document: &Document, tree: &Node, out: &mut Findings) {
    // A part of a file, as pages show it, says nothing of the rest.
    let (Some(receivers), Some(route)) = (tree.get("receivers"), tree.get("route")) else {
        return;
    };
    let mut used = BTreeSet::new();
    let mut nodes = vec![route];
    while let Some(node) = nodes.pop() {
        nodes.extend(node.get("routes").map_or(&[][..], Node::items));
        let Some(receiver) = node.get("receiver") else {
            if std::ptr::eq(node, route) {
                out.add(
                    Class::Wire,
                    &document.file,
                    route.place,
                    "the first route names no `receiver`, and is refused",
                    "name the one that takes what no other route does",
                );
            }
            continue;
        };
        let name = receiver.text().unwrap_or_default();
        used.insert(name);
        let is_named = |it: &Node| it.get("name").and_then(Node::text) == Some(name);
        if !receivers.items().iter().any(is_named) {
            out.add(
                Class::Wire,
                &document.file,
                receiver.place,
                format!("no receiver is called `{name}`"),
                "define it below `receivers`, or name another one",
            );
        }
    }
    for receiver in receivers.items() {
        let Some(name) = receiver.get("name") else {
            continue;
        };
        if !used.contains(name.text().unwrap_or_default()) {
            out.add(
                Class::Wire,
                &document.file,
                name.place,
                format!(
                    "no route leads to the receiver `{}`",
                    name.text().unwrap_or_default()
                ),
                "name it in a route, or leave it out",
            );
        }
    }
}
