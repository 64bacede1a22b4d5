//! The difference, for people and for programs.

use std::fmt::Write as _;

use serde::Serialize;

use super::super::markdown::{code, prose};
use super::super::table::visible;
use super::super::text::counted;
use super::change::Change;
use super::compare::Diff;

pub(super) fn table(diff: &Diff) -> String {
    let mut out = String::new();
    for change in sorted(diff) {
        let word = if change.breaking { "breaks" } else { "      " };
        let _ = writeln!(
            out,
            "{word}  {}: {}",
            visible(&change.name),
            visible(&change.message)
        );
    }
    for broken in &diff.broken {
        let _ = writeln!(
            out,
            "\nbroken {} {}  {}",
            broken.kind,
            visible(&broken.name),
            visible(&broken.place)
        );
        for reason in &broken.reasons {
            let _ = writeln!(out, "  {}", visible(reason));
        }
        let _ = writeln!(out, "  = {}", broken.remedy);
    }
    if !out.is_empty() {
        out.push('\n');
    }
    let _ = writeln!(out, "{}", summary(diff));
    out
}

pub(super) fn markdown(diff: &Diff) -> String {
    let mut out = format!("# Changes of metrics\n\n{}.\n", summary(diff));
    let changes = sorted(diff);
    let breaking = changes.iter().filter(|it| it.breaking).count();
    for (title, changes) in [
        ("Breaking", &changes[..breaking]),
        ("Other", &changes[breaking..]),
    ] {
        if changes.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n## {title}\n");
        for change in changes {
            let _ = writeln!(out, "- {}: {}", code(&change.name), prose(&change.message));
        }
    }
    if !diff.broken.is_empty() {
        out.push_str("\n## Broken by them\n");
        for broken in &diff.broken {
            let _ = writeln!(
                out,
                "\n### {} {}\n\nDeclared at {}.\n",
                broken.kind,
                code(&broken.name),
                code(&broken.place)
            );
            for reason in &broken.reasons {
                let _ = writeln!(out, "- {}", prose(reason));
            }
            let _ = writeln!(out, "\n{}.", prose(&broken.remedy));
        }
    }
    out
}

/// The shape is that of the types in this module, with a version of its own.
pub(super) fn json(diff: &Diff) -> String {
    #[derive(Serialize)]
    struct Report<'a> {
        version: u32,
        breaking: bool,
        #[serde(flatten)]
        diff: &'a Diff,
    }
    let report = Report {
        version: 1,
        breaking: diff.breaks(),
        diff,
    };
    // Texts and numbers, which JSON can say.
    let mut text = serde_json::to_string_pretty(&report).unwrap_or_default();
    text.push('\n');
    text
}

/// What breaks comes first.
fn sorted(diff: &Diff) -> Vec<&Change> {
    let mut changes: Vec<_> = diff.changes.iter().collect();
    changes.sort_by_key(|change| !change.breaking);
    changes
}

fn summary(diff: &Diff) -> String {
    let breaking = diff.changes.iter().filter(|it| it.breaking).count();
    if diff.changes.is_empty() {
        return String::from("nothing changed");
    }
    let mut text = counted(diff.changes.len(), "change");
    match breaking {
        0 => text.push_str(", none of which breaks a reader"),
        count => {
            let _ = write!(text, ", {count} of them breaking");
        }
    }
    for kind in ["alert", "objective", "recording rule", "panel"] {
        match diff.broken.iter().filter(|it| it.kind == kind).count() {
            0 => {}
            count => {
                let _ = write!(text, "; {} broken", counted(count, kind));
            }
        }
    }
    text
}
