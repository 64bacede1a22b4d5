//! Figures of tables, lists and load tests.

use std::sync::LazyLock;

use regex::Regex;

use super::figure::{Figure, Unit};
use super::subject::{Subject, words};
use super::{Level, Statement};
use crate::lint::document::{Body, Document};
use crate::lint::page::{Content, Page, Run, plain};
use crate::lint::text::Text;

/// What a document states of anything that is measured.
pub(super) fn all(document: &Document) -> Vec<Statement> {
    match &document.body {
        Body::Page(page) => of_page(page),
        Body::Text(text) if text.text.contains("thresholds") => of_load_test(text),
        _ => Vec::new(),
    }
}

fn of_page(page: &Page) -> Vec<Statement> {
    let mut stated = Vec::new();
    for block in &page.blocks {
        match &block.content {
            Content::Table(head, rows) => table(head, rows, &mut stated),
            Content::Item(runs) => stated.extend(item(runs)),
            _ => {}
        }
    }
    stated
}

fn table(head: &[Vec<Run>], rows: &[Vec<Vec<Run>>], stated: &mut Vec<Statement>) {
    let titles: Vec<String> = head.iter().map(|it| plain(it)).collect();
    for row in rows {
        let Some(subject) = row.first().and_then(|it| Subject::of(words(&plain(it)))) else {
            continue;
        };
        for (title, cell) in titles.iter().zip(row).skip(1) {
            let text = plain(cell);
            // A figure, and no sentence with one in it.
            let Some((0, figure)) = Figure::find(text.trim()) else {
                continue;
            };
            stated.extend(cell.first().map(|run| Statement {
                subject: subject.clone(),
                figure,
                level: Level::of(title),
                told: format!("{} {}", title.trim(), text.trim()),
                place: run.place,
            }));
        }
    }
}

/// `**Error rate**: >10% over 5 minutes triggers warning`.
fn item(runs: &[Run]) -> Option<Statement> {
    let text = plain(runs);
    let (start, figure) = Figure::find(&text)?;
    let subject = Subject::of(words(&text[..start]))?;
    Some(Statement {
        subject,
        figure,
        level: Level::of(&text[start..]),
        told: text.chars().take(60).collect(),
        place: runs.first()?.place,
    })
}

/// The thresholds of [k6](https://grafana.com/docs/k6/latest/using-k6/thresholds/).
fn of_load_test(text: &Text) -> Vec<Statement> {
    static THRESHOLD: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r#"\b(http_req_duration|http_req_failed)\b[^\n\]]*?['"](?:p\(([0-9]+)\)|rate|avg|med)\s*<\s*([0-9.]+)"#,
        )
        .ok()
    });
    let Some(pattern) = THRESHOLD.as_ref() else {
        return Vec::new();
    };
    let places = text.places();
    let read = |found: regex::Captures<'_>| {
        let metric = found.get(1)?;
        let number: f64 = found.get(3)?.as_str().parse().ok()?;
        let is_failed = metric.as_str() == "http_req_failed";
        let (value, unit) = if is_failed {
            (number, Unit::Ratio)
        } else {
            (number / 1000.0, Unit::Seconds)
        };
        let quantile = found.get(2).map(|it| it.as_str().to_owned());
        Some(Statement {
            subject: Subject::of(words(metric.as_str()))?.at_quantile(quantile),
            figure: Figure {
                value,
                unit,
                above: Some(false),
            },
            level: Level::Any,
            told: found.get(0)?.as_str().into(),
            place: places(metric.start()),
        })
    };
    pattern.captures_iter(&text.text).filter_map(read).collect()
}
