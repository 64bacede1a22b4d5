//! From the builder's options to running exports: everything is checked, and
//! the thread is there, before the recorder is installed; nothing is sent before
//! that.

use std::sync::Arc;

use tracing_subscriber::registry::LookupSpan;

use super::flush::{self, Exports};
use super::metrics::{self, Snapshot};
use super::worker::{self, Worker};
use super::{logs, traces};
use crate::builder::Builder;
use crate::error::InstallError;
use crate::resource::Resource;
use crate::subscriber::BoxedLayer;

/// What goes through the `tracing` subscriber.
#[derive(Debug, Default)]
pub(crate) struct Layers {
    traces: Option<traces::Running>,
    logs: Option<logs::Running>,
}

/// Signals that are ready to be sent.
pub(crate) struct Signals {
    exports: Exports,
    metrics: Option<metrics::Prepared>,
    layers: Layers,
}

impl Signals {
    /// Checks the options; `None` if nothing is to be exported.
    pub(crate) fn prepare(builder: &Builder) -> Result<Option<Self>, InstallError> {
        if builder.otlp_metrics.is_none() && !has_layers(builder) {
            return Ok(None);
        }
        let resource = builder.resource.clone().unwrap_or_else(of_executable);
        let metrics = match &builder.otlp_metrics {
            Some(metrics) => Some(metrics::Prepared::new(metrics, &resource)?),
            None => None,
        };
        let worker = Worker::start().map_err(|source| InstallError::Thread {
            name: worker::THREAD,
            source,
        })?;
        let timeout = builder.flush_timeout.unwrap_or(flush::TIMEOUT);
        let mut exports = Exports::new(worker, timeout);
        let runtime = exports.handle();
        let mut layers = Layers::default();
        if let Some(traces) = builder.otlp_traces.clone() {
            let traces = traces.start(&resource, &runtime)?;
            exports.join(traces.flusher().clone());
            layers.traces = Some(traces);
        }
        if let Some(logs) = builder.otlp_logs.clone() {
            let logs = logs.start(&resource, &runtime)?;
            exports.join(logs.flusher().clone());
            layers.logs = Some(logs);
        }
        Ok(Some(Self {
            exports,
            metrics,
            layers,
        }))
    }

    /// Begins to export what the source has.
    pub(crate) fn start(self, source: Arc<dyn Snapshot>) -> (Exports, Layers) {
        let mut exports = self.exports;
        if let Some(metrics) = self.metrics {
            let flusher = metrics.start(&exports.handle(), source);
            exports.join(flusher);
        }
        (exports, self.layers)
    }
}

/// Whether something is to go through the `tracing` subscriber.
pub(crate) const fn has_layers(builder: &Builder) -> bool {
    builder.otlp_traces.is_some() || builder.otlp_logs.is_some()
}

impl Layers {
    pub(crate) fn boxed<S>(&self) -> Vec<BoxedLayer<S>>
    where
        S: tracing::Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let traces = self.traces.as_ref().map(traces::Running::layer);
        let logs = self.logs.as_ref().map(logs::Running::layer);
        traces.into_iter().chain(logs).collect()
    }

    /// Sets the tracer of those who do without `tracing`.
    pub(crate) fn set_global(&self) {
        if let Some(traces) = &self.traces {
            opentelemetry::global::set_tracer_provider(traces.provider().clone());
        }
    }

    /// Tells what is likely a mistake, to whoever looks at logs by now.
    pub(crate) fn warn(&self) {
        let warnings = self
            .traces
            .as_ref()
            .map_or(&[][..], traces::Running::warnings);
        for warning in warnings {
            tracing::warn!(target: "caxton_instrument", "sampling strategies: {warning}");
        }
    }
}

/// The resource of a program that does not say who it is, named as the
/// [semantic conventions](https://opentelemetry.io/docs/specs/semconv/resource/#service)
/// ask.
fn of_executable() -> Resource {
    let name = std::env::current_exe().ok();
    let name = name
        .as_ref()
        .and_then(|path| path.file_stem())
        .map(|name| name.to_string_lossy());
    Resource::new(
        match name {
            Some(name) => format!("unknown_service:{name}"),
            None => String::from("unknown_service"),
        },
        "unknown",
    )
}
