//! What becomes of a name or a trace on its way through the collector.

use std::sync::LazyLock;

use regex::Regex;

use crate::lint::checks::shape::kind_of;
use crate::lint::class::Class;
use crate::lint::context::Context;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::kind::Kind;
use crate::lint::tree::Node;

pub(super) fn check(document: &Document, context: &Context<'_>, tree: &Node, out: &mut Findings) {
    for (key, settings) in tree.get("exporters").map_or(&[][..], Node::entries) {
        if ["prometheus", "prometheusremotewrite"].contains(&kind_of(&key.text)) {
            namespace(settings, document, context, out);
        }
    }
    for (key, settings) in tree.get("processors").map_or(&[][..], Node::entries) {
        if kind_of(&key.text) == "tail_sampling" {
            sampled_before(settings, document, context, out);
        }
    }
}

/// The exporter writes its namespace before every name, of those too that begin
/// with it.
fn namespace(settings: &Node, document: &Document, context: &Context<'_>, out: &mut Findings) {
    let Some(node) = settings.get("namespace") else {
        return;
    };
    let said = node.text().unwrap_or_default();
    let prefix = format!("{said}_");
    let documented = context.documented(document).map(|it| it.name.as_str());
    let declared = context.catalog.metrics().iter().map(|it| it.name);
    let name = documented
        .chain(declared)
        .find(|it| !said.is_empty() && it.starts_with(&prefix));
    if let Some(name) = name {
        out.add(
            Class::Wire,
            &document.file,
            node.place,
            format!(
                "`namespace` comes before names that have it: `{name}` becomes `{prefix}{name}`"
            ),
            "leave `namespace` out",
        );
    }
}

/// A program that keeps a share of its traces leaves the collector no errors to
/// choose from.
fn sampled_before(settings: &Node, document: &Document, context: &Context<'_>, out: &mut Findings) {
    static SHARE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?m)^\s*(?P<key>(?:otel_)?traces?_(?:sample|sampling)_(?:rate|ratio))\s*=\s*(?P<share>[0-9.]+)",
        )
        .ok()
    });
    let Some(pattern) = SHARE.as_ref() else {
        return;
    };
    for other in context.of_kind(document, Kind::Toml) {
        let Some(text) = other.text() else { continue };
        for found in pattern.captures_iter(&text.text) {
            let (Some(key), Some(share)) = (found.name("key"), found.name("share")) else {
                continue;
            };
            // What is logged has a sampling of its own.
            let before = &text.text[..key.start()];
            let section = before
                .lines()
                .rev()
                .map(str::trim)
                .find(|it| it.starts_with('['));
            let is_logging = section.is_some_and(|it| it.contains("log"));
            let share: f64 = share.as_str().parse().unwrap_or(1.0);
            if is_logging || share >= 1.0 {
                continue;
            }
            out.add(
                Class::Wire,
                &document.file,
                settings.place,
                format!(
                    "`{}` in line {} keeps {share} of the traces before `tail_sampling` sees them: \
                     it cannot keep every error or slow one",
                    key.as_str(),
                    text.place_of(key.start()).line
                ),
                "sample in one place: write 1.0 there, or leave `tail_sampling` out",
            );
            return;
        }
    }
}
