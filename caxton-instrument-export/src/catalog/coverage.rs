//! What is declared and used by nobody, and alerts that leave somebody on call
//! alone.

use caxton_instrument::Catalog;

use super::document::{Document, Source};
use super::found::{Class, Found};

static UNREAD: Class = Class::note(
    "unread_metric",
    "no alert, objective, recording rule or panel reads it: declare one, or drop the metric",
);
static NO_OWNER: Class = Class::note(
    "alert_without_owner",
    "nobody looks after it: write `owner = \"..\"` in its attribute",
);
static NO_RUNBOOK: Class = Class::note(
    "alert_without_runbook",
    "whoever is woken up is not told what to do: write `runbook = \"https://..\"` in its attribute",
);

pub(super) fn of(catalog: &Catalog, document: &Document) -> Vec<Found> {
    let mut found = Vec::new();
    // Those about the metrics themselves are there for whoever has a question.
    let own: Vec<_> = catalog.program_metrics().map(|it| it.name).collect();
    for metric in &document.metrics {
        if own.contains(&metric.name.as_str()) && metric.read_by.kinds().next().is_none() {
            found.push(UNREAD.on(&metric.name, place(&metric.source)));
        }
    }
    for alert in &document.alerts {
        if alert.owner.is_empty() {
            found.push(NO_OWNER.on(&alert.name, place(&alert.source)));
        }
        if alert.runbook.is_empty() {
            found.push(NO_RUNBOOK.on(&alert.name, place(&alert.source)));
        }
    }
    found
}

fn place(source: &Source) -> String {
    format!("{}:{}", source.file, source.line)
}
