//! Labels of Loki's streams: identities among them (CARD), a tenant that is
//! missing (WIRE).

use std::sync::LazyLock;

use caxton_instrument::rules;
use regex::Regex;

use crate::lint::class::Class;
use crate::lint::context::Context;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::kind::Kind;
use crate::lint::text::Text;
use crate::lint::tree::{Key, Node, Place};

pub(super) fn check(document: &Document, context: &Context<'_>, out: &mut Findings) {
    match (document.kind, document.tree(), document.text()) {
        (Kind::Promtail, Some(tree), _) => {
            for job in tree.get("scrape_configs").map_or(&[][..], Node::items) {
                for stage in job.get("pipeline_stages").map_or(&[][..], Node::items) {
                    for (key, _) in stage.get("labels").map_or(&[][..], Node::entries) {
                        judge(&key.text, key.place, document, out);
                    }
                }
            }
        }
        (Kind::Fluentd, _, Some(text)) => fluentd(text, document, out),
        (Kind::Loki, Some(tree), _) => tenants(tree, document, context, out),
        _ => {}
    }
}

/// Loki keeps a stream for each combination of labels, so that one label with
/// the value of a single thing makes a stream for each.
fn judge(label: &str, place: Place, document: &Document, out: &mut Findings) {
    // Of these there are few.
    let is_few = ["tenant_id", "cluster_id", "region_id", "org_id"].contains(&label);
    if is_few || !(rules::is_identity(label) || label.ends_with("_id")) {
        return;
    }
    out.add(
        Class::Card,
        &document.file,
        place,
        format!(
            "`{label}` as a label of Loki makes a stream for each: its index grows without end"
        ),
        "keep it in the line or in structured metadata, and filter by `| json`",
    );
}

/// The lines of `<label>` in what is sent to Loki: `agent_id`, or
/// `agent_id $.agent.id`.
fn fluentd(text: &Text, document: &Document, out: &mut Findings) {
    if !text.text.contains("@type loki") {
        return;
    }
    let places = text.places();
    let (mut offset, mut is_inside) = (0, false);
    for line in text.text.split_inclusive('\n') {
        let trimmed = line.trim();
        match trimmed {
            "<label>" => is_inside = true,
            "</label>" => is_inside = false,
            _ if is_inside && !trimmed.starts_with('#') => {
                if let Some(label) = trimmed.split_whitespace().next() {
                    let indent = line.len() - line.trim_start().len();
                    judge(label, places(offset + indent), document, out);
                }
            }
            _ => {}
        }
        offset += line.len();
    }
}

/// Whoever sends logs names a tenant, if Loki wants one; it does by default.
fn tenants(tree: &Node, document: &Document, context: &Context<'_>, out: &mut Findings) {
    // An example may leave out what is not its matter; one with a server is whole.
    if tree.get("server").is_none() || tree.get("schema_config").is_none() {
        return;
    }
    let is_wanted = tree.get("auth_enabled").and_then(Node::text) != Some("false");
    for other in context.system(document) {
        for (name, place, tenant) in clients(other) {
            let (class_place, message, remedy) = match (is_wanted, tenant) {
                (true, None) => (
                    tree.place,
                    format!(
                        "Loki wants a tenant with everything, unless `auth_enabled` is false, and \
                         {name} in line {} names none: it is refused with 401",
                        place.line
                    ),
                    "write `auth_enabled: false`, or name a tenant where logs are sent",
                ),
                (false, Some(tenant)) => (
                    place,
                    format!("Loki is set to know no tenants: `{tenant}` is passed over"),
                    "leave it out, or write `auth_enabled: true`",
                ),
                _ => continue,
            };
            let file = if is_wanted {
                &document.file
            } else {
                &other.file
            };
            out.add(Class::Wire, file, class_place, message, remedy);
            if is_wanted {
                return;
            }
        }
    }
}

/// Who sends to Loki, where, and the tenant that is named.
fn clients(document: &Document) -> Vec<(&'static str, Place, Option<String>)> {
    let tenant = |node: Option<&Node>| {
        node.and_then(Node::text)
            .filter(|it| !it.is_empty())
            .map(String::from)
    };
    match (document.kind, document.tree(), document.text()) {
        (Kind::Promtail, Some(tree), _) => {
            let is_staged = tree
                .get("scrape_configs")
                .map_or(&[][..], Node::items)
                .iter()
                .flat_map(|it| it.get("pipeline_stages").map_or(&[][..], Node::items))
                .any(|it| it.get("tenant").is_some());
            let clients = tree.get("clients").map_or(&[][..], Node::items);
            let clients = clients.iter().filter(|_| !is_staged);
            clients
                .map(|it| {
                    let node = it.get("tenant_id");
                    let place = node.map_or(it.place, |it| it.place);
                    let headers = it.at(&["headers", "X-Scope-OrgID"]);
                    ("Promtail", place, tenant(node.or(headers)))
                })
                .collect()
        }
        (Kind::Collector, Some(tree), _) => {
            let exporters = tree.get("exporters").map_or(&[][..], Node::entries);
            let is_loki = |(key, _): &&(Key, Node)| key.text.split('/').next() == Some("loki");
            let exporters = exporters.iter().filter(is_loki);
            exporters
                .map(|(key, it)| {
                    let headers = it.get("headers").map_or(&[][..], Node::entries);
                    let header = headers
                        .iter()
                        .find(|(key, _)| key.text.eq_ignore_ascii_case("x-scope-orgid"));
                    let node = it.get("tenant_id").or_else(|| header.map(|(_, it)| it));
                    let place = node.map_or(key.place, |it| it.place);
                    ("the exporter `loki`", place, tenant(node))
                })
                .collect()
        }
        (Kind::Fluentd, _, Some(text)) => {
            static TENANT: LazyLock<Option<Regex>> =
                LazyLock::new(|| Regex::new(r#"(?m)^\s*tenant\s+"?([^"\s#]*)"?"#).ok());
            let Some(at) = text.text.find("@type loki") else {
                return Vec::new();
            };
            let found = TENANT.as_ref().and_then(|it| it.captures(&text.text));
            let tenant = found
                .and_then(|it| it.get(1))
                .map(|it| it.as_str().to_owned())
                .filter(|it| !it.is_empty());
            vec![("Fluentd", text.place_of(at), tenant)]
        }
        _ => Vec::new(),
    }
}
