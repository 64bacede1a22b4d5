//! From options to a task.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::resource::v1::Resource as ProtoResource;
use tokio::runtime::Handle;

use super::export::Export;
use super::periodic::{self, Schedule};
use super::split::{Frame, Limits};
use super::{Metrics, Snapshot, Temporality};
use crate::builder::Builder;
use crate::error::InstallError;
use crate::otlp::flush::Flusher;
use crate::otlp::transport::{self, Sender};
use crate::otlp::{SignalName, resource};
use crate::resource::Resource;

impl Builder {
    /// Exports metrics to an OpenTelemetry collector, besides what else reads
    /// them:
    ///
    /// ```no_run
    /// use caxton_instrument_export::otlp::{Endpoint, Metrics};
    ///
    /// # fn main() -> Result<(), caxton_instrument_export::InstallError> {
    /// let telemetry = caxton_instrument_export::builder()
    ///     .otlp_metrics(Metrics::to(Endpoint::http("http://localhost:4318")))
    ///     .install()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn otlp_metrics(mut self, metrics: Metrics) -> Self {
        self.otlp_metrics = Some(metrics);
        self
    }

    /// How long dropping [`Telemetry`](crate::Telemetry) may wait for what is
    /// still to be sent; 5 seconds unless it is called.
    pub fn flush_timeout(mut self, timeout: Duration) -> Self {
        self.flush_timeout = Some(timeout);
        self
    }
}

/// Metrics that are ready to be exported.
pub(crate) struct Prepared {
    sender: Sender<transport::Metrics>,
    frame: Frame,
    limits: Limits,
    temporality: Temporality,
    schedule: Schedule,
}

impl Prepared {
    /// Checks where they go to.
    pub(crate) fn new(options: &Metrics, resource: &Resource) -> Result<Self, InstallError> {
        let sender = Sender::new(&options.endpoint).map_err(|source| InstallError::Otlp {
            signal: SignalName::Metrics,
            source,
        })?;
        Ok(Self {
            sender,
            frame: frame(resource),
            limits: Limits {
                bytes: options.max_batch_bytes,
                points: options.max_batch_points,
            },
            temporality: options.temporality,
            schedule: Schedule {
                interval: options.interval,
                timeout: options.timeout,
            },
        })
    }

    /// Exports from now on.
    pub(crate) fn start(self, worker: &Handle, source: Arc<dyn Snapshot>) -> Flusher {
        let (flusher, flushes) = Flusher::new(SignalName::Metrics);
        let export = Export::new(
            source,
            self.sender,
            self.temporality,
            self.frame,
            self.limits,
        );
        worker.spawn(periodic::run(export, self.schedule, flushes));
        flusher
    }
}

pub(super) fn frame(resource: &Resource) -> Frame {
    Frame {
        resource: ProtoResource {
            attributes: resource::attributes(resource).attributes.0,
            ..ProtoResource::default()
        },
        scope: InstrumentationScope {
            name: String::from("caxton-instrument"),
            version: String::from(env!("CARGO_PKG_VERSION")),
            ..InstrumentationScope::default()
        },
    }
}
