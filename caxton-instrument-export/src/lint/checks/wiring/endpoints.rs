//! Where the collector listens, and to which protocol it speaks.

use std::collections::BTreeMap;

use crate::lint::checks::shape::kind_of;
use crate::lint::class::Class;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::tree::{Node, Place};

pub(super) fn check(document: &Document, tree: &Node, out: &mut Findings) {
    let mut taken: BTreeMap<&str, Place> = BTreeMap::new();
    for (key, receiver) in tree.get("receivers").map_or(&[][..], Node::entries) {
        if kind_of(&key.text) != "otlp" {
            continue;
        }
        for (_, protocol) in receiver.get("protocols").map_or(&[][..], Node::entries) {
            let Some(endpoint) = protocol.get("endpoint") else {
                continue;
            };
            let text = endpoint.text().unwrap_or_default();
            if text.contains('$') {
                continue;
            }
            if let Some(first) = taken.insert(text, endpoint.place) {
                out.add(
                    Class::Wire,
                    &document.file,
                    endpoint.place,
                    format!(
                        "`{text}` is taken by what stands at line {}: two cannot listen there",
                        first.line
                    ),
                    "write 4317 for gRPC and 4318 for HTTP",
                );
            }
        }
    }
    for (key, exporter) in tree.get("exporters").map_or(&[][..], Node::entries) {
        let Some(endpoint) = exporter.get("endpoint") else {
            continue;
        };
        let text = endpoint.text().unwrap_or_default();
        let behind = text.split_once("://").map_or(text, |(_, it)| it);
        let address = behind.split('/').next().unwrap_or(behind);
        let (spoken, wrong, right) = match kind_of(&key.text) {
            "otlp" | "otlp_grpc" => ("gRPC", ":4318", "otlp_http"),
            "otlphttp" | "otlp_http" => ("HTTP", ":4317", "otlp_grpc"),
            _ => continue,
        };
        if address.ends_with(wrong) {
            out.add(
                Class::Wire,
                &document.file,
                endpoint.place,
                format!(
                    "`{}` speaks {spoken}, and port {} takes OTLP in the other way",
                    key.text,
                    wrong.trim_start_matches(':')
                ),
                format!("write the other port, or use `{right}`"),
            );
        }
    }
}
