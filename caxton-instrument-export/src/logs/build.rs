//! Starts a log.

use std::io::{self, IsTerminal as _};

use jiff::fmt::temporal::DateTimePrinter;
use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

use super::error::LogsError;
use super::layer::JsonLayer;
use super::line::Shape;
use super::options::{Format, Logs, Output};
use super::sampling::{Rates, Sampled, share};
use super::text;
use super::writer::{Bounds, LogGuard, Sink, Writer};
use crate::builder::Builder;

/// A layer for a subscriber of one's own.
pub type LogLayer<S> = Box<dyn Layer<S> + Send + Sync>;

/// A line with every key and room for a message.
const LEAST_LINE: usize = 2 << 10;

impl Logs {
    /// Opens the file, starts the thread that writes, and returns the layer for
    /// a subscriber, and the guard that keeps it running.
    ///
    /// # Errors
    ///
    /// A level that is none, keys that are used twice, a sample rate outside of
    /// 0 to 1, bounds that are too small, a file that cannot be opened.
    pub fn layer<S>(self) -> Result<(LogLayer<S>, LogGuard), LogsError>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        let filter = filter(&self.level)?;
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
            Output::File { path, rotation } => (Sink::file(path, *rotation)?, false),
        };
        let (writer, guard) = Writer::start(sink, bounds, self.flush)?;
        let time = DateTimePrinter::new().precision(Some(self.digits));
        let layer: LogLayer<S> = match self.format {
            Format::Json => {
                let shape = Shape {
                    keys: self.keys,
                    time,
                    most: writer.line_bytes(),
                };
                let json = JsonLayer::new(shape, self.sensitive, writer, self.tells_spans);
                Sampled::new(json, rates).with_filter(filter).boxed()
            }
            Format::Text => {
                let text = text::layer(time, self.sensitive, writer, is_terminal);
                Sampled::new(text, rates).with_filter(filter).boxed()
            }
        };
        Ok((layer, guard))
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
        match &self.output {
            Output::File {
                rotation: Some(rotation),
                ..
            } => check("a file that is rotated", rotation.bytes, line),
            _ => Ok(()),
        }
    }
}

/// Starts the log of a program that has no subscriber.
pub(crate) fn install(logs: Logs) -> Result<LogGuard, LogsError> {
    let (layer, guard) = logs.layer()?;
    let subscriber = tracing_subscriber::registry().with(layer);
    let installed = tracing::subscriber::set_global_default(subscriber);
    installed.map_err(|_| LogsError::OtherSubscriber)?;
    Ok(guard)
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
    /// `install` makes it the program's subscriber; a program with a subscriber
    /// of its own adds the layer of [`Logs::layer`] to that instead.
    pub fn logs(mut self, logs: Logs) -> Self {
        self.logs = Some(logs);
        self
    }
}
