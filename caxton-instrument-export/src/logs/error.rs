//! Why there is no log, and what to do about it.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why a log was not started.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LogsError {
    /// Two members of a line have one key.
    #[error("the log's key `{0}` is used twice: give each of them a key of its own")]
    SameKey(String),
    /// A key is empty or too long.
    #[error("`{0}` cannot be a key of the log: write 1 to 64 bytes")]
    Key(String),
    /// The level is none.
    #[error(
        "`{found}` is no level: {reason}; write `error`, `warn`, `info`, `debug`, `trace` or `off`, \
         alone or for a part of the program, as in `info,shop::orders=debug`"
    )]
    Level {
        /// What was given.
        found: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A sample rate is outside of 0 to 1.
    #[error("a sample rate of {0} is none: write a share between 0 and 1, as in 0.01")]
    SampleRate(f64),
    /// A bound on the buffer, on a line or on a file is too small to log at all.
    #[error("{what} of {found} is too small: write at least {least}")]
    TooSmall {
        /// The bound.
        what: &'static str,
        /// What was given.
        found: u64,
        /// What is needed.
        least: u64,
    },
    /// Rotation of what is no file.
    #[error("only a log to a file is rotated: name one with `Logs::to_file`, or rotate nothing")]
    NoFile,
    /// The file is not opened.
    #[error("cannot write the log to {}: {source}; {hint}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
        /// What to do.
        hint: &'static str,
    },
    /// The standard output is not there.
    #[error("cannot write the log to {name}: {source}; open it, or log to a file")]
    Stream {
        /// Which one.
        name: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// The system gives no thread.
    #[error("cannot start the thread `{name}`: {source}; raise the limit on threads")]
    Thread {
        /// The thread's name.
        name: &'static str,
        /// What the system says.
        source: io::Error,
    },
}
