//! Annotations for a scrape, and the ports of the same pod.

use crate::lint::class::Class;
use crate::lint::context::Context;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::tree::Node;

pub(super) fn check(document: &Document, context: &Context<'_>, object: &Node, out: &mut Findings) {
    let template = object.at(&["spec", "template"]).unwrap_or(object);
    datagrams(document, context, template, out);
    let Some(annotated) = template.at(&["metadata", "annotations", "prometheus.io/port"]) else {
        return;
    };
    let containers = template.at(&["spec", "containers"]);
    let mut ports = containers
        .map_or(&[][..], Node::items)
        .iter()
        .flat_map(|it| it.get("ports").map_or(&[][..], Node::items))
        .filter_map(|it| it.get("containerPort")?.text())
        .peekable();
    let port = annotated.text().unwrap_or_default();
    if ports.peek().is_some() && !ports.any(|it| it == port) {
        out.add(
            Class::Wire,
            &document.file,
            annotated.place,
            format!(
                "the pod is to be scraped at port {port}, and none of its containers opens that"
            ),
            "write the `containerPort` that has the metrics",
        );
    }
}

/// Ports of protocols that are spoken over UDP alone: Jaeger's agent, statsd.
const DATAGRAMS: [&str; 4] = ["5775", "6831", "6832", "8125"];

/// A port is TCP unless it says so.
fn datagrams(document: &Document, context: &Context<'_>, template: &Node, out: &mut Findings) {
    let containers = template.at(&["spec", "containers"]);
    for container in containers.map_or(&[][..], Node::items) {
        let ports = container.get("ports").map_or(&[][..], Node::items);
        for port in ports {
            let Some(number) = port.get("containerPort") else {
                continue;
            };
            let said = number.text().unwrap_or_default();
            let comment = context.comment(&document.file, number).to_uppercase();
            let is_called = comment
                .split(|it: char| !it.is_alphanumeric())
                .any(|it| it == "UDP");
            // statsd of some is spoken over both.
            if port.get("protocol").is_none() && (is_called || DATAGRAMS.contains(&said)) {
                out.add(
                    Class::Wire,
                    &document.file,
                    number.place,
                    format!("port {said} is opened for TCP, and what comes there is UDP"),
                    "write `protocol: UDP`",
                );
            }
        }
    }
}
