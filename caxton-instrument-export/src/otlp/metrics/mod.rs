//! Metrics to a collector: the series that a scrape reads, in OTLP.
//!
//! ```text
//! build        options to a task on the export's thread
//! periodic     when: on an interval, on demand, at the end
//! export       one export: what there is, batch by batch
//! temporality  totals, or differences to what arrived before
//! encode       series to data points
//! split        data points to requests that a receiver takes
//! meta         what the exports say about themselves
//! ```

mod build;
mod encode;
mod export;
mod meta;
mod periodic;
mod split;
mod temporality;

#[cfg(test)]
mod tests;

use std::time::Duration;

use caxton_instrument::recorder::Family;

use super::Endpoint;

pub use meta::MetricsExportMetrics;
pub use temporality::Temporality;

pub(crate) use build::Prepared;

/// As the specification of OpenTelemetry has it for
/// [periodic readers](https://opentelemetry.io/docs/specs/otel/metrics/sdk/#periodic-exporting-metricreader).
const INTERVAL: Duration = Duration::from_secs(60);
const TIMEOUT: Duration = Duration::from_secs(30);

/// An interval shorter than this is no interval.
const MIN_INTERVAL: Duration = Duration::from_millis(10);

/// What a gRPC receiver takes unless it is told otherwise.
const MAX_BATCH_BYTES: usize = 4 << 20;
/// The size of batches that collectors make by themselves.
const MAX_BATCH_POINTS: usize = 8_192;

/// Exports metrics to an OpenTelemetry collector: [`Builder::otlp_metrics`].
///
/// They are read from the cells that `/metrics` reads: sums and histograms
/// with the time when each series began, exponential histograms of those that
/// are declared native, gauges, exemplars. Names are those of the exposition,
/// `shop_order_duration_seconds` and `shop_orders_total`; the rules by which
/// OpenTelemetry is translated into Prometheus give the same names again.
/// Declared units are in [UCUM](https://ucum.org/ucum), `s` or `By`.
///
/// ```no_run
/// use std::time::Duration;
///
/// use caxton_instrument_export::otlp::{Endpoint, Metrics};
///
/// # fn main() -> Result<(), caxton_instrument_export::InstallError> {
/// let metrics = Metrics::to(Endpoint::grpc("http://localhost:4317"))
///     .interval(Duration::from_secs(15));
/// let telemetry = caxton_instrument_export::builder()
///     .otlp_metrics(metrics)
///     .install()?;
/// # Ok(())
/// # }
/// ```
///
/// One export runs at a time. While the collector hangs, intervals are skipped,
/// and counted in `caxton_instrument_metric_exports_skipped_total`; the next
/// export has what they would have had. Memory is bounded by one batch, and by
/// what [`Temporality::Delta`] remembers.
///
/// [`Builder::otlp_metrics`]: crate::Builder::otlp_metrics
#[derive(Debug, Clone)]
#[must_use = "nothing is exported before `Builder::otlp_metrics` has it"]
pub struct Metrics {
    pub(crate) endpoint: Endpoint,
    interval: Duration,
    timeout: Duration,
    temporality: Temporality,
    max_batch_bytes: usize,
    max_batch_points: usize,
}

impl Metrics {
    /// Every minute, as totals.
    pub fn to(endpoint: Endpoint) -> Self {
        Self {
            endpoint,
            interval: INTERVAL,
            timeout: TIMEOUT,
            temporality: Temporality::default(),
            max_batch_bytes: MAX_BATCH_BYTES,
            max_batch_points: MAX_BATCH_POINTS,
        }
    }

    /// The time from one export to the next, 60 seconds unless it is called;
    /// at least 10 milliseconds.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval.max(MIN_INTERVAL);
        self
    }

    /// The time that one export may take, with all its batches and with what is
    /// tried again; 30 seconds unless it is called. The time of one attempt is
    /// [`Endpoint::timeout`].
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Totals or differences; totals unless it is called.
    pub fn temporality(mut self, temporality: Temporality) -> Self {
        self.temporality = temporality;
        self
    }

    /// The bytes of one request before it is compressed, at most: as many as the
    /// receiver takes, 4 MiB unless it is called, as with gRPC. A series that is
    /// larger by itself is sent all the same.
    pub fn max_batch_bytes(mut self, bytes: usize) -> Self {
        self.max_batch_bytes = bytes;
        self
    }

    /// The data points of one request, at most; 8,192 unless it is called.
    pub fn max_batch_points(mut self, points: usize) -> Self {
        self.max_batch_points = points.max(1);
        self
    }
}

/// What there is to export: what a scrape would read.
pub(crate) trait Snapshot: Send + Sync {
    /// Every family, by name.
    fn families(&self) -> Vec<Family>;

    /// The same with series that a scrape leaves out because they are idle.
    fn families_with_idle(&self) -> Vec<Family>;
}
