//! Starts telemetry: checks, binds, installs, in this order, so that a mistake
//! leaves nothing half done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use caxton_instrument::Catalog;
use caxton_instrument::recorder::{IdleEviction, Registry};

use crate::error::InstallError;
use crate::exposition::Exposition;
use crate::resource::Resource;
#[cfg(feature = "server")]
use crate::service::Service;
use crate::telemetry::{Shared, Telemetry};

/// A program has one recorder. The facade refuses a second one too, but only
/// after the port was found taken by the first.
static INSTALLED: AtomicBool = AtomicBool::new(false);

/// Starts telemetry in code.
///
/// ```no_run
/// # #[cfg(feature = "server")]
/// # fn main() -> Result<(), caxton_instrument_export::InstallError> {
/// let telemetry = caxton_instrument_export::builder()
///     .service("shop", env!("CARGO_PKG_VERSION"))
///     .listen("127.0.0.1:9464")
///     .install()?;
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "server"))]
/// # fn main() {}
/// ```
pub fn builder() -> Builder {
    Builder::default()
}

/// What telemetry is to do; made by [`builder`].
#[derive(Debug, Clone, Default)]
#[must_use = "nothing starts before `install`"]
pub struct Builder {
    #[cfg(feature = "otlp")]
    pub(crate) exemplars: bool,
    #[cfg(feature = "otlp")]
    pub(crate) otlp_metrics: Option<crate::otlp::Metrics>,
    #[cfg(feature = "otlp")]
    pub(crate) otlp_traces: Option<crate::otlp::Traces>,
    #[cfg(feature = "otlp")]
    pub(crate) otlp_logs: Option<crate::otlp::Logs>,
    #[cfg(feature = "otlp")]
    pub(crate) flush_timeout: Option<Duration>,
    #[cfg(feature = "config")]
    pub(crate) without_subscriber: bool,
    pub(crate) resource: Option<Resource>,
    eviction: Option<IdleEviction>,
    #[cfg(feature = "process")]
    pub(crate) process: crate::process::Options,
    #[cfg(feature = "profiling")]
    pub(crate) push: Option<crate::profiling::Push>,
    #[cfg(feature = "server")]
    service: Option<Service>,
    #[cfg(feature = "server")]
    pub(crate) servers: crate::server::Wanted,
    #[cfg(feature = "server")]
    pub(crate) health: crate::health::Wanted,
}

impl Builder {
    /// Leaves counters and histograms that did not change for so long out of
    /// every scrape, and frees those that nothing can update any more, such as
    /// the series of a label value that `metrics` macros do not name again. One
    /// that changes shows again with all it counted. Off unless it is called.
    ///
    /// Choose it longer than the longest time between two scrapes, ten minutes
    /// for instance; [`IdleEviction`] says more.
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// # fn main() -> Result<(), caxton_instrument_export::InstallError> {
    /// let telemetry = caxton_instrument_export::builder()
    ///     .evict_idle_after(Duration::from_secs(600))
    ///     .install()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn evict_idle_after(self, after: Duration) -> Self {
        self.evict_idle(IdleEviction::after(after))
    }

    /// The same for metrics of other types, gauges among them:
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// use caxton_instrument::MetricKind;
    /// use caxton_instrument::recorder::IdleEviction;
    ///
    /// # fn main() -> Result<(), caxton_instrument_export::InstallError> {
    /// let kinds = [MetricKind::Counter, MetricKind::Gauge];
    /// let telemetry = caxton_instrument_export::builder()
    ///     .evict_idle(IdleEviction::after(Duration::from_secs(600)).of(&kinds))
    ///     .install()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn evict_idle(mut self, eviction: IdleEviction) -> Self {
        self.eviction = Some(eviction);
        self
    }

    /// Whose telemetry it is: the name, the version and more attributes of the
    /// service, with which its metrics, traces and logs are exported.
    ///
    /// ```no_run
    /// use caxton_instrument_export::Resource;
    ///
    /// # fn main() -> Result<(), caxton_instrument_export::InstallError> {
    /// let shop = Resource::new("shop", env!("CARGO_PKG_VERSION"))
    ///     .with("deployment.environment.name", "production");
    /// let telemetry = caxton_instrument_export::builder().resource(shop).install()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn resource(mut self, resource: Resource) -> Self {
        self.resource = Some(resource);
        self
    }

    /// The program's name and version, which `/health` and `/version` state.
    /// Without it the name is that of the executable.
    #[cfg(feature = "server")]
    pub fn service(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
        self.service = Some(Service::new(name.into(), version.into()));
        self
    }

    /// Keeps [exemplars](caxton_instrument::exemplar): of some samples the
    /// OpenTelemetry trace and span that they come from, if that trace is
    /// sampled. They are in OpenMetrics and protobuf, and Prometheus keeps them
    /// if it runs with `--enable-feature=exemplar-storage`.
    ///
    /// Spans come through the layer of
    /// [tracing-opentelemetry](https://docs.rs/tracing-opentelemetry/0.34); no
    /// exporter is needed for it. An update outside such a span is looked for in
    /// the current OpenTelemetry context.
    ///
    /// A span whose context is looked at is started, as when it is entered: with
    /// `with_context_activation(false)`, set a remote parent before you record
    /// in it. A `tracing` layer must not record in a histogram while it holds
    /// the data of a span.
    ///
    /// ```standalone_crate
    /// use caxton_instrument::prelude::*;
    /// use caxton_instrument_export::exposition::Format;
    /// use opentelemetry::trace::TracerProvider;
    /// use opentelemetry_sdk::trace::SdkTracerProvider;
    /// use tracing_subscriber::prelude::*;
    ///
    /// #[instrument_agent(agent_type = "planner")]
    /// fn plan() {}
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// // A real one has an exporter and a sampler.
    /// let tracer = SdkTracerProvider::builder().build().tracer("planner");
    /// let layer = tracing_opentelemetry::layer().with_tracer(tracer);
    /// tracing_subscriber::registry().with(layer).init();
    /// let telemetry = caxton_instrument_export::builder()
    ///     .exemplars()
    ///     .install()?;
    ///
    /// plan();
    ///
    /// let text = String::from_utf8(telemetry.exposition().render(Format::OpenMetrics))?;
    /// let executions = text
    ///     .lines()
    ///     .find(|line| line.starts_with("caxton_agent_executions_total"))
    ///     .expect("one execution");
    /// assert!(executions.contains(" 1 # {trace_id=\""), "{executions}");
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "otlp")]
    pub fn exemplars(mut self) -> Self {
        self.exemplars = true;
        self
    }

    /// Checks the catalog, installs the recorder, starts the server and the
    /// export, and sets the `tracing` subscriber if something is to go through
    /// it.
    ///
    /// # Errors
    ///
    /// A catalog with errors (all of them), or with nothing declared; an
    /// address that is none or is taken, or that others reach without a word about
    /// who may read the pages; a certificate, a token or a health check that cannot
    /// be used; exemplars, if the program has another source of traces; a
    /// collector's address that is none, a sampler or filter that cannot be; a
    /// subscriber, if the program has set one; a second install.
    pub fn install(self) -> Result<Telemetry, InstallError> {
        if INSTALLED.load(Ordering::Acquire) {
            return Err(caxton_instrument::InstallError::AlreadyInstalled.into());
        }
        #[cfg(feature = "config")]
        let wants_subscriber = self.wants_subscriber()?;
        #[cfg(feature = "process")]
        self.process.check()?;
        let catalog = Catalog::collect().map_err(caxton_instrument::InstallError::Catalog)?;
        #[cfg(feature = "otlp")]
        let signals = crate::otlp::Signals::prepare(&self)?;
        let registry = match self.eviction {
            Some(eviction) => Registry::with_idle_eviction(&catalog, eviction),
            None => Registry::new(&catalog),
        };
        let shared = Arc::new(Shared::new(
            Exposition::new(&catalog, registry.clone()),
            catalog.warnings().to_vec(),
            #[cfg(feature = "server")]
            self.service.unwrap_or_else(Service::of_executable),
            #[cfg(feature = "server")]
            crate::health::Health::new(self.health)?,
        ));
        #[cfg(feature = "server")]
        let servers = crate::server::Servers::start(self.servers, &shared)?;
        #[cfg(feature = "otlp")]
        if self.exemplars {
            crate::exemplars::install()?;
        }
        #[cfg(feature = "process")]
        let process = self.process.start(&registry)?;
        #[cfg(feature = "profiling")]
        let profiles = match &self.push {
            Some(push) => Some(crate::profiling::Pushing::start(push)?),
            None => None,
        };
        caxton_instrument::install(registry)?;
        INSTALLED.store(true, Ordering::Release);
        #[cfg(feature = "config")]
        #[cfg_attr(
            not(feature = "otlp"),
            allow(unused_mut, reason = "the export alone puts something there")
        )]
        let mut layers = crate::subscriber::Layers::default();
        #[cfg(feature = "otlp")]
        let exports = signals.map(|signals| signals.start(Arc::clone(&shared) as _, &mut layers));
        #[cfg(feature = "config")]
        if wants_subscriber {
            layers.set_global()?;
        }
        #[cfg(feature = "config")]
        layers.warn();
        Ok(Telemetry {
            shared,
            #[cfg(feature = "otlp")]
            exports,
            #[cfg(feature = "config")]
            layers,
            #[cfg(feature = "process")]
            _process: process,
            #[cfg(feature = "profiling")]
            _profiles: profiles,
            #[cfg(feature = "server")]
            servers,
        })
    }
}
