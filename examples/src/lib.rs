//! Agents that read, split, tokenise and index documents, with everything they
//! do measured: `metrics` declares, `agents` works, `report` reads the
//! exposition and prints what happened.

mod agents;
mod metrics;
mod report;

pub use agents::{Document, DocumentError, Index, index_files, read, split, tokenise};
pub use metrics::{DocumentLabels, DocumentMetrics, FailureLabels, FailureReason, Format};
pub use report::table;
