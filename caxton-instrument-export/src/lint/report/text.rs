//! For people.

use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::Report;
use crate::catalog::text::counted;
use crate::lint::class::Class;
use crate::lint::finding::Finding;

/// The most characters of a line that are shown.
const WIDTH: usize = 120;

pub(super) fn render(report: &Report) -> String {
    let mut out = String::new();
    for finding in &report.findings {
        one(&mut out, finding, report.line(finding));
    }
    summary(&mut out, report);
    out
}

fn one(out: &mut String, finding: &Finding, line: Option<&str>) {
    let Finding {
        class,
        file,
        line: number,
        column,
        ..
    } = finding;
    let message = clean(&finding.message);
    // Writing to text cannot fail.
    let _ = writeln!(out, "{}:{number}:{column}: {class}: {message}", clean(file));
    if let Some(line) = line.filter(|it| !it.trim().is_empty()) {
        let (mut shown, before) = window(line, *column);
        // A report is shown to more people than the file.
        if *class == Class::Sec {
            shown = shown.chars().take(before).collect::<String>() + "..";
        }
        let gutter = number.to_string();
        let blank = " ".repeat(gutter.len());
        let _ = writeln!(out, " {gutter} | {shown}");
        let _ = writeln!(out, " {blank} | {}^", " ".repeat(before));
    }
    if !finding.remedy.is_empty() {
        let _ = writeln!(out, "   remedy: {}", clean(&finding.remedy));
    }
    if let Some(declared) = finding.declared {
        let _ = writeln!(out, "   declared: {declared}");
    }
    out.push('\n');
}

/// The part of a line around a column, and how wide what stands before it is.
fn window(line: &str, column: u32) -> (String, usize) {
    let column = usize::try_from(column.saturating_sub(1)).unwrap_or(0);
    let count = line.chars().count();
    let column = column.min(count);
    let skip = if count > WIDTH {
        column.saturating_sub(WIDTH / 3)
    } else {
        0
    };
    let part: String = line.chars().skip(skip).take(WIDTH).collect();
    let mut shown = String::new();
    let mut before = 0;
    if skip > 0 {
        shown.push_str("..");
        before += 2;
    }
    before += clean(&part)
        .chars()
        .take(column - skip)
        .filter_map(UnicodeWidthChar::width)
        .sum::<usize>();
    shown.push_str(&clean(&part));
    if skip + WIDTH < count {
        shown.push_str("..");
    }
    (shown, before)
}

/// Without letters that move a terminal's cursor or hide: as many as before.
fn clean(text: &str) -> String {
    let is_odd = |it: char| {
        it.is_control() || matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .map(|it| match it {
            '\t' | '\n' => ' ',
            it if is_odd(it) => '\u{fffd}',
            it => it,
        })
        .collect()
}

fn summary(out: &mut String, report: &Report) {
    let files = counted(report.files, "file");
    if report.findings.is_empty() {
        let _ = writeln!(out, "{files}, no findings");
        return;
    }
    let findings = counted(report.findings.len(), "finding");
    let more = if report.is_cut { ", and more" } else { "" };
    let _ = writeln!(out, "{findings} in {files}{more}");
    let counts = report.counts();
    let width = counts
        .iter()
        .map(|(class, _)| class.id().width())
        .max()
        .unwrap_or(0);
    for (class, count) in counts {
        let _ = writeln!(
            out,
            "  {:width$} {count:>4}  {}",
            class.id(),
            class.meaning()
        );
    }
}
