//! One export: everything that there is, batch by batch, so that one batch is in
//! memory at a time and is read just before it is sent.

use std::future::Future;
use std::sync::Arc;
use std::time::SystemTime;

use caxton_instrument::recorder::{Family, HistogramValue, Series, Value};
use caxton_instrument::{MetricKind, exemplar};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use tokio::time::Instant;

use super::Snapshot;
use super::encode::{self, Point, Span, nanos};
use super::split::{Batch, Frame, Full, Limits};
use super::temporality::{Advance, Exported, Temporality};
use crate::otlp::transport::{self, Delivery, Sender};
use crate::otlp::{LossReason, SignalName, meta};

/// Series after which other tasks of the thread have their turn: well below a
/// millisecond.
const TURN: usize = 256;

/// Where requests go.
pub(super) trait Receiver: Send + Sync + 'static {
    /// Delivers a request, or says that it could not in time.
    fn deliver(
        &self,
        request: ExportMetricsServiceRequest,
        until: Instant,
    ) -> impl Future<Output = Delivery> + Send;
}

impl Receiver for Sender<transport::Metrics> {
    fn deliver(
        &self,
        request: ExportMetricsServiceRequest,
        until: Instant,
    ) -> impl Future<Output = Delivery> + Send {
        self.send(request, until)
    }
}

/// What exports have in common, and what one leaves to the next.
pub(super) struct Export<R> {
    source: Arc<dyn Snapshot>,
    receiver: R,
    temporality: Temporality,
    frame: Frame,
    limits: Limits,
    exported: Exported,
}

/// One series after another, read into the same memory.
struct Reading {
    number: Value,
    histogram: Value,
    exemplars: Vec<Option<exemplar::Exemplar>>,
    /// When the batch was begun that it is read for.
    time: u64,
}

impl<R: Receiver> Export<R> {
    pub(super) fn new(
        source: Arc<dyn Snapshot>,
        receiver: R,
        temporality: Temporality,
        frame: Frame,
        limits: Limits,
    ) -> Self {
        Self {
            source,
            receiver,
            temporality,
            frame,
            limits,
            exported: Exported::default(),
        }
    }

    /// Exports everything; whether the receiver has all of it. It may be dropped
    /// on its way: what did not arrive by then is in the next export.
    pub(super) async fn run(&mut self, until: Instant) -> bool {
        exemplar::next_interval();
        let families = self.families();
        let mut reading = Reading::new();
        let mut batch = Batch::new(self.frame.clone(), self.limits);
        let mut has_all = true;
        let mut unsent = 0;
        let mut turn = 0;
        self.exported.begin();
        for family in &families {
            let Some(metric) = encode::metric(family, self.temporality.into()) else {
                continue;
            };
            for series in family.series() {
                turn += 1;
                if turn % TURN == 0 {
                    tokio::task::yield_now().await;
                }
                if Instant::now() >= until {
                    unsent += 1;
                    self.exported.keep(family.name(), &series);
                    continue;
                }
                if batch.is_empty() {
                    reading.time = nanos(SystemTime::now());
                }
                if let Some((point, advance)) = self.read(family, &series, &mut reading)
                    && let Some(full) = batch.push(&metric, point, advance)
                {
                    has_all &= self.deliver(full, until).await;
                    reading.time = nanos(SystemTime::now());
                }
            }
        }
        if let Some(full) = batch.take() {
            has_all &= self.deliver(full, until).await;
        }
        self.exported.end();
        if unsent > 0 {
            meta::lost(SignalName::Metrics, LossReason::TimedOut, unsent);
        }
        has_all && unsent == 0
    }

    /// What is exported. A total is remembered for as long as its series lives,
    /// also while it is idle; that of one which shows again is no new one.
    fn families(&self) -> Vec<Family> {
        let shown = self.source.families();
        if self.temporality == Temporality::Cumulative {
            return shown;
        }
        let mut families = self.source.families_with_idle();
        families.retain(|family| counts(family.kind()));
        families.extend(shown.into_iter().filter(|family| !counts(family.kind())));
        families
    }

    /// Reads a series, unless it is not to be exported.
    fn read(
        &mut self,
        family: &Family,
        series: &Series<'_>,
        reading: &mut Reading,
    ) -> Option<(Point, Option<Advance>)> {
        let kind = family.kind();
        let value = match kind {
            MetricKind::Histogram => &mut reading.histogram,
            _ => &mut reading.number,
        };
        // Before the value, which then counts their samples.
        series.exemplars(&mut reading.exemplars);
        series.read(value);
        let (span, advance) = if self.temporality == Temporality::Delta && counts(kind) {
            let change = self
                .exported
                .change(family.name(), series, value, reading.time)?;
            (change.span, Some(change.advance))
        } else {
            let start = match kind {
                MetricKind::Gauge => 0,
                _ => nanos(series.created()),
            };
            // The clock may have been set back.
            let time = reading.time.max(start);
            (Span { start, time }, None)
        };
        let point = encode::point(series, family.native(), value, span, &reading.exemplars)?;
        Some((point, advance))
    }

    async fn deliver(&mut self, full: Full, until: Instant) -> bool {
        let delivery = self.receiver.deliver(full.request, until).await;
        match delivery {
            // Of the latter nobody knows which part is there; it must not come
            // twice. The rest was counted as lost.
            Delivery::Accepted | Delivery::Partly { .. } => self.exported.advance(full.advances),
            Delivery::Lost { .. } => {}
        }
        delivery == Delivery::Accepted
    }

    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.exported.len()
    }
}

/// Whether what it reads is a total.
fn counts(kind: MetricKind) -> bool {
    matches!(kind, MetricKind::Counter | MetricKind::Histogram)
}

impl Reading {
    fn new() -> Self {
        Self {
            number: Value::Counter(0),
            histogram: Value::Histogram(HistogramValue {
                buckets: Vec::new(),
                sum: 0.0,
            }),
            exemplars: Vec::new(),
            time: 0,
        }
    }
}
