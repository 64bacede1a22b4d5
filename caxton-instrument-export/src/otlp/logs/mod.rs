//! Logs: events of `tracing`, through the OpenTelemetry SDK, to a collector.

mod build;
mod filter;
mod layer;
mod processor;
mod request;
mod running;
mod weight;

use std::time::Duration;

use tracing::level_filters::LevelFilter;

use super::batch::Limits;
use super::endpoint::Endpoint;

pub(crate) use running::Running;

/// Where log records go, which, and when.
///
/// ```no_run
/// use caxton_instrument_export::otlp::{Endpoint, Logs};
/// use tracing::level_filters::LevelFilter;
///
/// # fn main() -> Result<(), caxton_instrument_export::InstallError> {
/// let collector = Endpoint::http("http://localhost:4318");
/// let telemetry = caxton_instrument_export::builder()
///     .otlp_logs(Logs::to(collector).level(LevelFilter::DEBUG))
///     .install()?;
/// tracing::info!(orders = 3, "the shop is open");
/// # Ok(())
/// # }
/// ```
///
/// Every `tracing` event becomes a record: its message is the body, its fields
/// are attributes, its target is the name of the scope. A record of an event in
/// a span that [`Traces`](super::Traces) takes has the trace's and the span's id,
/// whether the trace is sampled or not. Where it happened stands in
/// `code.file.path`, `code.line.number` and `code.module.name`.
///
/// An event never waits: it goes into a queue, and what does not fit is counted
/// in `caxton_instrument_lost_items_total`.
#[derive(Debug, Clone)]
#[must_use = "nothing is sent before `Builder::otlp_logs` takes it and `install` is called"]
pub struct Logs {
    endpoint: Endpoint,
    limits: Limits,
    filter: Option<String>,
}

impl Logs {
    /// Sends events there: 512 a request, or what there is after a second; 2048
    /// wait at most, with 32 MiB.
    pub fn to(endpoint: Endpoint) -> Self {
        Self {
            endpoint,
            limits: Limits {
                items: 2048,
                bytes: 32 << 20,
                batch: 512,
                every: Duration::from_secs(1),
            },
            filter: None,
        }
    }

    /// Which events: those of this level and above. Unless it or
    /// [`filter`](Self::filter) is called, the variable `RUST_LOG` says it, and
    /// where that is not set it is info.
    pub fn level(self, level: LevelFilter) -> Self {
        self.filter(level.to_string())
    }

    /// Which events, by target and level, as in `"info,hyper=warn"`: the
    /// [directives](https://docs.rs/tracing-subscriber/0.3/tracing_subscriber/filter/struct.EnvFilter.html#directives)
    /// of `RUST_LOG`.
    pub fn filter(mut self, directives: impl Into<String>) -> Self {
        self.filter = Some(directives.into());
        self
    }

    /// How many records wait at most, one at least.
    pub const fn queue(mut self, records: usize) -> Self {
        self.limits.items = records;
        self
    }

    /// How many bytes the waiting records take at most, roughly: their fixed
    /// parts and their texts.
    pub const fn queue_bytes(mut self, bytes: usize) -> Self {
        self.limits.bytes = bytes;
        self
    }

    /// How many records a request has at most, and how long one waits for others.
    pub const fn batch(mut self, records: usize, every: Duration) -> Self {
        self.limits.batch = records;
        self.limits.every = every;
        self
    }
}
