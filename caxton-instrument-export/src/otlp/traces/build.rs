//! Traces in the builder.

use super::Traces;
use crate::builder::Builder;

impl Builder {
    /// Sends traces to a collector: `tracing` spans, those of
    /// `#[instrument_agent]` among them. [Exemplars](Self::exemplars) are on then.
    ///
    /// `install` sets the global `tracing` subscriber for it, unless
    /// [`without_subscriber`](Self::without_subscriber) says that the program has
    /// one of its own, and the tracer provider that
    /// [`opentelemetry::global`] hands out.
    ///
    /// ```no_run
    /// use caxton_instrument::prelude::*;
    /// use caxton_instrument_export::otlp::{Endpoint, Traces};
    ///
    /// #[instrument_agent(agent_type = "planner")]
    /// fn plan() {}
    ///
    /// # fn main() -> Result<(), caxton_instrument_export::InstallError> {
    /// let telemetry = caxton_instrument_export::builder()
    ///     .otlp_traces(Traces::to(Endpoint::grpc("http://localhost:4317")))
    ///     .install()?;
    /// plan(); // the span `agent.plan`
    /// # Ok(())
    /// # }
    /// ```
    pub fn otlp_traces(mut self, traces: Traces) -> Self {
        self.exemplars = true;
        self.otlp_traces = Some(traces);
        self
    }
}
