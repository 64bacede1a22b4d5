//! SCH and SYN: `caxton.toml`, by the reader of the configuration itself.

use crate::config::{Config, Place as Where};
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
        // Secrets of every file are looked for in one place.
        if mistake.message.contains("secret") || mistake.found == "a plain value" {
            continue;
        }
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
            if is_parsed { Class::Sch } else { Class::Syn },
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
