//! For programs.

use serde::Serialize;

use super::Report;
use crate::lint::finding::Finding;

#[derive(Serialize)]
struct Page<'a> {
    version: u32,
    files: usize,
    complete: bool,
    findings: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    class: &'static str,
    level: &'static str,
    file: &'a str,
    line: u32,
    column: u32,
    message: &'a str,
    remedy: &'a str,
    declared: Option<Declared>,
}

#[derive(Serialize)]
struct Declared {
    file: &'static str,
    line: u32,
    column: u32,
    #[serde(rename = "crate")]
    krate: &'static str,
    version: &'static str,
}

impl<'a> Row<'a> {
    fn of(finding: &'a Finding) -> Self {
        Self {
            class: finding.class.id(),
            level: finding.class.level(),
            file: &finding.file,
            line: finding.line,
            column: finding.column,
            message: &finding.message,
            remedy: &finding.remedy,
            declared: finding.declared.map(|it| Declared {
                file: it.file,
                line: it.line,
                column: it.column,
                krate: it.krate,
                version: it.version,
            }),
        }
    }
}

pub(super) fn render(report: &Report) -> String {
    let page = Page {
        version: 1,
        files: report.files,
        complete: !report.is_cut,
        findings: report.findings.iter().map(Row::of).collect(),
    };
    // Texts and numbers are JSON whatever they are.
    let mut text = serde_json::to_string_pretty(&page).unwrap_or_default();
    text.push('\n');
    text
}
