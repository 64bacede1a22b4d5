//! One metric, with everything that reads it.

use maud::{Markup, html};

use super::super::document::{Document, Label, Metric, Query, Source, StabilityLevel, Values};
use super::super::text::{bound, buckets};
use super::text::{anchor, code, names, promql, prose, searched, visible};

pub(super) fn article(document: &Document, metric: &Metric) -> Markup {
    let id = anchor(&metric.name);
    let labels = metric.labels.iter().map(|it| it.name.as_str());
    html! {
        article id=(id) data-crate=(visible(&metric.source.krate)) data-types=(metric.kind)
            data-labels=(names(labels)) data-text=(words(metric)) {
            h3 {
                a href={ "#" (id) } { (code(&metric.name)) }
                span class="tag" { (metric.kind) }
                @if let Some(unit) = &metric.unit { span class="tag" { (unit) } }
            }
            p { (prose(&metric.help)) }
            (facts(metric))
            @if !metric.labels.is_empty() {
                table {
                    thead { tr { th scope="col" { "Label" } th scope="col" { "Values" } th scope="col" { "Meaning" } } }
                    tbody {
                        @for label in &metric.labels {
                            tr {
                                td { (code(&label.name)) }
                                td { (values(label)) }
                                td { (prose(&label.help)) }
                            }
                        }
                    }
                }
            }
            (readers(document, metric))
        }
    }
}

fn facts(metric: &Metric) -> Markup {
    let of_labels = metric.labels.iter().flat_map(|label| {
        let for_label = format!(" for label {}", label.name);
        label.allowed.iter().map(move |it| (it, for_label.clone()))
    });
    let allowed: Vec<_> = metric
        .allowed
        .iter()
        .map(|it| (it, String::new()))
        .chain(of_labels)
        .collect();
    html! {
        dl {
            dt { "Series" }
            dd { "at most " (metric.series_bound) " (declared bound " (metric.max_series) ")" }
            @if !metric.buckets.is_empty() {
                dt { "Bucket bounds" }
                dd {
                    @for bucket in &metric.buckets { (code(&bound(*bucket))) " " }
                    (code("+Inf"))
                }
            }
            @if let Some(native) = &metric.native {
                dt { "Native buckets" }
                dd { (buckets(native)) "; formats without them have the bounds above" }
            }
            @if !metric.constant_labels.is_empty() {
                dt { "On every series" }
                dd {
                    @for (name, value) in &metric.constant_labels {
                        (code(&format!("{name}={value:?}"))) " "
                    }
                }
            }
            (stability(&metric.stability))
            @if !metric.replaces.is_empty() {
                dt { "Replaces" }
                dd {
                    ul {
                        @for it in &metric.replaces { li { (code(&it.name)) (reason(&it.reason)) } }
                    }
                }
            }
            @if !allowed.is_empty() {
                dt { "Allowed to break" }
                dd {
                    ul {
                        @for (it, for_label) in allowed {
                            li { (code(&it.rule)) (visible(&for_label)) (reason(&it.reason)) }
                        }
                    }
                }
            }
            (place(&metric.source))
        }
    }
}

fn stability(stability: &StabilityLevel) -> Markup {
    html! {
        @match stability {
            StabilityLevel::Stable => {}
            StabilityLevel::Experimental => { dt { "Stability" } dd { "experimental" } }
            StabilityLevel::Deprecated { since, note } => {
                dt { "Stability" }
                dd { strong { "deprecated" } " since " (prose(since)) ": " (prose(note)) }
            }
        }
    }
}

fn reason(reason: &str) -> Markup {
    html! { @if !reason.is_empty() { ": " (prose(reason)) } }
}

pub(super) fn place(source: &Source) -> Markup {
    html! {
        dt { "Declared" }
        dd {
            (code(&format!("{}:{}", source.file, source.line))) " in " (code(&source.krate)) " "
            (visible(&source.version))
        }
    }
}

fn values(label: &Label) -> Markup {
    html! {
        @match &label.values {
            Values::Closed { values } => {
                @for (at, value) in values.iter().enumerate() {
                    @if at > 0 { ", " }
                    (code(value))
                }
            }
            Values::Open { max_values } => {
                "any, at most " (max_values) ", then " (code("_overflow"))
            }
        }
    }
}

/// What is found of a metric: names, help, labels and values.
fn words(metric: &Metric) -> String {
    let of_labels = metric.labels.iter().flat_map(|label| {
        let values: &[String] = match &label.values {
            Values::Closed { values } => values,
            Values::Open { .. } => &[],
        };
        [&label.name, &label.help].into_iter().chain(values)
    });
    let constant = metric.constant_labels.iter().flat_map(|(a, b)| [a, b]);
    let replaced = metric.replaces.iter().map(|it| &it.name);
    let readers = metric.read_by.kinds().flat_map(|(_, names)| names);
    let texts = [&metric.name, &metric.help]
        .into_iter()
        .chain(of_labels)
        .chain(constant)
        .chain(replaced)
        .chain(readers);
    searched(texts.map(String::as_str).chain(metric.unit.as_deref()))
}

fn readers(document: &Document, metric: &Metric) -> Markup {
    let of = |query: &Query| query.reads(&metric.name);
    let alerts = document.alerts.iter().filter(|it| of(&it.query));
    let objectives = document.objectives.iter().filter(|it| of(&it.query));
    let records = document.records.iter().filter(|it| of(&it.query));
    let panels = document.panels.iter().filter(|it| of(&it.query));
    html! {
        (list("Alerts", "alert", alerts.map(|it| (&it.name, &it.summary, &it.query)).collect()))
        (list("Objectives", "objective", objectives.map(|it| (&it.name, &it.summary, &it.query)).collect()))
        (list("Recording rules", "record", records.map(|it| (&it.name, &it.summary, &it.query)).collect()))
        (list("Panels", "panel", panels.map(|it| (&it.name, &it.title, &it.query)).collect()))
    }
}

fn list(title: &str, prefix: &str, readers: Vec<(&String, &String, &Query)>) -> Markup {
    html! {
        @if !readers.is_empty() {
            h4 { (title) }
            ul class="readers" {
                @for (name, text, query) in readers {
                    li {
                        a href={ "#" (prefix) "-" (anchor(name)) } { (visible(name)) }
                        " " (prose(text))
                        details { summary { "Query" } (promql(&query.promql)) }
                    }
                }
            }
        }
    }
}
