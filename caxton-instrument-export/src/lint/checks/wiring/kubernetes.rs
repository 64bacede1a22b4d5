//! Annotations for a scrape, and the ports of the same pod.

use crate::lint::class::Class;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::tree::Node;

pub(super) fn check(document: &Document, object: &Node, out: &mut Findings) {
    let template = object.at(&["spec", "template"]).unwrap_or(object);
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
