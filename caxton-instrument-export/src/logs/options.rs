//! What is logged, how and where.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::keys::Keys;
use super::sensitive::Names;
use super::writer::Rotation;

/// What is logged, how and where. See the [module](super).
#[derive(Debug, Clone)]
#[must_use = "a log starts with `Logs::layer` or `Builder::logs`"]
pub struct Logs {
    pub(super) format: Format,
    pub(super) output: Output,
    pub(super) rotation: Option<Rotation>,
    pub(super) level: String,
    pub(super) keys: Keys,
    pub(super) digits: u8,
    pub(super) sensitive: Names,
    pub(super) debug: f64,
    pub(super) trace: f64,
    pub(super) lines: usize,
    pub(super) bytes: usize,
    pub(super) line: usize,
    pub(super) flush: Duration,
    pub(super) tells_spans: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Text,
}

#[derive(Debug, Clone)]
pub(super) enum Output {
    Stdout,
    Stderr,
    File(PathBuf),
}

impl Logs {
    /// One JSON object a line, to standard output, from level `info` up.
    pub fn json() -> Self {
        Self {
            format: Format::Json,
            output: Output::Stdout,
            rotation: None,
            level: String::from("info"),
            keys: Keys::default(),
            digits: 3,
            sensitive: Names::default(),
            debug: 1.0,
            trace: 1.0,
            lines: 65_536,
            bytes: 8 << 20,
            line: 64 << 10,
            flush: Duration::from_secs(2),
            tells_spans: false,
        }
    }

    /// Lines for people, in colour on a terminal.
    pub fn text() -> Self {
        Self {
            format: Format::Text,
            ..Self::json()
        }
    }

    /// Writes to standard output.
    pub fn to_stdout(mut self) -> Self {
        self.output = Output::Stdout;
        self
    }

    /// Writes to standard error.
    pub fn to_stderr(mut self) -> Self {
        self.output = Output::Stderr;
        self
    }

    /// Appends to a file.
    pub fn to_file(mut self, path: impl AsRef<Path>) -> Self {
        self.output = Output::File(path.as_ref().into());
        self
    }

    /// Begins a new file where a line would make the one of
    /// [`to_file`](Self::to_file) larger than so many bytes, and keeps so many
    /// old ones: `shop.log.1`, the youngest, to `shop.log.N`.
    ///
    /// ```
    /// use caxton_instrument_export::logs::Logs;
    ///
    /// let logs = Logs::json().to_file("/var/log/shop.log").rotate(100 << 20, 4);
    /// # _ = logs;
    /// ```
    pub fn rotate(mut self, bytes: u64, keep: u32) -> Self {
        self.rotation = Some(Rotation { bytes, keep });
        self
    }

    /// What is logged: a level, or levels by target, as in
    /// `info,shop::orders=debug`; the syntax is that of
    /// [`EnvFilter`](tracing_subscriber::EnvFilter). It is also a filter of
    /// spans: fields of a `debug` span are on no line of a log at `info`.
    pub fn level(mut self, level: impl Into<String>) -> Self {
        self.level = level.into();
        self
    }

    /// The keys of JSON lines.
    pub fn keys(mut self, keys: Keys) -> Self {
        self.keys = keys;
        self
    }

    /// Digits after the second of each timestamp, at most 9. Three unless it is
    /// called.
    pub fn subsecond_digits(mut self, digits: u8) -> Self {
        self.digits = digits.min(9);
        self
    }

    /// Names of fields that are written as `[redacted]`, beside those that
    /// always are. See [secrets](super#secrets).
    pub fn sensitive<I>(mut self, names: I) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
    {
        for name in names {
            self.sensitive.add(name.into());
        }
        self
    }

    /// The share of `debug` lines that is written, between 0 and 1. Lines of one
    /// OpenTelemetry trace are written or left out together, also across
    /// processes. `caxton_instrument_log_lines_sampled_out_total` counts the
    /// rest by level.
    pub fn debug_sample_rate(mut self, ratio: f64) -> Self {
        self.debug = ratio;
        self
    }

    /// The same for `trace` lines.
    pub fn trace_sample_rate(mut self, ratio: f64) -> Self {
        self.trace = ratio;
        self
    }

    /// How many lines, and how many bytes of them, may wait to be written.
    /// 65,536 lines and 8 MiB unless it is called.
    pub fn buffer(mut self, lines: usize, bytes: usize) -> Self {
        (self.lines, self.bytes) = (lines, bytes);
        self
    }

    /// How many bytes a line may have, its end included. 64 KiB unless it is
    /// called; 2 KiB at least.
    pub fn line_bytes(mut self, bytes: usize) -> Self {
        self.line = bytes;
        self
    }

    /// How long the guard waits when it is dropped for what is still to be
    /// written. Two seconds unless it is called.
    pub fn flush_within(mut self, within: Duration) -> Self {
        self.flush = within;
        self
    }

    /// Also writes a JSON line when a span ends: its name is the message, and
    /// `duration_ms` says how long it was open, in milliseconds.
    pub fn span_ends(mut self) -> Self {
        self.tells_spans = true;
        self
    }
}
