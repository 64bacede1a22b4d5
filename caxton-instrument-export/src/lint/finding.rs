//! One fault, where it stands, and what to write.

use std::ops::Range;

use caxton_instrument::Location;

use super::class::Class;

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
