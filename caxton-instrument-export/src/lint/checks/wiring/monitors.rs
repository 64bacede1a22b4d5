//! `ServiceMonitor`s, and the services that they are for.

use crate::lint::checks::shape::seconds;
use crate::lint::class::Class;
use crate::lint::context::Context;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::kind::Kind;
use crate::lint::tree::Node;

pub(super) fn check(document: &Document, context: &Context<'_>, object: &Node, out: &mut Findings) {
    if object.get("kind").and_then(Node::text) != Some("ServiceMonitor") {
        return;
    }
    let endpoints = object.at(&["spec", "endpoints"]);
    let endpoints = endpoints.map_or(&[][..], Node::items);
    for endpoint in endpoints {
        let time = |key: &str| endpoint.get(key).and_then(Node::text).and_then(seconds);
        if let (Some(interval), Some(timeout), Some(node)) = (
            time("interval"),
            time("scrapeTimeout"),
            endpoint.get("scrapeTimeout"),
        ) && timeout > interval
        {
            out.add(
                Class::Sch,
                &document.file,
                node.place,
                "the monitor waits longer for an answer than until the next scrape, and is refused",
                "write a `scrapeTimeout` of at most the `interval`",
            );
        }
    }
    let Some(wanted) = object.at(&["spec", "selector", "matchLabels"]) else {
        return;
    };
    let is_service = |it: &&Node| it.get("kind").and_then(Node::text) == Some("Service");
    let services: Vec<&Node> = context
        .of_kind(document, Kind::Kubernetes)
        .filter_map(Document::tree)
        .filter(is_service)
        .collect();
    let is_labelled = |service: &&&Node| {
        wanted.entries().iter().all(|(key, value)| {
            let label = service.at(&["metadata", "labels", &key.text]);
            label.and_then(Node::text) == value.text()
        })
    };
    let chosen: Vec<_> = services.iter().filter(is_labelled).collect();
    if chosen.is_empty() {
        // The services of others may be written elsewhere.
        let name = |it: &Node| it.at(&["metadata", "name"])?.text().map(String::from);
        let is_meant = |it: &&Node| name(it).is_some() && name(it) == name(object);
        if services.iter().any(is_meant) {
            out.add(
                Class::Wire,
                &document.file,
                wanted.place,
                "no service here has these labels: the monitor finds nothing",
                "write the labels of the service's `metadata`, which are not those of its pods",
            );
        }
        return;
    }
    for port in endpoints.iter().filter_map(|it| it.get("port")) {
        let is_it = |it: &Node| it.get("name").and_then(Node::text) == port.text();
        let has = |service: &&&Node| {
            let ports = service.at(&["spec", "ports"]);
            ports.map_or(&[][..], Node::items).iter().any(is_it)
        };
        if !chosen.iter().copied().any(|it| has(&it)) {
            out.add(
                Class::Wire,
                &document.file,
                port.place,
                format!(
                    "the service has no port that is called `{}`",
                    port.text().unwrap_or_default()
                ),
                "write the `name` of one of its ports",
            );
        }
    }
}
