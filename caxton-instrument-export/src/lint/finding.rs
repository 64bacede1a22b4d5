//! One fault, where it stands, and what to write.

use std::ops::Range;

use caxton_instrument::Location;

use super::class::Class;
use super::tree::{Node, Place};

/// A fault in a text that stands in some file: an expression, a template.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// Its class.
    pub class: Class,
    /// Where in the text, in bytes.
    pub at: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub remedy: String,
    /// The declaration that it clashes with.
    pub declared: Option<Location>,
}

/// A fault in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Its class.
    pub class: Class,
    /// The file's path, as it was given.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub remedy: String,
    /// The declaration that it clashes with.
    pub declared: Option<Location>,
}

/// The most findings that are kept; a file with more is not read by people.
pub const MAX_FINDINGS: usize = 5_000;

/// What checks find.
#[derive(Debug, Default)]
pub struct Findings {
    list: Vec<Finding>,
    /// Takes what is over the bound.
    beyond: Option<Finding>,
}

impl Findings {
    /// One more fault: what is wrong at a place of a file, and what to write
    /// instead. The declaration that it clashes with is set on what is
    /// returned.
    pub fn add(
        &mut self,
        class: Class,
        file: &str,
        place: Place,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> &mut Finding {
        let finding = Finding {
            class,
            file: file.into(),
            line: place.line,
            column: place.column,
            message: message.into(),
            remedy: remedy.into(),
            declared: None,
        };
        if self.is_full() {
            return self.beyond.insert(finding);
        }
        self.list.push_mut(finding)
    }

    /// A fault of a text that is the value `node` of a file.
    pub fn fault(&mut self, file: &str, node: &Node, fault: Fault) {
        let place = node.place_of(fault.at.start);
        self.add(fault.class, file, place, fault.message, fault.remedy)
            .declared = fault.declared;
    }

    /// Whether more would not be kept.
    pub(super) const fn is_full(&self) -> bool {
        self.list.len() >= MAX_FINDINGS
    }

    /// All of them, each once, by file and place; and whether there were more.
    pub(super) fn sorted(mut self) -> (Vec<Finding>, bool) {
        self.list.sort_by(|a, b| {
            (&a.file, a.line, a.column, a.class, &a.message)
                .cmp(&(&b.file, b.line, b.column, b.class, &b.message))
        });
        self.list.dedup();
        (self.list, self.beyond.is_some())
    }
}
