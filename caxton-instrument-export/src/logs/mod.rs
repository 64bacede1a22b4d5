//! Logs: what the program says through [`tracing`], one JSON object a line, on
//! standard output or in a file.
//!
//! ```
//! use caxton_instrument_export::logs::{Keys, Logs};
//! use tracing_subscriber::prelude::*;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = std::env::temp_dir().join(format!("caxton-log-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! # let path = folder.join("shop.log");
//! let (layer, log) = Logs::json()
//!     .to_file(&path)
//!     .level("info,shop::orders=debug")
//!     .keys(Keys::short())
//!     .sensitive(["iban"])
//!     .layer()?;
//! tracing_subscriber::registry().with(layer).init();
//!
//! let request = tracing::info_span!("request", request_id = "abc123");
//! request.in_scope(|| tracing::info!(items = 15, iban = "DE02", duration_ms = 45, "order taken"));
//!
//! drop(log); // writes what waits
//! let line: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path)?)?;
//! assert_eq!(line["level"], "info");
//! assert_eq!(line["msg"], "order taken");
//! assert_eq!(line["request_id"], "abc123");
//! assert_eq!(line["items"], 15);
//! assert_eq!(line["iban"], "[redacted]");
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok(())
//! # }
//! ```
//!
//! With [`builder`](crate::builder), `Builder::logs` does the same.
//!
//! # A line
//!
//! Its keys are those of [`Keys`], then the event's fields, then those of the
//! spans around it, from the innermost out; of fields with one name the
//! innermost counts, and no key is written twice. A field that is named like a
//! key gets an underscore: a field `level` is written as `level_`. The keys of
//! the ids count as taken where there are ids. Fields `otel.*` instruct the layer
//! of OpenTelemetry and are on no line.
//!
//! Numbers and `bool`s are JSON numbers and literals; numbers past 64 bits, NaN
//! and infinities are strings, as is everything else. Control characters are
//! escaped, those above ASCII too. A line has at most
//! [`line_bytes`](Logs::line_bytes) bytes: longer values are cut, fields that do
//! not fit left out, and then it says `"line_truncated":true`.
//!
//! With feature `otlp` a line names the OpenTelemetry trace and span that it
//! belongs to, sampled or not, in JSON; the text format names none.
//!
//! # Secrets
//!
//! A field whose name, or its part behind the last dot, is `password`,
//! `authorization`, `cookie`, `token` or the like, or one of
//! [`sensitive`](Logs::sensitive), is written as `[redacted]`, in any case of
//! letters. That goes by the name of the field alone: a struct with a member
//! `password` that is logged with `?login`, or a message with a secret in it,
//! is written as its `Debug` prints it. [`Sensitive`] keeps a value out of those
//! too, and out of every other layer.
//!
//! # What is lost
//!
//! Lines wait in a buffer of [bounded](Logs::buffer) size for a thread of their
//! own; nobody who logs waits for a disk. What finds no room is lost. On a full
//! disk the thread tries again, for as long as it takes; after a pipe was closed
//! at its other end what waits is lost, and the next lines are tried again.
//! `caxton_instrument_log_lines_lost_total` counts by reason (`buffer_full`,
//! `disk_full`, `closed_pipe`, `write_failed`, `shutdown`), and standard error
//! tells each kind of failure once.
//!
//! # Files
//!
//! A file is appended to. Where its path leads to another file, or to none,
//! because somebody moved it away, it is opened anew before the next line; no
//! signal is needed. [`rotate`](Logs::rotate) bounds its size.

mod build;
mod error;
mod fields;
mod ids;
mod json;
mod keys;
mod layer;
mod line;
mod meta;
mod options;
mod sampling;
mod sensitive;
mod text;
mod writer;

pub use crate::subscriber::BoxedLayer as LogLayer;
pub(crate) use build::Log;
pub use error::LogsError;
pub use keys::Keys;
pub use meta::LostReason;
pub use options::Logs;
pub use sensitive::Sensitive;
pub use writer::LogGuard;
