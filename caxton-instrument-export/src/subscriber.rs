//! The `tracing` subscriber: layers that each decide for themselves what they
//! take, so that what is logged has no say in what is traced.

#[cfg(feature = "otlp")]
use caxton_instrument::diagnostics::{self, Diagnostic};
use tracing::subscriber::{NoSubscriber, set_global_default};
use tracing::{Dispatch, Subscriber};
use tracing_subscriber::layer::{Identity, Layer, SubscriberExt as _};
use tracing_subscriber::registry::{LookupSpan, Registry};

use crate::builder::Builder;
use crate::error::InstallError;
use crate::logs::Log;
#[cfg(feature = "otlp")]
use crate::otlp::{RunningLogs, RunningTraces};
use crate::telemetry::Telemetry;

/// A layer that brings its own filter.
pub type BoxedLayer<S> = Box<dyn Layer<S> + Send + Sync>;

/// What goes through the subscriber.
#[derive(Debug)]
pub(crate) struct Layers {
    log: Option<Log>,
    #[cfg(feature = "otlp")]
    pub(crate) traces: Option<RunningTraces>,
    #[cfg(feature = "otlp")]
    pub(crate) logs: Option<RunningLogs>,
}

impl Builder {
    /// Leaves the program's `tracing` subscriber alone: it adds
    /// [`Telemetry::layers`] to its own.
    ///
    /// ```no_run
    /// use caxton_instrument_export::logs::Logs;
    /// use tracing_subscriber::prelude::*;
    ///
    /// # fn main() -> Result<(), caxton_instrument_export::InstallError> {
    /// let telemetry = caxton_instrument_export::builder()
    ///     .logs(Logs::json())
    ///     .without_subscriber()
    ///     .install()?;
    /// tracing_subscriber::registry()
    ///     .with(telemetry.layers())
    ///     .with(tracing_subscriber::fmt::layer())
    ///     .init();
    /// # Ok(())
    /// # }
    /// ```
    pub fn without_subscriber(mut self) -> Self {
        self.without_subscriber = true;
        self
    }

    /// Whether `install` sets the subscriber. Asked before anything is started,
    /// since a second subscriber is the usual mistake.
    pub(crate) fn wants_subscriber(&self) -> Result<bool, InstallError> {
        if self.without_subscriber || !self.has_layers() {
            return Ok(false);
        }
        // A subscriber of this scope alone is seen too, and would get what
        // `install` is asked to take.
        let is_free = tracing::dispatcher::get_default(Dispatch::is::<NoSubscriber>);
        if is_free {
            Ok(true)
        } else {
            Err(InstallError::OtherSubscriber)
        }
    }

    const fn has_layers(&self) -> bool {
        #[cfg(feature = "otlp")]
        let sends = self.otlp_traces.is_some() || self.otlp_logs.is_some();
        #[cfg(not(feature = "otlp"))]
        let sends = false;
        sends || self.logs.is_some()
    }
}

impl Telemetry {
    /// The layers through which logs are written, and traces and logs go to a
    /// collector, as one for a subscriber of the program's own; see
    /// [`Builder::without_subscriber`](crate::Builder::without_subscriber). Each
    /// has its own filter. It does nothing if nothing is to go through it.
    #[must_use]
    pub fn layers<S>(&self) -> BoxedLayer<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        self.layers.boxed()
    }
}

impl Layers {
    pub(crate) fn with_log(log: Option<Log>) -> Self {
        Self {
            log,
            #[cfg(feature = "otlp")]
            traces: None,
            #[cfg(feature = "otlp")]
            logs: None,
        }
    }

    fn boxed<S>(&self) -> BoxedLayer<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let layers = self.log.iter().map(Log::layer);
        #[cfg(feature = "otlp")]
        let layers = layers
            .chain(self.traces.as_ref().map(RunningTraces::layer))
            .chain(self.logs.as_ref().map(RunningLogs::layer));
        // A `Vec` of layers would not tell them of their subscriber.
        let all = layers.reduce(|one, other| one.and_then(other).boxed());
        all.unwrap_or_else(|| Identity::new().boxed())
    }

    /// Sets the program's subscriber, and the tracer of those who do without
    /// `tracing`.
    pub(crate) fn set_global(&self) -> Result<(), InstallError> {
        let layers = self.boxed::<Registry>();
        set_global_default(Registry::default().with(layers))
            .map_err(|_| InstallError::OtherSubscriber)?;
        #[cfg(feature = "otlp")]
        if let Some(traces) = &self.traces {
            opentelemetry::global::set_tracer_provider(traces.provider().clone());
        }
        Ok(())
    }

    /// Tells what is likely a mistake, once there is a log that it can go to.
    #[cfg_attr(
        not(feature = "otlp"),
        allow(clippy::unused_self, reason = "samplers are of it")
    )]
    pub(crate) fn warn(&self) {
        #[cfg(feature = "otlp")]
        for warning in self.traces.iter().flat_map(RunningTraces::warnings) {
            diagnostics::report(&Diagnostic::Export {
                part: "sampling strategies",
                message: warning.clone(),
            });
        }
    }
}
