//! `caxton.toml`: what telemetry does, said in a file.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let telemetry = caxton_instrument_export::from_file("caxton.toml")?.install()?;
//! # Ok(())
//! # }
//! ```
//!
//! The file may hold more than telemetry: sections `[observability]` and
//! `[profiling]` are read, others are left alone. Every key, with what it
//! allows, its default and the environment variables that set it, is in the
//! [reference](https://github.com/caxton-instrument/caxton-instrument/blob/main/docs/configuration.md),
//! which [`reference_markdown`] writes. Editors complete and check the file by
//! the JSON Schema of [`schema_json`].
//!
//! ```
//! use caxton_instrument_export::config::Config;
//!
//! let config = Config::from_text(
//!     "caxton.toml",
//!     r#"
//!     [observability]
//!     service_name = "shop"
//!
//!     [observability.metrics]
//!     exclude_labels = ["agent_id"]
//!     "#,
//! )?;
//! assert_eq!(config.observability.service_name.as_deref(), Some("shop"));
//! # Ok::<(), caxton_instrument_export::config::ConfigError>(())
//! ```
//!
//! # Layers
//!
//! The file, then the environment, then the builder; the later one wins, key by
//! key. Of the environment a variable of ours, `CAXTON_OBSERVABILITY_..`, comes
//! before one of OpenTelemetry, `OTEL_..`, and an empty one is as good as none.
//! What OpenTelemetry's variables hold and cannot be used is
//! [ignored with a warning](https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#parsing-of-environment-variables),
//! as they are often set for many programs at once; of all else it is an error.
//!
//! # Mistakes
//!
//! All are told at once, each with file, line, column, key, what was found and
//! what is allowed; a key that means nothing with the nearest that does. See
//! [`Mistake`]. What is likely meant in another way is a warning, which
//! [`Telemetry::findings`](crate::Telemetry::findings) has.
//!
//! # Secrets
//!
//! They are named, `{ env = "NAME" }` or `{ file = "/path" }`, and never stand in
//! the file. Nothing prints them: messages cover what may be secret in a line
//! that they show.

mod apply;
mod build;
mod checks;
mod collector;
mod declared;
mod environment;
mod key;
mod keys;
mod listed;
mod meta;
mod mistake;
mod node;
mod read;
mod reading;
mod reference;
mod schema;
mod source;
mod syntax;
mod unknown;
mod value;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use toml::de::DeTable;

pub use collector::{Collector, Signal};
pub use environment::Environment;
pub use keys::{
    Health, Logging, Metrics, Observability, Otlp, Process, Profiling, Propagation, Server, Traces,
};
pub use mistake::{ConfigError, Mistake, Place, Severity};
pub use reference::reference_markdown;
pub use schema::schema_json;
pub use value::{
    Address, Attributes, Bounds, Buckets, Compression, Format, Headers, HttpUrl, Level, Levels,
    List, Output, ProfileType, Propagator, Protocol, Ratio, Sampler, Secret, Size, Temporality,
    Timestamps, Whole,
};

use crate::builder::Builder;
pub(crate) use declared::registry;
use keys::Sections;
use node::Node;
use read::{File, Reader};
use source::{Lines, Source};

/// Bytes of a file, at most. A configuration has a few thousand.
const MAX_FILE: u64 = 4 << 20;

/// What a file and the environment say, typed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Config {
    /// `[observability]`.
    pub observability: Observability,
    /// `[observability.metrics]`.
    pub metrics: Metrics,
    /// `[observability.metrics.otlp]`.
    pub metrics_otlp: Otlp,
    /// `[observability.traces]`.
    pub traces: Traces,
    /// `[observability.traces.otlp]`.
    pub traces_otlp: Otlp,
    /// `[observability.logging]`.
    pub logging: Logging,
    /// `[observability.logging.otlp]`.
    pub logging_otlp: Otlp,
    /// `[observability.propagation]`.
    pub propagation: Propagation,
    /// `[observability.health]`.
    pub health: Health,
    /// `[observability.server]`.
    pub server: Server,
    /// `[observability.process]`.
    pub process: Process,
    /// `[profiling]`.
    pub profiling: Profiling,
    warnings: Vec<Mistake>,
    /// Where each key that is set was taken from.
    places: BTreeMap<String, Place>,
}

/// Every key as it is where nothing is said.
impl Default for Config {
    fn default() -> Self {
        let environment = Environment::default();
        let mut reader = Reader::new(None, &environment);
        Self::of(Sections::read(&mut reader), BTreeMap::new())
    }
}

impl Config {
    /// Reads a file, and the environment of the process over it.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, and every mistake in it.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let path = path.as_ref();
        let text = read_file(path).map_err(|error| unreadable(path, &error))?;
        Self::layered(Some((path, &text)), &Environment::of_process())
    }

    /// Reads the environment of the process alone.
    ///
    /// # Errors
    ///
    /// Every mistake in it.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::layered(None, &Environment::of_process())
    }

    /// Reads a text, which messages call by the name of a file, and no
    /// environment.
    ///
    /// # Errors
    ///
    /// Every mistake in it.
    pub fn from_text(name: impl AsRef<Path>, text: &str) -> Result<Self, ConfigError> {
        Self::layered(Some((name.as_ref(), text)), &Environment::default())
    }

    /// Reads a text and an environment over it.
    ///
    /// # Errors
    ///
    /// Every mistake in both.
    pub fn layered(
        file: Option<(&Path, &str)>,
        environment: &Environment,
    ) -> Result<Self, ConfigError> {
        let mut mistakes = Vec::new();
        let file = file.map(|(path, text)| parse(path, text, &mut mistakes));
        let broken: Vec<usize> = mistakes.iter().filter_map(line).collect();
        let mut reader = Reader::new(file.as_ref(), environment);
        let sections = Sections::read(&mut reader);
        let (mut found, places) = (reader.mistakes, reader.places);
        let unusable = reader.unusable;
        if let Some(file) = &file {
            unknown::of_file(file, &mut found);
        }
        unknown::of_environment(environment, &mut found);
        let mut config = Self::of(sections, places);
        if broken.is_empty() {
            checks::check(&config, &unusable, &mut found);
        }
        // What the parser made of a line that it did not understand says nothing.
        found.retain(|mistake| line(mistake).is_none_or(|line| !broken.contains(&line)));
        mistakes.append(&mut found);
        mistakes.sort_by_key(|mistake| (line(mistake).is_none(), line(mistake)));
        if mistakes.iter().any(|it| it.severity == Severity::Error) {
            return Err(ConfigError { mistakes });
        }
        config.warnings = mistakes;
        Ok(config)
    }

    fn of(sections: Sections, places: BTreeMap<String, Place>) -> Self {
        Self {
            observability: sections.observability,
            metrics: sections.metrics,
            metrics_otlp: sections.metrics_otlp,
            traces: sections.traces,
            traces_otlp: sections.traces_otlp,
            logging: sections.logging,
            logging_otlp: sections.logging_otlp,
            propagation: sections.propagation,
            health: sections.health,
            server: sections.server,
            process: sections.process,
            profiling: sections.profiling,
            warnings: Vec::new(),
            places,
        }
    }

    /// What is likely meant in another way.
    #[must_use]
    pub fn warnings(&self) -> &[Mistake] {
        &self.warnings
    }

    /// Where a key was set, by its full name, such as
    /// `observability.metrics.export_interval`; `None` where its default holds.
    #[must_use]
    pub fn place(&self, key: &str) -> Option<&Place> {
        self.places.get(key)
    }

    fn is_set(&self, key: &str) -> bool {
        self.places.contains_key(key)
    }

    /// A builder that does what the configuration says. What is called on it
    /// afterwards wins.
    ///
    /// # Errors
    ///
    /// A file that the configuration names and that does not hold what it should.
    pub fn into_builder(self) -> Result<Builder, ConfigError> {
        apply::apply(self)
    }
}

/// Starts telemetry from a file and the environment: a [`Builder`] that does
/// what they say, to which more may be said.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let telemetry = caxton_instrument_export::from_file("caxton.toml")?
///     .evict_idle_after(std::time::Duration::from_secs(600))
///     .install()?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// A file that cannot be read, and every mistake in it or in the environment.
pub fn from_file(path: impl AsRef<Path>) -> Result<Builder, ConfigError> {
    Config::from_file(path)?.into_builder()
}

/// Starts telemetry from the environment alone.
///
/// # Errors
///
/// Every mistake in it.
pub fn from_env() -> Result<Builder, ConfigError> {
    Config::from_env()?.into_builder()
}

fn parse<'a>(path: &Path, text: &'a str, mistakes: &mut Vec<Mistake>) -> File<'a> {
    let lines = Lines::new(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    let root = Node::of_table(&table);
    let source = Source::new(path, text, &root, !errors.is_empty());
    mistakes.extend(syntax::mistakes(&errors, text, &source, &lines));
    File {
        source,
        lines,
        root,
    }
}

fn line(mistake: &Mistake) -> Option<usize> {
    match &mistake.place {
        Place::File { line, .. } => Some(*line),
        _ => None,
    }
}

fn read_file(path: &Path) -> io::Result<String> {
    use std::io::Read as _;

    let mut text = String::new();
    let file = std::fs::File::open(path)?;
    let read = file.take(MAX_FILE + 1).read_to_string(&mut text)?;
    if read as u64 > MAX_FILE {
        return Err(io::Error::from(io::ErrorKind::FileTooLarge));
    }
    Ok(text)
}

fn unreadable(path: &Path, error: &io::Error) -> ConfigError {
    let place = Place::WholeFile(path.to_owned());
    let message = format!("the file cannot be read: {}", io_reason(error));
    let write = "the path of a file that is there, or `from_env()` to do without one";
    ConfigError {
        mistakes: vec![Mistake::new(Severity::Error, "", place, message).help("write", write)],
    }
}

/// What the system says, in words that are the same everywhere.
pub(crate) fn io_reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => String::from("there is no such file"),
        io::ErrorKind::PermissionDenied => String::from("this program may not read it"),
        io::ErrorKind::IsADirectory => String::from("it is a directory"),
        io::ErrorKind::InvalidData => String::from("it is not UTF-8"),
        io::ErrorKind::FileTooLarge => format!("it is larger than {} MiB", MAX_FILE >> 20),
        _ => error.to_string(),
    }
}
