//! Settings of the collector's processors without which it does not start, or
//! keeps less than it is meant to.

use std::time::Duration;

use promql_parser::util::parse_duration;

use super::kind_of;
use crate::lint::class::Class;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::tree::Node;

/// What `action` may be, see the
/// [processor](https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/attributesprocessor).
const ACTIONS: [&str; 7] = [
    "insert", "update", "upsert", "delete", "hash", "extract", "convert",
];

pub(super) fn check(document: &Document, tree: &Node, out: &mut Findings) {
    for (key, settings) in tree.get("processors").map_or(&[][..], Node::entries) {
        match kind_of(&key.text) {
            name @ ("resource" | "attributes") => {
                let list = if name == "resource" {
                    "attributes"
                } else {
                    "actions"
                };
                for action in settings.get(list).map_or(&[][..], Node::items) {
                    self::action(name, action, document, out);
                }
            }
            "batch" => sizes(settings, document, out),
            "tail_sampling" => waiting(settings, document, out),
            _ => {}
        }
    }
}

/// One change of an attribute.
fn action(processor: &str, node: &Node, document: &Document, out: &mut Findings) {
    // Other shapes are refused for another reason.
    let Some(key) = node
        .get("key")
        .or_else(|| node.get("pattern"))
        .and_then(Node::text)
    else {
        return;
    };
    let Some(action) = node.get("action") else {
        out.add(
            Class::Sch,
            &document.file,
            node.place,
            format!(
                "`{processor}` does not start: the attribute `{key}` says no `action`, which has \
                 no default"
            ),
            "write `action: upsert`, or another of insert, update, delete, hash, extract, convert",
        );
        return;
    };
    let said = action.text().unwrap_or_default().to_lowercase();
    if !ACTIONS.contains(&said.as_str()) && !said.contains('$') {
        out.add(
            Class::Sch,
            &document.file,
            action.place,
            format!("`{processor}` has no action `{said}`"),
            format!("write one of {}", ACTIONS.join(", ")),
        );
        return;
    }
    let sources = ["value", "from_attribute", "from_context"];
    if ["insert", "update", "upsert"].contains(&said.as_str())
        && !sources.iter().any(|it| node.get(it).is_some())
    {
        out.add(
            Class::Sch,
            &document.file,
            node.place,
            format!("`{processor}` does not start: `{said}` of `{key}` says no value"),
            "write `value`, `from_attribute` or `from_context`",
        );
    }
}

/// A batch that is sent is no larger than the largest.
fn sizes(settings: &Node, document: &Document, out: &mut Findings) {
    let number = |key: &str| settings.get(key)?.text()?.parse::<u64>().ok();
    // What the processor takes by itself.
    let sent = number("send_batch_size").unwrap_or(8192);
    if let (Some(most), Some(node)) = (
        number("send_batch_max_size").filter(|it| *it > 0),
        settings.get("send_batch_max_size"),
    ) && most < sent
    {
        out.add(
            Class::Sch,
            &document.file,
            node.place,
            format!("`batch` does not start: {most} is less than the `send_batch_size`, {sent}"),
            "write at least that",
        );
    }
}

/// A trace waits for the decision; what does not fit is thrown out before.
fn waiting(settings: &Node, document: &Document, out: &mut Findings) {
    let number = |key: &str| settings.get(key)?.text()?.parse::<f64>().ok();
    let wait = settings.get("decision_wait").and_then(Node::text);
    let wait = match wait {
        Some(text) => parse_duration(text).ok(),
        // What the processor takes by itself.
        None => Some(Duration::from_secs(30)),
    };
    let (Some(held), Some(rate), Some(wait), Some(node)) = (
        number("num_traces"),
        number("expected_new_traces_per_sec"),
        wait,
        settings.get("num_traces"),
    ) else {
        return;
    };
    let wanted = rate * wait.as_secs_f64();
    if held < wanted {
        out.add(
            Class::Sch,
            &document.file,
            node.place,
            format!(
                "`num_traces: {held}` is less than the {wanted} traces that {rate} a second make \
                 in {} s: they are dropped before they are decided on",
                wait.as_secs_f64()
            ),
            format!("write `num_traces: {}`, twice what waits", wanted * 2.0),
        );
    }
}
