//! One word of a few.

use serde_json::{Value as Json, json};

use super::{Problem, Value, either, nearest};
use crate::config::node::{Data, Node, quoted};
use crate::config::reading::Reading;

macro_rules! choices {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident, $kind:literal {
            $($(#[doc = $word_doc:literal])+ $variant:ident = $word:literal $(or $other:literal)*,)+
        }
    )+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[doc = $word_doc])+ $variant,)+
        }

        impl $name {
            const WORDS: &'static [&'static str] = &[$($word),+];

            /// As it is written.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl Value for $name {
            const KIND: &'static str = $kind;

            fn allowed() -> String {
                either(Self::WORDS)
            }

            fn schema() -> Json {
                json!({ "enum": Self::WORDS })
            }

            fn toml(&self) -> String {
                quoted(self.as_str())
            }

            fn scalar(data: &Data) -> Result<Self, Problem> {
                let Data::Text(text) = data else {
                    return Err(Problem::text(data, $kind));
                };
                let lower = text.trim().to_ascii_lowercase();
                let meant = match lower.as_str() {
                    $($word $(| $other)* => Some(Self::$variant),)+
                    _ => None,
                };
                match meant {
                    Some(meant) if meant.as_str() == text => Ok(meant),
                    meant => {
                        let meant = meant.map(Self::as_str);
                        let near = meant.or_else(|| nearest(text, Self::WORDS.iter().copied()));
                        let problem = Problem::kind($kind);
                        Err(match near {
                            Some(near) => problem.write(quoted(near)),
                            None => problem,
                        })
                    }
                }
            }

            fn variable(text: &str, reading: &mut Reading<'_>) -> Option<Self> {
                Self::of(&Node::of_text(&text.trim().to_ascii_lowercase()), reading)
            }
        }
    )+};
}

choices! {
    /// How telemetry is sent to a collector.
    Protocol, "protocol" {
        /// gRPC.
        Grpc = "grpc",
        /// Protobuf over HTTP.
        Http = "http/protobuf" or "http" or "http/json" or "https" or "protobuf",
    }
    /// How what is sent is compressed.
    Compression, "compression" {
        /// Not.
        None = "none" or "off" or "",
        /// gzip.
        Gzip = "gzip" or "gz",
        /// Zstandard.
        Zstd = "zstd" or "zst" or "zstandard",
    }
    /// Whether counters are sent as totals or as what was added since.
    Temporality, "temporality" {
        /// Totals since the start.
        Cumulative = "cumulative",
        /// What came since the last export.
        Delta = "delta",
        /// What takes the least memory where it is made: here as delta.
        LowMemory = "lowmemory" or "low_memory",
    }
    /// Which traces are kept, by the names of
    /// [OpenTelemetry](https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration).
    Sampler, "sampler" {
        /// All.
        AlwaysOn = "always_on",
        /// None.
        AlwaysOff = "always_off",
        /// A share.
        TraceIdRatio = "traceidratio" or "trace_id_ratio" or "ratio",
        /// As the caller decided; all that begin here.
        ParentBasedAlwaysOn = "parentbased_always_on",
        /// As the caller decided; none that begin here.
        ParentBasedAlwaysOff = "parentbased_always_off",
        /// As the caller decided; a share of those that begin here.
        ParentBasedTraceIdRatio = "parentbased_traceidratio" or "parentbased_ratio",
    }
    /// How much is logged.
    Level, "level" {
        /// Nothing.
        Off = "off" or "none",
        /// Errors.
        Error = "error" or "err" or "fatal" or "critical",
        /// And warnings.
        Warn = "warn" or "warning",
        /// And what happens.
        Info = "info" or "information" or "notice",
        /// And how.
        Debug = "debug",
        /// Everything.
        Trace = "trace" or "all" or "verbose",
    }
    /// What a log line looks like.
    Format, "format" {
        /// A JSON object.
        Json = "json",
        /// For a person.
        Text = "text" or "plain" or "pretty" or "logfmt",
    }
    /// How a log line states the time.
    Timestamps, "timestamp format" {
        /// `2026-01-15T10:30:45.123Z`.
        Rfc3339 = "rfc3339" or "iso8601" or "rfc_3339",
    }
    /// How the context of a trace goes from one service to another.
    Propagator, "propagator" {
        /// `traceparent` and `tracestate`.
        TraceContext = "tracecontext" or "trace_context" or "w3c",
        /// `baggage`.
        Baggage = "baggage",
        /// Not at all.
        None = "none",
    }
}
