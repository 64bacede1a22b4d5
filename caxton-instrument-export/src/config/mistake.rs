//! What is wrong with a configuration, and how a person reads it.

use std::fmt;
use std::path::PathBuf;

use caxton_instrument::Location;

use super::source::cover_from;

/// How much a mistake matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// Nothing starts.
    Error,
    /// Telemetry starts, and may do something else than is meant.
    Warning,
}

impl Severity {
    /// The severity's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Where a mistake is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// In a file.
    File {
        /// The file, as it was named.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
        /// How many characters are meant.
        width: usize,
        /// The line itself, with what may be secret covered.
        text: String,
    },
    /// In a file as a whole.
    WholeFile(PathBuf),
    /// In an environment variable.
    Variable(String),
    /// In code, where the builder was called.
    Builder,
}

/// One thing that is wrong with a configuration: which key, where, what was
/// found there, what is allowed.
///
/// Displayed it is a report of several lines, with the line of the file and a
/// mark under it. What may be secret is never in it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mistake {
    /// How much it matters.
    pub severity: Severity,
    /// The full key, such as `observability.metrics.export_interval`; empty
    /// where there is none.
    pub key: String,
    /// What is wrong, in one line.
    pub message: String,
    /// Where.
    pub place: Place,
    /// What stands there; may be empty.
    pub found: String,
    /// What is allowed, and what to write: a word and a text each.
    pub help: Vec<(&'static str, String)>,
    /// Places in the program that take part.
    pub declared: Vec<Location>,
}

impl Mistake {
    pub(crate) fn new(
        severity: Severity,
        key: impl Into<String>,
        place: Place,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity,
            key: key.into(),
            message: message.into(),
            place,
            found: String::new(),
            help: Vec::new(),
            declared: Vec::new(),
        }
    }

    /// The same with what stands behind the mark covered: of an unknown key
    /// nobody knows whether its value is secret.
    pub(crate) fn covered(mut self) -> Self {
        if let Place::File {
            column,
            width,
            text,
            ..
        } = &mut self.place
        {
            *text = cover_from(text, *column - 1 + *width);
        }
        self
    }

    pub(crate) fn found(mut self, found: impl Into<String>) -> Self {
        self.found = found.into();
        self
    }

    pub(crate) fn help(mut self, word: &'static str, text: impl Into<String>) -> Self {
        self.help.push((word, text.into()));
        self
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.severity.as_str(), self.message)?;
        // As deep as the line's number, so that all bars stand in one column.
        let mut margin = 1;
        match &self.place {
            Place::File {
                path,
                line,
                column,
                width,
                text,
            } => {
                let number = line.to_string();
                margin = number.len();
                let text = text.replace('\t', " ");
                let (empty, before) = ("", column - 1);
                write!(f, "\n{empty:margin$}--> {}:{line}:{column}", path.display())?;
                write!(f, "\n{empty:margin$} |\n{number} | {text}")?;
                write!(f, "\n{empty:margin$} | {empty:before$}{empty:^>width$}")?;
                if !self.found.is_empty() {
                    write!(f, " found {}", self.found)?;
                }
            }
            place => {
                match place {
                    Place::WholeFile(path) => write!(f, "\n --> {}", path.display())?,
                    Place::Variable(name) => write!(f, "\n --> environment variable {name}")?,
                    _ => write!(f, "\n --> the builder")?,
                }
                if !self.found.is_empty() {
                    write!(f, "\n  = found: {}", self.found)?;
                }
            }
        }
        for (word, text) in &self.help {
            write!(f, "\n{:margin$} = {word}: {text}", "")?;
        }
        for location in &self.declared {
            write!(f, "\n{:margin$} = declared: {location}", "")?;
        }
        Ok(())
    }
}

/// Every mistake of a configuration, as a report that a person can act on.
///
/// ```
/// use caxton_instrument_export::config::Config;
///
/// let error = Config::from_text("caxton.toml", "[observability.metrics]\nexport_interval = 15\n")
///     .expect_err("it has no unit");
/// assert!(error.to_string().contains("caxton.toml:2:19"));
/// assert!(error.to_string().contains("15s"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigError {
    pub(crate) mistakes: Vec<Mistake>,
}

impl ConfigError {
    /// Every mistake, in the order of the file; warnings among them.
    #[must_use]
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |severity| {
            let of = |mistake: &&Mistake| mistake.severity == severity;
            self.mistakes.iter().filter(of).count()
        };
        match count(Severity::Error) {
            1 => f.write_str("the configuration has a mistake")?,
            errors => write!(f, "the configuration has {errors} mistakes")?,
        }
        match count(Severity::Warning) {
            0 => {}
            1 => f.write_str(", and a warning")?,
            warnings => write!(f, ", and {warnings} warnings")?,
        }
        for mistake in &self.mistakes {
            write!(f, "\n\n{mistake}")?;
        }
        Ok(())
    }
}

/// As `Display`: what `main` prints when it returns an error has to be read
/// by a person.
impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ConfigError {}
