//! The keys of `[observability.logging]`.

use std::time::Duration;

use crate::config::key::section;
use crate::config::value::{Format, Level, Levels, List, Output, Ratio, Size, Timestamps, Whole};

section! {
    /// Log lines: what is written, how and where.
    Logging {
        /// Whether log lines are written. Unset: if `level`, `format` or `output` is set, since a
        /// program may have logs of its own.
        enabled: bool,
        /// From which level on.
        level: Level = Level::Info,
        /// Other levels for targets, which are modules mostly: `{ hyper = "warn" }`.
        levels: Levels,
        /// From which level on telemetry says what happens to itself. Unset: as all others.
        telemetry_level: Level; otel("OTEL_LOG_LEVEL"),
        /// What a line looks like.
        format: Format = Format::Json,
        /// Where lines go.
        output: Output = Output::Stdout,
        /// Begins a new file where a line would make one larger. Unset: never.
        rotate_size: Size,
        /// How many old files are kept.
        rotate_keep: Whole<1, 1_000> = Whole::new(4),
        /// Whether a line in a trace has the trace's id.
        include_trace_id: bool = true,
        /// Whether it has the span's id.
        include_span_id: bool = true,
        /// Whether a line has the module, or other target, that it comes from.
        include_target: bool = true,
        /// Whether a line has its source file and line.
        include_caller: bool = true,
        /// How the time is written.
        timestamp_format: Timestamps = Timestamps::Rfc3339,
        /// Digits after the second.
        timestamp_digits: Whole<0, 9> = Whole::new(3),
        /// The key of the time.
        timestamp_key: String = String::from("timestamp"),
        /// The key of the level.
        level_key: String = String::from("level"),
        /// The key of the message.
        message_key: String = String::from("message"),
        /// The key of the target.
        target_key: String = String::from("target"),
        /// The key of the source file and line.
        caller_key: String = String::from("caller"),
        /// The key of the trace's id.
        trace_id_key: String = String::from("trace_id"),
        /// The key of the span's id.
        span_id_key: String = String::from("span_id"),
        /// Names of fields whose values are never written, beside those that never are, such
        /// as `password`.
        sensitive_fields: List<String>,
        /// The share of lines of level `debug` that is written.
        debug_sample_rate: Ratio = Ratio::ONE,
        /// The share of lines of level `trace` that is written. The share of *traces* is
        /// `sample_ratio` of `[observability.traces]`.
        trace_sample_rate: Ratio = Ratio::ONE,
        /// Also writes a line when a span ends, with its duration.
        span_ends: bool = false,
        /// How many lines may wait to be written; what comes then is lost, and counted.
        buffer_lines: Whole<1, 10_000_000> = Whole::new(65_536),
        /// How many bytes they may have.
        buffer_size: Size = Size::mebibytes(8),
        /// How long a line may be; a longer one is cut.
        line_size: Size = Size::bytes(64 << 10),
        /// How long a log record waits for others, to be sent to a collector together.
        batch_delay: Duration = Duration::from_secs(1); otel("OTEL_BLRP_SCHEDULE_DELAY"); needs("otlp"),
        /// How many are sent together.
        batch_size: Whole<1, 1_000_000> = Whole::new(512);
            otel("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE"); needs("otlp"),
        /// How many wait at most to be sent; what comes then is lost, and counted.
        queue_size: Whole<1, 10_000_000> = Whole::new(2_048);
            otel("OTEL_BLRP_MAX_QUEUE_SIZE"); needs("otlp"),
        /// How much memory they take at most.
        queue_bytes: Size = Size::mebibytes(32); needs("otlp"),
        /// How long one batch may take to be sent, with what is sent again. Unset:
        /// `otlp_retry_for` of `[observability]`.
        batch_timeout: Duration; otel("OTEL_BLRP_EXPORT_TIMEOUT"); needs("otlp"),
    }
}
