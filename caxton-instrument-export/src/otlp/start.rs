//! From the builder's options to running exports: everything is checked, and
//! the thread is there, before the recorder is installed; nothing is sent before
//! that.

use std::sync::Arc;

use super::flush::{self, Exports};
use super::metrics::{self, Snapshot};
use super::worker::{self, Worker};
use crate::builder::Builder;
use crate::error::InstallError;
use crate::resource::Resource;

/// Signals that are ready to be sent.
pub(crate) struct Signals {
    exports: Exports,
    metrics: Option<metrics::Prepared>,
}

impl Signals {
    /// Checks the options; `None` if nothing is to be exported.
    pub(crate) fn prepare(builder: &Builder) -> Result<Option<Self>, InstallError> {
        let Some(metrics) = &builder.otlp_metrics else {
            return Ok(None);
        };
        let resource = builder.resource.clone().unwrap_or_else(of_executable);
        let metrics = metrics::Prepared::new(metrics, &resource)?;
        let worker = Worker::start().map_err(|source| InstallError::Thread {
            name: worker::THREAD,
            source,
        })?;
        let timeout = builder.flush_timeout.unwrap_or(flush::TIMEOUT);
        Ok(Some(Self {
            exports: Exports::new(worker, timeout),
            metrics: Some(metrics),
        }))
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
