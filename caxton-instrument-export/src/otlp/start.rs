//! From the builder's options to running exports: everything is checked, and
//! the thread is there, before the recorder is installed; metrics are not read
//! before that.

use std::sync::Arc;

use super::flush::{self, Exports};
use super::metrics::{self, Snapshot};
use super::worker::{self, Worker};
use crate::builder::Builder;
use crate::error::InstallError;
use crate::subscriber::Layers;

/// Signals that are ready to be sent.
pub(crate) struct Signals {
    exports: Exports,
    metrics: Option<metrics::Prepared>,
}

impl Signals {
    /// Checks the options; `None` if nothing is to be exported. What goes through
    /// the subscriber joins the layers.
    pub(crate) fn prepare(
        builder: &Builder,
        layers: &mut Layers,
    ) -> Result<Option<Self>, InstallError> {
        let sends_layers = builder.otlp_traces.is_some() || builder.otlp_logs.is_some();
        if builder.otlp_metrics.is_none() && !sends_layers {
            return Ok(None);
        }
        let resource = builder.whose();
        let metrics = builder.otlp_metrics.as_ref();
        let metrics = metrics.map(|metrics| metrics::Prepared::new(metrics, &resource));
        let metrics = metrics.transpose()?;
        let worker = Worker::start().map_err(|source| InstallError::Thread {
            name: worker::THREAD,
            source,
        })?;
        let timeout = builder.flush_timeout.unwrap_or(flush::TIMEOUT);
        let mut exports = Exports::new(worker, timeout);
        let runtime = exports.handle();
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
        Ok(Some(Self { exports, metrics }))
    }

    /// Begins to export what the source has.
    pub(crate) fn start(self, source: Arc<dyn Snapshot>) -> Exports {
        let mut exports = self.exports;
        if let Some(metrics) = self.metrics {
            let flusher = metrics.start(&exports.handle(), source);
            exports.join(flusher);
        }
        exports
    }
}
