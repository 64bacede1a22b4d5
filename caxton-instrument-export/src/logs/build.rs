//! Starts a log.

use std::io::{self, IsTerminal as _};

use jiff::fmt::temporal::DateTimePrinter;
use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::Layer;
use tracing_subscriber::registry::LookupSpan;

use super::error::LogsError;
use super::layer::JsonLayer;
use super::line::Shape;
use super::options::{Format, Logs, Output};
use super::sampling::{Rates, Sampled, share};
use super::text;
use super::writer::{Bounds, LogGuard, Sink, Writer};
use crate::builder::Builder;
use crate::subscriber::BoxedLayer as LogLayer;

/// A line with every key and room for a message.
const LEAST_LINE: usize = 2 << 10;

/// A log that is running: its layer can be made for any subscriber.
#[derive(Debug)]
pub(crate) struct Log {
    logs: Logs,
    rates: Rates,
    writer: Writer,
    is_terminal: bool,
}

impl Logs {
    /// Opens the file, starts the thread that writes, and returns the layer for
    /// a subscriber, and the guard that keeps it running.
    ///
    /// Add the layer as it is: in a `Vec` or an `Option` of layers it is not told
    /// of its subscriber, and lines of a span that is not the current one
    /// (`parent: &span`) name no trace.
    ///
    /// # Errors
    ///
    /// A level that is none, keys that are used twice, a sample rate outside of
    /// 0 to 1, bounds that are too small, a file that cannot be opened.
    pub fn layer<S>(self) -> Result<(LogLayer<S>, LogGuard), LogsError>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        let (log, guard) = self.start()?;
        Ok((log.layer(), guard))
    }

    pub(crate) fn start(self) -> Result<(Log, LogGuard), LogsError> {
        filter(&self.level)?;
        let rates = Rates {
            debug: rate(self.debug)?,
            trace: rate(self.trace)?,
        };
        self.keys.check()?;
        self.check_bounds()?;
        let bounds = Bounds {
            lines: self.lines,
            bytes: self.bytes,
            line: self.line,
        };
        let (sink, is_terminal) = match &self.output {
            Output::Stdout => (Sink::stdout()?, io::stdout().is_terminal()),
            Output::Stderr => (Sink::stderr()?, io::stderr().is_terminal()),
            Output::File(path) => (Sink::file(path, self.rotation)?, false),
        };
        let (writer, guard) = Writer::start(sink, bounds, self.flush)?;
        let log = Log {
            logs: self,
            rates,
            writer,
            is_terminal,
        };
        Ok((log, guard))
    }

    fn check_bounds(&self) -> Result<(), LogsError> {
        let check = |what, found: u64, least: u64| {
            if found < least {
                return Err(LogsError::TooSmall { what, found, least });
            }
            Ok(())
        };
        let line = self.line as u64;
        check("a line", line, LEAST_LINE as u64)?;
        check("a buffer in bytes", self.bytes as u64, line)?;
        check("a buffer in lines", self.lines as u64, 1)?;
        match (&self.output, self.rotation) {
            (_, None) => Ok(()),
            (Output::File(_), Some(rotation)) => {
                check("a file that is rotated", rotation.bytes, line)
            }
            _ => Err(LogsError::NoFile),
        }
    }
}

impl Log {
    pub(crate) fn layer<S>(&self) -> LogLayer<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        let Self { logs, rates, .. } = self;
        // It was checked at the start.
        let filter = filter(&logs.level).unwrap_or_default();
        let time = DateTimePrinter::new().precision(Some(logs.digits));
        let (sensitive, writer) = (logs.sensitive.clone(), self.writer.clone());
        match logs.format {
            Format::Json => {
                let shape = Shape {
                    keys: logs.keys.clone(),
                    time,
                    most: writer.line_bytes(),
                };
                let json = JsonLayer::new(shape, sensitive, writer, logs.tells_spans);
                Sampled::new(json, *rates).with_filter(filter).boxed()
            }
            Format::Text => {
                let text = text::layer(time, sensitive, writer, self.is_terminal);
                Sampled::new(text, *rates).with_filter(filter).boxed()
            }
        }
    }
}

fn rate(ratio: f64) -> Result<Option<u64>, LogsError> {
    if !(0.0..=1.0).contains(&ratio) {
        return Err(LogsError::SampleRate(ratio));
    }
    Ok(share(ratio))
}

fn filter(level: &str) -> Result<EnvFilter, LogsError> {
    let failed = |reason: String| LogsError::Level {
        found: String::from(level),
        reason,
    };
    let is_word = !level.is_empty() && level.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    // Alone it would be the name of a target, and silence everything else.
    if level.trim().is_empty() || (is_word && level.parse::<LevelFilter>().is_err()) {
        return Err(failed(String::from("it names no level")));
    }
    let filter = EnvFilter::builder().parse(level);
    filter.map_err(|error| failed(error.to_string()))
}

impl Builder {
    /// Logs what the program says through `tracing`.
    ///
    /// ```no_run
    /// use caxton_instrument_export::logs::Logs;
    ///
    /// # fn main() -> Result<(), caxton_instrument_export::InstallError> {
    /// let telemetry = caxton_instrument_export::builder()
    ///     .logs(Logs::json().to_stdout().level("info"))
    ///     .install()?;
    /// tracing::info!(port = 8080, "shop is open");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// `install` sets the program's subscriber; one with a subscriber of its own
    /// calls [`without_subscriber`](Self::without_subscriber).
    pub fn logs(mut self, logs: Logs) -> Self {
        self.logs = Some(logs);
        self
    }
}
