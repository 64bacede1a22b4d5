//! The catalog as one page that needs nothing else: no network, no server, and
//! without its script everything is there to be read.
//!
//! ```text
//! page.css  light and dark, screen and paper
//! page.js   search and filters: shows and hides
//! text      texts of declarations, which no markup leaves
//! metric    a metric
//! readers   alerts, objectives, recording rules, panels
//! ```
//!
//! A [policy](https://www.w3.org/TR/CSP3/) names the one style and the one script
//! by their digests: nothing else runs, whatever a declaration holds.

mod metric;
mod readers;
mod text;

use std::collections::BTreeSet;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::document::{Document, Operation};
use super::text::{counted, readers as reader_counts};
use text::{code, searched, visible};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Digests of both, which a test compares.
const POLICY: &str = "default-src 'none'; \
    style-src 'sha256-a18mPK7kfTQov4RvioobmmEMJ/GYEgHBDTd+vx94VF0='; \
    script-src 'sha256-72KyJ3F9/OdznE8BVhAJAdrUa+AHkp4bCs1mrCdL/gQ='; \
    base-uri 'none'; form-action 'none'";

pub(crate) fn render(document: &Document) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Metric catalog" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a class="skip" href="#section-content" { "Skip to the metrics" }
                header {
                    h1 { "Metric catalog" }
                    p {
                        (counted(document.metrics.len(), "metric")) " in "
                        (counted(document.sets.len(), "set")) ", "
                        (counted(document.operations.len(), "annotated operation"))
                        @if let Some(counts) = reader_counts(document) { "; " (counts) }
                    }
                    (contents(document))
                }
                (filter(document))
                main id="section-content" {
                    (section("metrics", "Metrics", document.metrics.iter().map(|it| metric::article(document, it))))
                    (section("alerts", "Alerts", document.alerts.iter().map(|it| readers::alert(document, it))))
                    (section("objectives", "Objectives", document.objectives.iter().map(|it| readers::objective(document, it))))
                    (section("records", "Recording rules", document.records.iter().map(|it| readers::record(document, it))))
                    (section("panels", "Panels", document.panels.iter().map(|it| readers::panel(document, it))))
                    (operations(&document.operations))
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    let mut page = page.into_string();
    page.push('\n');
    page
}

fn contents(document: &Document) -> Markup {
    let sections = [
        ("metrics", "Metrics", document.metrics.len()),
        ("alerts", "Alerts", document.alerts.len()),
        ("objectives", "Objectives", document.objectives.len()),
        ("records", "Recording rules", document.records.len()),
        ("panels", "Panels", document.panels.len()),
        (
            "operations",
            "Annotated operations",
            document.operations.len(),
        ),
    ];
    html! {
        nav aria-label="Sections" {
            ul {
                @for (id, title, count) in sections {
                    @if count > 0 {
                        li { a href={ "#section-" (id) } { (title) } " (" (count) ")" }
                    }
                }
            }
        }
    }
}

/// Without the script it would do nothing, and stays hidden.
fn filter(document: &Document) -> Markup {
    let metrics = &document.metrics;
    let crates: BTreeSet<_> = metrics.iter().map(|it| it.source.krate.as_str()).collect();
    let types: BTreeSet<_> = metrics.iter().map(|it| it.kind.as_str()).collect();
    let labels: BTreeSet<_> = metrics
        .iter()
        .flat_map(|it| it.labels.iter().map(|label| label.name.as_str()))
        .collect();
    html! {
        form id="filter-form" role="search" aria-label="Filter" hidden {
            label {
                "Search names, help, labels and values (press /)"
                input id="filter-search" type="search" autocomplete="off" spellcheck="false" aria-controls="section-content";
            }
            (choice("crate", "Crate", &crates))
            (choice("type", "Type", &types))
            (choice("label", "Label", &labels))
            button type="reset" { "Clear" }
            output id="filter-count" for="filter-search filter-crate filter-type filter-label" aria-live="polite" {}
        }
    }
}

fn choice(id: &str, title: &str, options: &BTreeSet<&str>) -> Markup {
    html! {
        label {
            (title)
            select id={ "filter-" (id) } {
                option value="" { "any" }
                @for option in options {
                    option value=(visible(option)) { (visible(option)) }
                }
            }
        }
    }
}

fn section(id: &str, title: &str, articles: impl ExactSizeIterator<Item = Markup>) -> Markup {
    html! {
        @if articles.len() > 0 {
            section id={ "section-" (id) } aria-labelledby={ "section-" (id) "-title" } {
                h2 id={ "section-" (id) "-title" } { (title) }
                @for article in articles { (article) }
            }
        }
    }
}

fn operations(operations: &[Operation]) -> Markup {
    html! {
        @if !operations.is_empty() {
            section id="section-operations" aria-labelledby="section-operations-title" {
                h2 id="section-operations-title" { "Annotated operations" }
                table {
                    thead {
                        tr {
                            @for title in ["Agent type", "Operation", "Span", "Kind", "Recorded in", "Source"] {
                                th scope="col" { (title) }
                            }
                        }
                    }
                    tbody {
                        @for operation in operations { (row(operation)) }
                    }
                }
            }
        }
    }
}

fn row(operation: &Operation) -> Markup {
    let agent_type = operation.agent_type.as_deref();
    let span = operation.span.as_deref();
    let words = [
        agent_type.unwrap_or_default(),
        &operation.name,
        span.unwrap_or_default(),
        &operation.set,
    ];
    html! {
        tr data-crate=(visible(&operation.source.krate)) data-text=(searched(words)) {
            td { @if let Some(name) = agent_type { (code(name)) } @else { "any, bounded" } }
            td { (code(&operation.name)) }
            td { @if let Some(name) = span { (code(name)) } @else { "none" } }
            td { @if operation.is_async { "async" } @else { "sync" } }
            td { (code(&operation.set)) }
            td { (code(&format!("{}:{}", operation.source.file, operation.source.line))) }
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn the_policy_names_the_style_and_the_script() {
        for (directive, text) in [("style-src", STYLE), ("script-src", SCRIPT)] {
            let digest = Sha256::digest(text.as_bytes());
            let digest = base64::engine::general_purpose::STANDARD.encode(digest);
            let named = format!("{directive} 'sha256-{digest}'");
            assert!(POLICY.contains(&named), "write {named} into POLICY");
        }
    }

    #[test]
    fn the_script_cannot_end_itself() {
        let script = SCRIPT.to_lowercase();
        assert!(!script.contains("</script") && !script.contains("<!--"));
        assert!(!SCRIPT.contains("innerHTML"), "it only shows and hides");
        assert!(!STYLE.to_lowercase().contains("</style"));
    }
}
