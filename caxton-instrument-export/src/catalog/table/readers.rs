//! What reads the metrics, each with its query below it.

use std::fmt::Write as _;

use super::super::document::{Document, Query, Source};
use super::super::text::{percent, sentence, span, unit};
use super::{HELP_WIDTH, visible, wrap};

pub(super) fn blocks(out: &mut String, document: &Document) {
    for alert in &document.alerts {
        let mut facts = vec![alert.severity.clone()];
        facts.extend(alert.hold_seconds.map(|it| format!("after {}", span(it))));
        facts.extend(alert.keep_seconds.map(|it| format!("on for {}", span(it))));
        cared(&mut facts, &alert.owner, &alert.runbook);
        head(out, "ALERT", &alert.name, &facts);
        texts(out, &[&alert.summary, &alert.description]);
        query(out, &alert.query, &alert.source);
    }
    for objective in &document.objectives {
        let mut facts = vec![format!(
            "{} within {}",
            percent(objective.share),
            span(objective.window_seconds)
        )];
        if objective.min_events > 0 {
            facts.push(format!("silent below {} events", objective.min_events));
        }
        cared(&mut facts, &objective.owner, &objective.runbook);
        head(out, "OBJECTIVE", &objective.name, &facts);
        texts(out, &[&objective.summary, &objective.description]);
        query(out, &objective.query, &objective.source);
    }
    for record in &document.records {
        head(out, "RECORD", &record.name, &[]);
        texts(out, &[&record.summary]);
        query(out, &record.query, &record.source);
    }
    for panel in &document.panels {
        head(out, "PANEL", &panel.name, &[]);
        texts(out, &[&panel.title, &panel.description]);
        query(out, &panel.query, &panel.source);
    }
}

fn cared(facts: &mut Vec<String>, owner: &str, runbook: &str) {
    if !owner.is_empty() {
        facts.push(format!("owner {owner}"));
    }
    if !runbook.is_empty() {
        facts.push(String::from(runbook));
    }
}

fn head(out: &mut String, what: &str, name: &str, facts: &[String]) {
    let name = visible(name);
    let _ = write!(out, "{what} {name}");
    if !facts.is_empty() {
        let _ = write!(out, "  {}", visible(&facts.join(", ")));
    }
    out.push('\n');
}

fn texts(out: &mut String, texts: &[&String]) {
    for text in texts.iter().filter(|text| !text.is_empty()) {
        for line in wrap(&visible(&sentence(text)), HELP_WIDTH) {
            let _ = writeln!(out, "  {line}");
        }
    }
}

fn query(out: &mut String, query: &Query, source: &Source) {
    for line in query.promql.lines() {
        let _ = writeln!(out, "    {}", visible(line));
    }
    let mut notes = Vec::new();
    notes.extend(unit(query).map(|unit| format!("unit {unit}")));
    if !query.by.is_empty() {
        notes.push(format!("by {}", query.by.join(", ")));
    }
    notes.push(format!("{}:{}", source.file, source.line));
    let _ = writeln!(out, "  {}\n", notes.join("; "));
}
