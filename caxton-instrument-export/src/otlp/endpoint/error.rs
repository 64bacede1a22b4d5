//! What is wrong with an endpoint, and what to write instead.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why telemetry cannot be sent to an endpoint, known before anything is sent.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// The address is none.
    #[error("endpoint `{endpoint}`: {reason}; write {instead}")]
    Address {
        /// The address as given, without what may be secret in it.
        endpoint: String,
        /// What is wrong with it.
        reason: String,
        /// What to write.
        instead: String,
    },
    /// A header cannot be sent.
    #[error("endpoint `{endpoint}`: header `{name}` {reason}")]
    Header {
        /// The address.
        endpoint: String,
        /// The header's name.
        name: String,
        /// What is wrong with it, and what to do.
        reason: &'static str,
    },
    /// A duration with which nothing would be sent.
    #[error("endpoint `{endpoint}`: {reason}")]
    Duration {
        /// The address.
        endpoint: String,
        /// Which one, and what to write.
        reason: &'static str,
    },
    /// A file of certificates or a key cannot be read.
    #[error("endpoint `{endpoint}`: cannot read the {what} `{path}`: {source}; {hint}")]
    File {
        /// The address.
        endpoint: String,
        /// What the file is for.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
        /// What to do.
        hint: &'static str,
    },
    /// A file is not what it should be.
    #[error("endpoint `{endpoint}`: the {what} `{path}` {reason}")]
    Pem {
        /// The address.
        endpoint: String,
        /// What the file is for.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and what to write.
        reason: String,
    },
    /// TLS cannot be set up.
    #[error("endpoint `{endpoint}`: {reason}")]
    Tls {
        /// The address.
        endpoint: String,
        /// Why, and what to do.
        reason: String,
    },
}
