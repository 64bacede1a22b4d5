//! What reads the metrics: alerts, objectives, recording rules and panels.

use std::fmt::Write as _;

use super::super::document::{Alert, Document, Objective, Panel, Query, Readers, Record, Source};
use super::super::text::{percent, span, unit};
use super::{code, place, prose};

pub(super) fn sections(page: &mut String, document: &Document) {
    section(page, "Alerts", &document.alerts, alert);
    section(page, "Objectives", &document.objectives, objective);
    section(page, "Recording rules", &document.records, record);
    section(page, "Panels", &document.panels, panel);
}

/// The lines of a metric.
pub(super) fn of_metric(page: &mut String, readers: &Readers) {
    for (kind, names) in readers.kinds() {
        let links: Vec<_> = names
            .iter()
            .map(|name| format!("[{}](#{})", code(name), slug(name)))
            .collect();
        let _ = writeln!(page, "- Read by {kind}: {}", links.join(", "));
    }
}

fn section<T>(page: &mut String, title: &str, all: &[T], one: fn(&mut String, &T)) {
    if all.is_empty() {
        return;
    }
    let _ = writeln!(page, "\n## {title}");
    for it in all {
        one(page, it);
    }
}

fn alert(page: &mut String, alert: &Alert) {
    heading(page, &alert.name, &[&alert.summary, &alert.description]);
    let _ = writeln!(page, "- Severity: {}", alert.severity);
    if let Some(hold) = alert.hold_seconds {
        let _ = writeln!(page, "- Fires after: {}", span(hold));
    }
    if let Some(keep) = alert.keep_seconds {
        let _ = writeln!(page, "- Goes on firing for: {}", span(keep));
    }
    care(page, &alert.owner, &alert.runbook);
    query(page, &alert.query, &alert.source);
}

fn objective(page: &mut String, objective: &Objective) {
    heading(
        page,
        &objective.name,
        &[&objective.summary, &objective.description],
    );
    let _ = writeln!(
        page,
        "- Objective: {} within {}",
        percent(objective.share),
        span(objective.window_seconds),
    );
    if objective.min_events > 0 {
        let _ = writeln!(page, "- Silent below: {} events", objective.min_events);
    }
    care(page, &objective.owner, &objective.runbook);
    query(page, &objective.query, &objective.source);
    page.push_str("\nof so many events:\n\n");
    fenced(page, &objective.events);
}

fn record(page: &mut String, record: &Record) {
    heading(page, &record.name, &[&record.summary]);
    query(page, &record.query, &record.source);
}

fn panel(page: &mut String, panel: &Panel) {
    heading(page, &panel.name, &[&panel.title, &panel.description]);
    query(page, &panel.query, &panel.source);
}

fn heading(page: &mut String, name: &str, texts: &[&String]) {
    let _ = writeln!(page, "\n### {}\n", code(name));
    let paragraphs = texts.iter().flat_map(|text| text.split("\n\n"));
    for paragraph in paragraphs.filter(|it| !it.trim().is_empty()) {
        let _ = writeln!(page, "{}\n", prose(paragraph));
    }
}

fn care(page: &mut String, owner: &str, runbook: &str) {
    if !owner.is_empty() {
        let _ = writeln!(page, "- Owner: {}", prose(owner));
    }
    if !runbook.is_empty() {
        let _ = writeln!(page, "- Runbook: {}", code(runbook));
    }
}

fn query(page: &mut String, query: &Query, source: &Source) {
    if let Some(unit) = unit(query) {
        let _ = writeln!(page, "- Unit: {unit}");
    }
    if !query.by.is_empty() {
        let labels: Vec<_> = query.by.iter().map(|label| code(label)).collect();
        let _ = writeln!(page, "- By: {}", labels.join(", "));
    }
    let metrics: Vec<_> = query
        .metrics()
        .into_iter()
        .map(|name| format!("[{}](#{name})", code(name)))
        .collect();
    if !metrics.is_empty() {
        let _ = writeln!(page, "- Reads: {}", metrics.join(", "));
    }
    let _ = writeln!(page, "- Declared: {}\n", place(source));
    fenced(page, &query.promql);
}

/// A block that no text within ends.
fn fenced(page: &mut String, text: &str) {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    let _ = writeln!(page, "{fence}promql\n{text}\n{fence}");
}

/// What a heading of this name is linked by, as GitHub makes it.
fn slug(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        let mut page = String::new();
        super::fenced(&mut page, "a{b=\"````\"}");
        assert_eq!(page, "`````promql\na{b=\"````\"}\n`````\n");
    }

    #[test]
    fn a_record_is_linked_without_its_colons() {
        assert_eq!(super::slug("shop:orders:rate5m"), "shopordersrate5m");
    }
}
