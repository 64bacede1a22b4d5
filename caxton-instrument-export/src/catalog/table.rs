//! The catalog for a terminal: a block a metric, in aligned columns, with what
//! is read rather than compared below them.

mod readers;

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::document::{Document, Label, Metric, Operation, StabilityLevel, Values};
use super::text::{self, bound, buckets, counted, sentence};

/// Where the labels column breaks, and where help does.
const LABELS_WIDTH: usize = 48;
const HELP_WIDTH: usize = 96;

pub(crate) fn render(document: &Document) -> String {
    let mut out = String::new();
    let rows: Vec<_> = document.metrics.iter().map(Row::of).collect();
    let header = ["METRIC", "TYPE", "UNIT", "LABELS, BOUNDS"];
    let mut widths = header.map(UnicodeWidthStr::width);
    for row in &rows {
        for (column, cell) in row.cells.iter().enumerate() {
            let width = cell.iter().map(|line| line.width()).max().unwrap_or(0);
            widths[column] = widths[column].max(width);
        }
    }
    if !rows.is_empty() {
        let header = header.map(|title| vec![String::from(title)]);
        line_block(&mut out, &header, &widths);
    }
    for row in &rows {
        line_block(&mut out, &row.cells, &widths);
        for note in &row.notes {
            for line in wrap(note, HELP_WIDTH) {
                let _ = writeln!(out, "  {line}");
            }
        }
        out.push('\n');
    }
    operations(&mut out, &document.operations);
    readers::blocks(&mut out, document);
    let _ = write!(
        out,
        "{}, {}, {}",
        counted(document.metrics.len(), "metric"),
        counted(document.sets.len(), "set"),
        counted(document.operations.len(), "annotated operation"),
    );
    if let Some(counts) = text::readers(document) {
        let _ = write!(out, ", {counts}");
    }
    out.push('\n');
    out
}

/// One metric: cells of several lines each, then notes below them.
struct Row {
    cells: [Vec<String>; 4],
    notes: Vec<String>,
}

impl Row {
    fn of(metric: &Metric) -> Self {
        let mut labels: Vec<_> = metric.labels.iter().flat_map(label_lines).collect();
        labels.extend(
            metric
                .constant_labels
                .iter()
                .map(|(name, value)| format!("{name} = {}", quoted(value))),
        );
        if !metric.buckets.is_empty() {
            let bounds: Vec<_> = metric.buckets.iter().copied().map(bound).collect();
            labels.extend(listed("le", &bounds));
        }
        let mut notes = vec![visible(&sentence(&metric.help))];
        if let Some(native) = &metric.native {
            notes.push(format!(
                "native buckets: {}; formats without them have these bounds",
                buckets(native)
            ));
        }
        match &metric.stability {
            StabilityLevel::Stable => {}
            StabilityLevel::Experimental => notes.push(String::from("experimental")),
            StabilityLevel::Deprecated { since, note } => {
                notes.push(format!(
                    "deprecated since {since}: {}",
                    visible(&sentence(note))
                ));
            }
        }
        for replaced in &metric.replaces {
            notes.push(with_reason(
                &format!("replaces {}", replaced.name),
                &replaced.reason,
            ));
        }
        for allowed in &metric.allowed {
            notes.push(with_reason(
                &format!("allowed {}", allowed.rule),
                &allowed.reason,
            ));
        }
        for label in &metric.labels {
            for allowed in &label.allowed {
                let what = format!("allowed {} for label {}", allowed.rule, label.name);
                notes.push(with_reason(&what, &allowed.reason));
            }
        }
        for (kind, names) in metric.read_by.kinds() {
            notes.push(format!("read by {kind} {}", names.join(", ")));
        }
        notes.push(format!(
            "{}:{}, at most {} series",
            metric.source.file, metric.source.line, metric.series_bound,
        ));
        Self {
            cells: [
                vec![metric.name.clone()],
                vec![metric.kind.clone()],
                vec![metric.unit.clone().unwrap_or_default()],
                labels,
            ],
            notes,
        }
    }
}

fn operations(out: &mut String, operations: &[Operation]) {
    if operations.is_empty() {
        return;
    }
    let rows: Vec<_> = operations
        .iter()
        .map(|operation| {
            [
                vec![operation.name.clone()],
                vec![String::from(
                    operation.agent_type.as_deref().unwrap_or("(any)"),
                )],
                vec![String::from(operation.span.as_deref().unwrap_or("(none)"))],
                vec![String::from(if operation.is_async {
                    "async"
                } else {
                    "sync"
                })],
                vec![operation.set.clone()],
                vec![format!(
                    "{}:{}",
                    operation.source.file, operation.source.line
                )],
            ]
        })
        .collect();
    let header = [
        "OPERATION",
        "AGENT TYPE",
        "SPAN",
        "KIND",
        "RECORDED IN",
        "SOURCE",
    ];
    let mut widths = header.map(UnicodeWidthStr::width);
    for row in &rows {
        for (column, cell) in row.iter().enumerate() {
            widths[column] = widths[column].max(cell[0].width());
        }
    }
    let header = header.map(|title| vec![String::from(title)]);
    line_block(out, &header, &widths);
    for row in &rows {
        line_block(out, row, &widths);
    }
    out.push('\n');
}

/// Writes cells side by side, as many lines as the longest of them has.
fn line_block<const N: usize>(out: &mut String, cells: &[Vec<String>; N], widths: &[usize; N]) {
    let height = cells.iter().map(Vec::len).max().unwrap_or(1).max(1);
    for line in 0..height {
        let mut text = String::new();
        for (cell, width) in cells.iter().zip(widths) {
            let part = cell.get(line).map_or("", String::as_str);
            text.push_str(part);
            text.extend(std::iter::repeat_n(' ', width - part.width() + 2));
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
}

fn label_lines(label: &Label) -> Vec<String> {
    match &label.values {
        Values::Closed { values } => {
            let values: Vec<_> = values.iter().map(|value| quoted(value)).collect();
            listed(&label.name, &values)
        }
        Values::Open { max_values } => {
            vec![format!("{} = any, at most {max_values}", label.name)]
        }
    }
}

/// `name = a | b | c`, broken into lines that continue under the first value.
fn listed(name: &str, values: &[String]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = format!("{name} =");
    let indent = " ".repeat(line.width());
    for (index, value) in values.iter().enumerate() {
        let part = if index + 1 < values.len() {
            format!(" {value} |")
        } else {
            format!(" {value}")
        };
        if line.width() + part.width() > LABELS_WIDTH && line.width() > indent.width() {
            lines.push(std::mem::replace(&mut line, indent.clone()));
        }
        line.push_str(&part);
    }
    lines.push(line);
    lines
}

fn with_reason(what: &str, reason: &str) -> String {
    if reason.is_empty() {
        String::from(what)
    } else {
        format!("{what}: {}", visible(&sentence(reason)))
    }
}

/// A label value, in quotes where it would not be seen as one.
fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./:".contains(c);
    if !value.is_empty() && value.chars().all(plain) {
        String::from(value)
    } else {
        format!("{value:?}")
    }
}

/// Text that moves no cursor.
pub(super) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() {
            line.push_str(word);
        } else if line.width() + 1 + word.width() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(String::from(word));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_continue_under_the_first_value() {
        let values: Vec<_> = (0..12).map(|n| format!("value_{n}")).collect();
        let lines = listed("performative", &values);
        assert!(lines.len() > 1);
        assert!(lines.iter().all(|line| line.width() <= LABELS_WIDTH));
        assert!(
            lines[1].starts_with("               value_"),
            "{:?}",
            lines[1]
        );
    }

    #[test]
    fn control_characters_stay_text() {
        assert_eq!(visible("a\u{1b}[31m\n"), "a\\u{1b}[31m\\n");
    }
}
