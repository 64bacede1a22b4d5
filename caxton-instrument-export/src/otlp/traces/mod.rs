//! Traces: spans of `tracing`, through the OpenTelemetry SDK, to a collector.
//!
//! The files follow a span: a [sampler](samplers), maybe of a [file of
//! Jaeger's](strategies), chooses it when it starts, the [processor](processor)
//! takes it when it ends, [held](kept) spans wait for an error in their trace, and
//! a [request](request) carries it away.

mod build;
mod kept;
mod meta;
mod processor;
mod rate;
mod request;
mod running;
mod samplers;
mod strategies;
mod strategies_json;
mod weight;

use std::time::Duration;

use tracing::level_filters::LevelFilter;

use super::batch::Limits;
use super::endpoint::Endpoint;

pub use meta::{BySampler, SampledBy, SamplingMetrics};
pub(crate) use running::Running;
pub use samplers::Sampler;
pub use strategies::{Strategies, StrategiesError};

/// Where traces go, which, and when.
///
/// ```no_run
/// use caxton_instrument_export::otlp::{Endpoint, Sampler, Traces};
///
/// # fn main() -> Result<(), caxton_instrument_export::InstallError> {
/// let collector = Endpoint::grpc("http://localhost:4317");
/// let telemetry = caxton_instrument_export::builder()
///     .otlp_traces(Traces::to(collector).sampler(Sampler::ratio(0.1)))
///     .install()?;
/// # Ok(())
/// # }
/// ```
///
/// Every `tracing` span becomes a span of OpenTelemetry, those of
/// `#[instrument_agent]` among them. A span has an error when its
/// `otel.status_code` is `ERROR`, which an execution that fails or panics sets,
/// or when an event of level error is inside it; what it failed with, its field
/// `error`, is the status' description. `Span::follows_from` makes a link.
///
/// Ending a span never waits: it goes into a queue, and what does not fit is
/// counted in `caxton_instrument_lost_items_total`.
#[derive(Debug, Clone)]
#[must_use = "nothing is sent before `Builder::otlp_traces` takes it and `install` is called"]
pub struct Traces {
    endpoint: Endpoint,
    sampler: Sampler,
    limits: Limits,
    level: LevelFilter,
    events: bool,
}

impl Traces {
    /// Sends every trace there: 512 spans a request, or what there is after five
    /// seconds; 2048 wait at most, with 32 MiB.
    pub fn to(endpoint: Endpoint) -> Self {
        Self {
            endpoint,
            sampler: Sampler::always(),
            limits: Limits {
                items: 2048,
                bytes: 32 << 20,
                batch: 512,
                every: Duration::from_secs(5),
            },
            level: LevelFilter::INFO,
            events: true,
        }
    }

    /// Which traces; all, unless it is called.
    pub fn sampler(mut self, sampler: Sampler) -> Self {
        self.sampler = sampler;
        self
    }

    /// How many spans wait at most, one at least.
    pub const fn queue(mut self, spans: usize) -> Self {
        self.limits.items = spans;
        self
    }

    /// How many bytes the waiting spans take at most, roughly: their fixed parts
    /// and their texts. The same bound holds for those that
    /// [`Sampler::keep_errors`] holds.
    pub const fn queue_bytes(mut self, bytes: usize) -> Self {
        self.limits.bytes = bytes;
        self
    }

    /// How many spans a request has at most, and how long one waits for others.
    pub const fn batch(mut self, spans: usize, every: Duration) -> Self {
        self.limits.batch = spans;
        self.limits.every = every;
        self
    }

    /// Which `tracing` spans, and events in them, are looked at; those of level
    /// info and above, unless it is called. Independent of what is logged.
    pub const fn level(mut self, level: LevelFilter) -> Self {
        self.level = level;
        self
    }

    /// Whether `tracing` events become events of the span that they happen in;
    /// they do, unless it is called. One of level error makes its span an error
    /// only if they do. With [`Logs`](super::Logs) each is sent a second time.
    pub const fn events(mut self, events: bool) -> Self {
        self.events = events;
        self
    }
}
