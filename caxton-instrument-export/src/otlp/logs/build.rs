//! Logs in the builder.

use super::Logs;
use crate::builder::Builder;

impl Builder {
    /// Sends log records to a collector: `tracing` events, with the trace and the
    /// span that they happen in.
    ///
    /// `install` sets the global `tracing` subscriber for it, unless
    /// [`without_subscriber`](Self::without_subscriber) says that the program has
    /// one of its own.
    ///
    /// ```no_run
    /// use caxton_instrument_export::otlp::{Endpoint, Logs, Traces};
    ///
    /// # fn main() -> Result<(), caxton_instrument_export::InstallError> {
    /// let collector = Endpoint::grpc("http://localhost:4317");
    /// let telemetry = caxton_instrument_export::builder()
    ///     .otlp_traces(Traces::to(collector.clone()))
    ///     .otlp_logs(Logs::to(collector))
    ///     .install()?;
    /// let order = tracing::info_span!("order").entered();
    /// tracing::info!("taken"); // with the ids of `order`
    /// # Ok(())
    /// # }
    /// ```
    pub fn otlp_logs(mut self, logs: Logs) -> Self {
        self.otlp_logs = Some(logs);
        self
    }
}
