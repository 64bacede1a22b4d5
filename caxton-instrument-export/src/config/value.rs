//! What the values of keys are: one type a file, each with what it allows, how
//! it is read from a file and from the environment, and its JSON Schema.
//!
//! ```text
//! plain      text, booleans, whole numbers, paths
//! duration   "10s"
//! size       "64MiB"
//! ratio      0.1
//! url        "http://localhost:4317"
//! address    "127.0.0.1:9464"
//! choice     one word of a few
//! levels     of logs, for parts of a program
//! secret     { env = "NAME" }
//! headers    of requests, some of which are secret
//! list       several of a kind
//! buckets    bounds of histograms
//! attributes of the resource
//! output     where logs go
//! profiles   types of profiles
//! ```

mod address;
mod attributes;
mod buckets;
mod choice;
mod duration;
mod headers;
mod levels;
mod list;
mod output;
mod plain;
mod profiles;
mod ratio;
mod secret;
mod size;
mod url;

use serde_json::Value as Json;

pub use address::Address;
pub use attributes::Attributes;
pub use buckets::{Bounds, Buckets};
pub use choice::{
    Compression, Format, Level, Propagator, Protocol, Sampler, Temporality, Timestamps,
};
pub use headers::Headers;
pub use levels::Levels;
pub use list::List;
pub use output::Output;
pub use plain::Whole;
pub use profiles::ProfileType;
pub use ratio::Ratio;
pub use secret::Secret;
pub use size::Size;
pub use url::HttpUrl;

use super::node::{Data, Node, quoted};
use super::reading::Reading;

/// What a key can hold.
pub(crate) trait Value: Sized {
    /// What the reference calls it.
    const KIND: &'static str;

    /// What is allowed, to follow "allowed:".
    fn allowed() -> String;

    /// Its JSON Schema.
    fn schema() -> Json;

    /// As it would be written in a file.
    fn toml(&self) -> String;

    /// From a value that has no parts.
    fn scalar(data: &Data) -> Result<Self, Problem>;

    /// From a value of a file.
    fn of(node: &Node, reading: &mut Reading<'_>) -> Option<Self> {
        match Self::scalar(&node.data) {
            Ok(value) => Some(value),
            Err(problem) => {
                reading.wrong(node, problem, Self::allowed());
                None
            }
        }
    }

    /// From a variable of ours.
    fn variable(text: &str, reading: &mut Reading<'_>) -> Option<Self> {
        Self::of(&Node::of_text(text), reading)
    }

    /// From a variable of OpenTelemetry, whose unit may be another one.
    fn otel(text: &str, reading: &mut Reading<'_>) -> Option<Self> {
        Self::variable(text, reading)
    }

    /// With what a lower layer says, where both are kept.
    #[must_use]
    fn over(self, _lower: Self) -> Self {
        self
    }
}

/// Why a value is none of its type.
#[derive(Debug)]
pub(crate) struct Problem {
    /// To follow the key: "has no unit".
    pub(crate) what: String,
    /// The value to write instead.
    pub(crate) write: Option<String>,
}

impl Problem {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            write: None,
        }
    }

    pub(crate) fn write(mut self, value: impl Into<String>) -> Self {
        self.write = Some(value.into());
        self
    }

    /// A value of another type.
    pub(crate) fn kind(kind: &str) -> Self {
        Self::new(format!("is no {kind}"))
    }

    /// A text where something else stands that looks like it.
    pub(crate) fn text(data: &Data, kind: &str) -> Self {
        let problem = Self::kind(kind);
        match data {
            Data::Integer(number) => problem.write(format!("\"{number}\"")),
            Data::Float(number) => problem.write(format!("\"{number}\"")),
            Data::Bool(value) => problem.write(format!("\"{value}\"")),
            _ => problem,
        }
    }
}

/// The nearest of some words, if it is near.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_ascii_lowercase();
    known
        .into_iter()
        .map(|known| (strsim::damerau_levenshtein(&word, known), known))
        .filter(|(distance, known)| *distance <= 1 + known.len().max(word.len()) / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// Words as a message lists them: `"a", "b" or "c"`.
pub(crate) fn either(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| quoted(word)).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}
