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
    #[cfg(feature = "config")]
    pub(crate) logs: Option<crate::logs::Logs>,
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
    #[cfg(feature = "config")]
    pub(crate) config: Option<Box<crate::config::Config>>,
    #[cfg(feature = "process")]
    pub(crate) process: crate::process::Options,
    #[cfg(feature = "profiling")]
    pub(crate) push: Option<crate::profiling::Push>,
    #[cfg(feature = "profiling")]
    pub(crate) profiles: Option<crate::profiling::Profiling>,
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

    /// The program's name and version: what is exported carries them, and
    /// `/health` and `/version` state them. Without it the name is that of the
    /// executable.
    pub fn service(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
        let resource = self.resource.take().unwrap_or_else(Resource::unnamed);
        self.resource = Some(
            resource
                .with("service.name", name)
                .with("service.version", version),
        );
        self
    }

    /// Whose telemetry it is, whether that was said or not.
    #[cfg(feature = "otlp")]
    pub(crate) fn whose(&self) -> Resource {
        let resource = self.resource.clone().unwrap_or_else(Resource::unnamed);
        resource.with_instance()
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
    pub fn install(
        #[cfg_attr(not(feature = "profiling"), allow(unused_mut))] mut self,
    ) -> Result<Telemetry, InstallError> {
        #[cfg(feature = "profiling")]
        self.add_profiles();
        if INSTALLED.load(Ordering::Acquire) {
            return Err(caxton_instrument::InstallError::AlreadyInstalled.into());
        }
        #[cfg(feature = "config")]
        let wants_subscriber = self.wants_subscriber()?;
        #[cfg(feature = "process")]
        self.process.check()?;
        let catalog = Catalog::collect().map_err(caxton_instrument::InstallError::Catalog)?;
        let mut registry = Registry::builder(&catalog);
        if let Some(eviction) = self.eviction {
            registry = registry.evict_idle(eviction);
        }
        #[cfg(feature = "config")]
        let (registry, findings) =
            crate::config::registry(self.config.as_deref(), &catalog, registry)?;
        #[cfg(not(feature = "config"))]
        let findings = Vec::new();
        #[cfg(feature = "config")]
        let config = self.config.clone();
        let registry = registry.build();
        let warnings = catalog.warnings().iter().cloned().chain(findings).collect();
        #[cfg(feature = "config")]
        let log = self.logs.clone().map(crate::logs::Logs::start);
        #[cfg(feature = "config")]
        let (log_layer, log) = log.transpose()?.unzip();
        #[cfg(feature = "config")]
        #[cfg_attr(not(feature = "otlp"), allow(unused_mut, reason = "no more join"))]
        let mut layers = crate::subscriber::Layers::with_log(log_layer);
        #[cfg(feature = "otlp")]
        let signals = crate::otlp::Signals::prepare(&self, &mut layers)?;
        let shared = Arc::new(Shared::new(
            Exposition::new(&catalog, registry.clone()),
            warnings,
            #[cfg(feature = "server")]
            Service::of(self.resource.as_ref()),
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
        #[cfg(feature = "otlp")]
        let exports = signals.map(|signals| signals.start(Arc::clone(&shared) as _));
        #[cfg(feature = "config")]
        if wants_subscriber {
            layers.set_global()?;
        }
        #[cfg(feature = "config")]
        layers.warn();
        #[cfg(feature = "config")]
        if let Some(config) = config {
            config.begin(&shared.warnings);
        }
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
            #[cfg(feature = "config")]
            log,
        })
    }
}
