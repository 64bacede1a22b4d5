//! Lines for people, as `tracing-subscriber` writes them.

use std::fmt::{self, Write as _};
use std::time::SystemTime;

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::format::{FormatFields, Writer as FieldWriter};
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::Layer;
use tracing_subscriber::registry::LookupSpan;

use super::fields::MESSAGE;
use super::sensitive::{Names, REDACTED};
use super::writer::Writer;

pub(super) fn layer<S>(
    time: DateTimePrinter,
    sensitive: Names,
    writer: Writer,
    is_terminal: bool,
) -> impl Layer<S> + Send + Sync
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    tracing_subscriber::fmt::layer()
        .with_ansi(is_terminal)
        .with_timer(Time(time))
        .fmt_fields(TextFields(sensitive))
        .log_internal_errors(false)
        .with_writer(writer)
}

struct Time(DateTimePrinter);

impl FormatTime for Time {
    fn format_time(&self, out: &mut FieldWriter<'_>) -> fmt::Result {
        let now = Timestamp::try_from(SystemTime::now()).unwrap_or(Timestamp::UNIX_EPOCH);
        let printed = self.0.print_timestamp(&now, jiff::fmt::StdFmtWrite(out));
        printed.map_err(|_| fmt::Error)
    }
}

/// `name=value`, without secrets and without control characters, so that a
/// value is no second line and no command to a terminal.
struct TextFields(Names);

impl<'w> FormatFields<'w> for TextFields {
    fn format_fields<R: RecordFields>(&self, writer: FieldWriter<'w>, fields: R) -> fmt::Result {
        let mut text = Text {
            out: writer,
            sensitive: &self.0,
            is_first: true,
            result: Ok(()),
        };
        fields.record(&mut text);
        text.result
    }
}

struct Text<'w, 'n> {
    out: FieldWriter<'w>,
    sensitive: &'n Names,
    is_first: bool,
    result: fmt::Result,
}

impl Text<'_, '_> {
    fn write(&mut self, field: &Field, value: fmt::Arguments<'_>) -> fmt::Result {
        if !std::mem::take(&mut self.is_first) {
            self.out.write_char(' ')?;
        }
        if field.name() != MESSAGE {
            write!(Visible(&mut self.out), "{}=", field.name())?;
        }
        if self.sensitive.contains(field.name()) {
            self.out.write_str(REDACTED)
        } else {
            Visible(&mut self.out).write_fmt(value)
        }
    }
}

impl Visit for Text<'_, '_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if self.result.is_ok() {
            self.result = self.write(field, format_args!("{value:?}"));
        }
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        if self.result.is_ok() {
            self.result = self.write(field, format_args!("{value}"));
        }
    }
}

/// Shows control characters instead of obeying them.
struct Visible<W>(W);

impl<W: fmt::Write> fmt::Write for Visible<W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for part in text.split_inclusive(char::is_control) {
            match part.chars().next_back() {
                Some(last) if last.is_control() => {
                    self.0.write_str(&part[..part.len() - last.len_utf8()])?;
                    write!(self.0, "{}", last.escape_default())?;
                }
                _ => self.0.write_str(part)?,
            }
        }
        Ok(())
    }
}
