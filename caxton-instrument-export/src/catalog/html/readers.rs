//! What reads the metrics: an article each, found by the types and labels of
//! the metrics that it reads.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::super::document::{Alert, Document, Objective, Panel, Query, Record, Source};
use super::super::text::{percent, span, unit};
use super::metric::place;
use super::text::{anchor, code, link, names, paragraphs, promql, searched, visible};

pub(super) fn alert(document: &Document, alert: &Alert) -> Markup {
    let facts = html! {
        dt { "Severity" }
        dd { span class=(alert.severity) { (alert.severity) } }
        @if let Some(hold) = alert.hold_seconds { dt { "Fires after" } dd { (span(hold)) } }
        @if let Some(keep) = alert.keep_seconds { dt { "Goes on for" } dd { (span(keep)) } }
        (care(&alert.owner, &alert.runbook))
    };
    article(
        document,
        &Shown {
            kind: "alert",
            name: &alert.name,
            texts: &[&alert.summary, &alert.description],
            owner: &alert.owner,
            query: &alert.query,
            source: &alert.source,
        },
        &facts,
    )
}

pub(super) fn objective(document: &Document, objective: &Objective) -> Markup {
    let facts = html! {
        dt { "Objective" }
        dd { (percent(objective.share)) " within " (span(objective.window_seconds)) }
        @if objective.min_events > 0 {
            dt { "Silent below" } dd { (objective.min_events) " events" }
        }
        (care(&objective.owner, &objective.runbook))
        dt { "Events" }
        dd { (promql(&objective.events)) }
    };
    article(
        document,
        &Shown {
            kind: "objective",
            name: &objective.name,
            texts: &[&objective.summary, &objective.description],
            owner: &objective.owner,
            query: &objective.query,
            source: &objective.source,
        },
        &facts,
    )
}

pub(super) fn record(document: &Document, record: &Record) -> Markup {
    article(
        document,
        &Shown {
            kind: "record",
            name: &record.name,
            texts: &[&record.summary],
            owner: "",
            query: &record.query,
            source: &record.source,
        },
        &html! {},
    )
}

pub(super) fn panel(document: &Document, panel: &Panel) -> Markup {
    article(
        document,
        &Shown {
            kind: "panel",
            name: &panel.name,
            texts: &[&panel.title, &panel.description],
            owner: "",
            query: &panel.query,
            source: &panel.source,
        },
        &html! {},
    )
}

/// What all of them have.
struct Shown<'a> {
    kind: &'static str,
    name: &'a str,
    texts: &'a [&'a str],
    owner: &'a str,
    query: &'a Query,
    source: &'a Source,
}

fn article(document: &Document, shown: &Shown<'_>, facts: &Markup) -> Markup {
    let id = format!("{}-{}", shown.kind, anchor(shown.name));
    let metrics = shown.query.metrics();
    let read: Vec<_> = document
        .metrics
        .iter()
        .filter(|metric| metrics.contains(&metric.name.as_str()))
        .collect();
    let types: BTreeSet<_> = read.iter().map(|it| it.kind.as_str()).collect();
    let labels: BTreeSet<_> = read
        .iter()
        .flat_map(|it| it.labels.iter().map(|label| label.name.as_str()))
        .collect();
    let words = [shown.name, shown.owner]
        .into_iter()
        .chain(shown.texts.iter().copied())
        .chain(metrics.iter().copied());
    html! {
        article id=(id) data-crate=(visible(&shown.source.krate)) data-types=(names(types))
            data-labels=(names(labels)) data-text=(searched(words)) {
            h3 { a href={ "#" (id) } { (visible(shown.name)) } span class="tag" { (shown.kind) } }
            (paragraphs(shown.texts))
            (promql(&shown.query.promql))
            dl {
                (facts)
                @if let Some(unit) = unit(shown.query) { dt { "Unit" } dd { (unit) } }
                @if !shown.query.by.is_empty() {
                    dt { "By" }
                    dd { @for label in &shown.query.by { (code(label)) " " } }
                }
                dt { "Reads" }
                dd { @for name in &metrics { a href={ "#" (anchor(name)) } { (code(name)) } " " } }
                (place(shown.source))
            }
        }
    }
}

fn care(owner: &str, runbook: &str) -> Markup {
    html! {
        @if !owner.is_empty() { dt { "Owner" } dd { (visible(owner)) } }
        @if !runbook.is_empty() { dt { "Runbook" } dd { (link(runbook)) } }
    }
}
