//! Alertmanager's routes and receivers.

use std::collections::BTreeSet;

use crate::lint::class::Class;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::tree::Node;

pub(super) fn check(document: &Document, tree: &Node, out: &mut Findings) {
    loopback(document, tree, out);
    inhibition(document, tree, out);
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

/// A webhook on the machine of Alertmanager itself: in a container nothing else
/// is there.
fn loopback(document: &Document, tree: &Node, out: &mut Findings) {
    for receiver in tree.get("receivers").map_or(&[][..], Node::items) {
        for webhook in receiver.get("webhook_configs").map_or(&[][..], Node::items) {
            let Some(url) = webhook.get("url") else {
                continue;
            };
            let rest = url.text().and_then(|it| it.split_once("://"));
            let address = rest.map_or("", |(_, it)| it.split('/').next().unwrap_or(it));
            let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
            if ["localhost", "127.0.0.1", "[::1]", "0.0.0.0"].contains(&host) {
                out.add(
                    Class::Wire,
                    &document.file,
                    url.place,
                    format!(
                        "the receiver is at `{host}`: only a program beside Alertmanager is there"
                    ),
                    "name the host that takes the alerts",
                );
            }
        }
    }
}

/// A lesser alert that silences a greater one.
fn inhibition(document: &Document, tree: &Node, out: &mut Findings) {
    const LEVELS: [&str; 4] = ["info", "warning", "critical", "page"];
    for rule in tree.get("inhibit_rules").map_or(&[][..], Node::items) {
        let level = |side: &str| {
            let old = rule.at(&[&*format!("{side}_match"), "severity"]);
            let list = rule.get(&format!("{side}_matchers"));
            let new = list.map_or(&[][..], Node::items).iter().find_map(|it| {
                let (label, value) = it.text()?.split_once('=')?;
                (label.trim() == "severity").then(|| value.trim().trim_matches('"'))
            });
            let said = old.and_then(Node::text).or(new)?;
            LEVELS.iter().position(|it| *it == said)
        };
        if let (Some(source), Some(target)) = (level("source"), level("target"))
            && source < target
        {
            out.add(
                Class::Route,
                &document.file,
                rule.place,
                format!(
                    "an alert that is `{}` silences those that are `{}`",
                    LEVELS[source], LEVELS[target]
                ),
                "change the source and the target for each other",
            );
        }
    }
}
