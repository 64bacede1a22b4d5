//! What a run found, for people and for programs.

mod json;
mod sarif;
mod text;

use std::collections::BTreeMap;

use super::class::Class;
use super::finding::Finding;

/// What a run found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// The findings, by file and place.
    pub findings: Vec<Finding>,
    /// How many files were read.
    pub files: usize,
    /// Whether there were more findings than are kept.
    pub is_cut: bool,
    /// The lines that findings point at.
    pub(super) lines: BTreeMap<(String, u32), String>,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Format {
    /// For people: place, class, what is wrong, the line, what to write.
    #[default]
    Text,
    /// One object with `version` 1 and `findings`.
    Json,
    /// [SARIF 2.1.0](https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html),
    /// which code hosts show beside a change.
    Sarif,
}

impl Format {
    /// Their names on the command line.
    pub const NAMES: [&'static str; 3] = ["text", "json", "sarif"];

    /// The format of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "text" => Some(Self::Text),
            "json" => Some(Self::Json),
            "sarif" => Some(Self::Sarif),
            _ => None,
        }
    }
}

impl Report {
    /// Only the findings of some classes.
    #[must_use]
    pub fn of_classes(mut self, classes: &[Class]) -> Self {
        self.findings.retain(|it| classes.contains(&it.class));
        self
    }

    /// How many findings each class has, without those that have none.
    #[must_use]
    pub fn counts(&self) -> Vec<(Class, usize)> {
        let count = |class| self.findings.iter().filter(|it| it.class == class).count();
        let counts = Class::ALL.map(|class| (class, count(class)));
        counts.into_iter().filter(|(_, count)| *count > 0).collect()
    }

    /// The report as text.
    #[must_use]
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Text => text::render(self),
            Format::Json => json::render(self),
            Format::Sarif => sarif::render(self),
        }
    }

    fn line(&self, finding: &Finding) -> Option<&str> {
        let key = (finding.file.clone(), finding.line);
        self.lines.get(&key).map(String::as_str)
    }
}
