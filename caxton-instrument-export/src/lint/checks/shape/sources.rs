//! Grafana's data sources, as they are provisioned.

use crate::lint::class::Class;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::tree::Node;

pub(super) fn check(document: &Document, tree: &Node, out: &mut Findings) {
    let file = &document.file;
    let mut defaults: Vec<(Option<&str>, &Node)> = Vec::new();
    for source in tree.get("datasources").map_or(&[][..], Node::items) {
        if let Some(node) = source
            .get("isDefault")
            .filter(|it| it.text() == Some("true"))
        {
            let organisation = source.get("orgId").and_then(Node::text);
            if let Some((_, first)) = defaults.iter().find(|(it, _)| *it == organisation) {
                out.add(
                    Class::Sch,
                    file,
                    node.place,
                    format!(
                        "the default is set in line {} already: Grafana does not start with two",
                        first.place.line
                    ),
                    "leave it out in one of them",
                );
            }
            defaults.push((organisation, node));
        }
        let Some(url) = source.get("url") else {
            continue;
        };
        // The data source writes the path of each request itself.
        let said = url.text().unwrap_or_default();
        if let Some(at) = ["/loki/api/v1", "/api/v1/query", "/api/v1/write"]
            .iter()
            .find_map(|it| said.find(it))
        {
            out.add(
                Class::Wire,
                file,
                url.place,
                format!(
                    "Grafana writes the path of each request behind `{said}`: it finds nothing"
                ),
                format!("write `{}`", &said[..at]),
            );
        }
    }
}
