//! DIM: events per second that are called an error rate and compared with a
//! share.

use std::sync::LazyLock;

use regex::Regex;

use super::dashboard::panels;
use crate::lint::class::Class;
use crate::lint::context::Context;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::kind::Kind;
use crate::lint::rule::Rule;
use crate::lint::tree::Node;

pub(super) fn check(document: &Document, _context: &Context<'_>, out: &mut Findings) {
    match (document.kind, document.tree()) {
        (Kind::Rules, Some(tree)) => {
            for rule in Rule::all(tree) {
                alert(&rule, document, out);
            }
        }
        (Kind::Dashboard, Some(tree)) => {
            for panel in panels(tree) {
                self::panel(panel, document, out);
            }
        }
        _ => {}
    }
}

/// A threshold below 1 is meant as a share: a rate that depends on the load
/// passes it with the traffic, not with the errors.
fn alert(rule: &Rule<'_>, document: &Document, out: &mut Findings) {
    static SHARE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r">=?\s*(?:bool\s+)?(0?\.\d+)\s*\)*\s*$").ok());
    let (Some(name), Some(expr), Some(share)) = (rule.alert(), rule.expr(), SHARE.as_ref()) else {
        return;
    };
    let text = expr.text().unwrap_or_default();
    let name = name.text().unwrap_or_default();
    let words = name.replace(['_', '-', ' '], "").to_lowercase();
    if !is_share(&words) || !is_bare_rate(text) {
        return;
    }
    if let Some(threshold) = share.captures(text.trim_end()).and_then(|it| it.get(1)) {
        out.add(
            Class::Dim,
            &document.file,
            expr.place_of(threshold.start()),
            format!(
                "`{name}` compares events per second with the share {}: it fires by the load",
                threshold.as_str()
            ),
            "divide by the rate of all of them: `sum(rate(errors[5m])) / sum(rate(all[5m]))`",
        );
    }
}

fn panel(panel: &Node, document: &Document, out: &mut Findings) {
    let title = panel.get("title").and_then(Node::text).unwrap_or_default();
    let lower = title.to_lowercase();
    let is_per_second = ["/s", "per s", "per m", "/m", "second"];
    let unit = panel
        .at(&["fieldConfig", "defaults", "unit"])
        .and_then(Node::text);
    let unit = unit.or_else(|| panel.get("format").and_then(Node::text));
    let is_share_unit =
        unit.is_none_or(|it| ["percent", "percentunit", "short", "none"].contains(&it));
    let words = lower.replace(['_', '-', ' '], "");
    if !is_share(&words) || !is_share_unit || is_per_second.iter().any(|it| lower.contains(it)) {
        return;
    }
    for target in panel.get("targets").map_or(&[][..], Node::items) {
        let Some(expr) = target.get("expr") else {
            continue;
        };
        if expr.text().is_some_and(is_bare_rate) {
            out.add(
                Class::Dim,
                &document.file,
                expr.place,
                format!(
                    "the panel `{title}` shows events per second, which is no share of anything"
                ),
                "divide by the rate of all of them, or say `Errors per second` with the unit `ops`",
            );
        }
    }
}

/// `HighErrorRate`, `failure ratio`: what is a share in everybody's words.
fn is_share(words: &str) -> bool {
    [
        "errorrate",
        "errorratio",
        "failurerate",
        "failureratio",
        "successrate",
        "successratio",
    ]
    .iter()
    .any(|it| words.contains(it))
}

/// Whether an expression is the rate of some counter, divided by nothing.
fn is_bare_rate(expr: &str) -> bool {
    static RATE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^[(\s]*(?:sum\b[^\[/]*?)?\bi?rate\s*\(").ok());
    static QUOTED: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`"#).ok());
    let (Some(rate), Some(quoted)) = (RATE.as_ref(), QUOTED.as_ref()) else {
        return false;
    };
    let bare = quoted.replace_all(expr, "\"\"");
    // A share of time or a nested query is something else.
    rate.is_match(&bare)
        && !bare.contains('/')
        && !bare.contains("_seconds")
        && !bare.contains(" on")
}
