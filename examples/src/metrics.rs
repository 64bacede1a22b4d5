//! What the agents count beside their own executions.

use std::path::Path;

use caxton_instrument::prelude::*;

/// What a document is written in, by its file name.
#[derive(LabelValue, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `.md`
    Markdown,
    /// `.rs`
    Rust,
    /// `.txt` and files without an extension.
    Text,
    /// Anything else.
    Other,
}

impl Format {
    /// The format that a file's name tells.
    ///
    /// ```
    /// use caxton_example::Format;
    ///
    /// assert_eq!(Format::of("README.md".as_ref()), Format::Markdown);
    /// ```
    #[must_use]
    pub fn of(path: &Path) -> Self {
        match path
            .extension()
            .map(|extension| extension.to_string_lossy())
        {
            None => Self::Text,
            Some(extension) => match &*extension {
                "md" => Self::Markdown,
                "rs" => Self::Rust,
                "txt" => Self::Text,
                _ => Self::Other,
            },
        }
    }
}

/// Why a document was not indexed.
#[derive(LabelValue, Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureReason {
    /// The file could not be opened or read.
    Unreadable,
    /// The file is no text.
    NotUtf8,
}

/// Labels of a document that was read.
#[derive(LabelSet)]
pub struct DocumentLabels {
    /// What the document is written in.
    format: Format,
}

/// Labels of a document that was not.
#[derive(LabelSet)]
pub struct FailureLabels {
    /// Why the document was not indexed.
    reason: FailureReason,
}

/// Documents on their way into the index.
#[derive(MetricSet)]
#[metric_set(namespace = "caxton")]
pub struct DocumentMetrics {
    /// Documents read, by what they are written in.
    pub documents_read: Counter<DocumentLabels>,
    /// Documents that could not be indexed, by reason.
    pub document_failures: Counter<FailureLabels>,
    /// Size of each document that was read.
    #[metric(unit = bytes, buckets = [256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576])]
    pub document_size: Histogram<DocumentLabels>,
    /// Documents being read or indexed right now.
    pub documents_in_progress: Gauge,
    /// Terms put into the index, repeated ones counted each time.
    pub terms_indexed: Counter,
    /// Distinct terms that the index holds.
    #[metric(stability = experimental)]
    pub index_terms: Gauge,
}
