//! SCH, SYN and SEC: `caxton.toml`, by the reader of the configuration itself.

use crate::config::{Config, Mistake, Place as Where, Severity};
use crate::lint::class::Class;
use crate::lint::context::Context;
use crate::lint::document::Document;
use crate::lint::finding::Findings;
use crate::lint::kind::Kind;
use crate::lint::tree::Place;

pub(super) fn check(document: &Document, _context: &Context<'_>, out: &mut Findings) {
    let Some(text) = document.text().filter(|_| document.kind == Kind::Toml) else {
        return;
    };
    if !is_ours(document.file_name(), &text.text) {
        return;
    }
    let found = match Config::from_text(document.file_name(), &text.text) {
        Ok(config) => config.warnings().to_vec(),
        Err(error) => error.mistakes().to_vec(),
    };
    for mistake in &found {
        let (place, is_parsed) = match &mistake.place {
            Where::File { line, column, .. } => {
                let number = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
                let inner = Place {
                    line: number(*line),
                    column: number(*column),
                };
                (text.outer(inner), !mistake.key.is_empty())
            }
            _ => (text.start(), true),
        };
        let remedy = mistake
            .help
            .iter()
            .map(|(word, said)| format!("{word} {said}"))
            .collect::<Vec<_>>()
            .join("; ");
        let finding = out.add(
            class_of(mistake, is_parsed),
            &document.file,
            place,
            mistake.message.as_str(),
            remedy,
        );
        finding.declared = mistake.declared.first().copied();
    }
}

/// Whether a file is read by this library: by its name, or by its sections.
fn is_ours(name: &str, text: &str) -> bool {
    name == "caxton.toml"
        || text.lines().any(|line| {
            let line = line.trim();
            line == "[observability]" || line.starts_with("[observability.")
        })
}

fn class_of(mistake: &Mistake, is_parsed: bool) -> Class {
    let is_open = mistake.severity == Severity::Warning && mistake.message.contains("secret");
    // The reader's words for a secret that is written out.
    if is_open || mistake.found == "a plain value" {
        Class::Sec
    } else if is_parsed {
        Class::Sch
    } else {
        Class::Syn
    }
}
