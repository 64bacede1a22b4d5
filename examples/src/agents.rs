//! The agents. The attribute counts each call by its outcome, times it and
//! opens a span; what a document is about is counted by hand.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use caxton_instrument::agent_alerts;
use caxton_instrument::prelude::*;
use thiserror::Error;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::metrics::{DocumentLabels, DocumentMetrics, FailureLabels, FailureReason, Format};

agent_alerts!(AgentMetrics, owner = "agents");

/// Files open at the same time.
const MAX_OPEN: usize = 16;

/// A file's text.
#[derive(Debug, Clone)]
pub struct Document {
    /// Where it was read from.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
}

/// Why a document could not be indexed.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// The file could not be opened or read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is no text.
    #[error("cannot read {}: it is not UTF-8 from byte {valid_up_to} on", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// How far it is text.
        valid_up_to: usize,
    },
}

impl DocumentError {
    const fn reason(&self) -> FailureReason {
        match self {
            Self::Unreadable { .. } => FailureReason::Unreadable,
            Self::NotUtf8 { .. } => FailureReason::NotUtf8,
        }
    }
}

/// Reads a document.
///
/// # Errors
///
/// When the file cannot be read or is not UTF-8.
#[instrument_agent(agent_type = "reader")]
pub async fn read(path: PathBuf) -> Result<Document, DocumentError> {
    let metrics = DocumentMetrics::global();
    let labels = DocumentLabels::of(Format::of(&path));
    let bytes = match tokio::fs::read(&path).await {
        Ok(bytes) => bytes,
        Err(source) => return Err(DocumentError::Unreadable { path, source }),
    };
    let size = bytes.len();
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let valid_up_to = error.utf8_error().valid_up_to();
            return Err(DocumentError::NotUtf8 { path, valid_up_to });
        }
    };
    metrics.documents_read.at(&labels).increment(1);
    metrics.document_size.at(&labels).record(size as f64);
    Ok(Document { path, text })
}

/// Splits a document into paragraphs.
#[instrument_agent(agent_type = "splitter")]
pub fn split(document: &Document) -> Vec<&str> {
    document
        .text
        .split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .collect()
}

/// Splits a paragraph into lower-case terms of four characters and more, which
/// leaves out most words that say nothing.
#[instrument_agent(agent_type = "tokeniser")]
pub fn tokenise(paragraph: &str) -> Vec<String> {
    paragraph
        .split(|c: char| !c.is_alphanumeric())
        .filter(|term| term.chars().nth(3).is_some())
        .map(str::to_lowercase)
        .collect()
}

/// How often each term occurs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Index {
    terms: BTreeMap<String, u64>,
}

impl Index {
    /// Puts terms into the index.
    #[instrument_agent(agent_type = "indexer")]
    pub fn add(&mut self, terms: Vec<String>) {
        let metrics = DocumentMetrics::global();
        metrics.terms_indexed.increment(terms.len() as u64);
        for term in terms {
            *self.terms.entry(term).or_default() += 1;
        }
        metrics.index_terms.set(self.terms.len() as f64);
    }

    /// The most frequent terms with their counts, most frequent first.
    ///
    /// ```
    /// let mut index = caxton_example::Index::default();
    /// index.add(vec!["agent".into(), "metric".into(), "agent".into()]);
    /// assert_eq!(index.top(1), [("agent", 2)]);
    /// ```
    #[must_use]
    pub fn top(&self, count: usize) -> Vec<(&str, u64)> {
        let mut terms: Vec<_> = self
            .terms
            .iter()
            .map(|(term, &n)| (term.as_str(), n))
            .collect();
        terms.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        terms.truncate(count);
        terms
    }
}

impl fmt::Display for Index {
    /// The five most frequent terms.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (term, count)) in self.top(5).into_iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{term} {count}")?;
        }
        Ok(())
    }
}

/// Indexes files, several at a time, and tells which ones could not be. Runs
/// on a Tokio runtime.
pub async fn index_files<P: AsRef<Path>>(
    paths: impl IntoIterator<Item = P>,
) -> (Index, Vec<DocumentError>) {
    let metrics = DocumentMetrics::global();
    let open = Arc::new(Semaphore::new(MAX_OPEN));
    let mut reading = JoinSet::new();
    for path in paths {
        let (path, open) = (path.as_ref().to_path_buf(), Arc::clone(&open));
        reading.spawn(async move {
            let _open = open.acquire_owned().await;
            let _in_progress = metrics.documents_in_progress.track(1);
            read(path).await
        });
    }
    let (mut index, mut failures) = (Index::default(), Vec::new());
    while let Some(outcome) = reading.join_next().await {
        match outcome {
            Ok(Ok(document)) => {
                let _in_progress = metrics.documents_in_progress.track(1);
                for paragraph in split(&document) {
                    index.add(tokenise(paragraph));
                }
            }
            Ok(Err(error)) => {
                let labels = FailureLabels::of(error.reason());
                metrics.document_failures.at(&labels).increment(1);
                failures.push(error);
            }
            // A task that panicked is counted by the attribute.
            Err(_) => {}
        }
    }
    (index, failures)
}
