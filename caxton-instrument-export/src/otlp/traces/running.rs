//! Traces under way: the provider, and the layer that feeds it.

use opentelemetry::InstrumentationScope;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tokio::runtime::Handle;
use tracing::level_filters::LevelFilter;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::Filter;
use tracing_subscriber::registry::LookupSpan;

use super::Traces;
use super::kept::{self, Held};
use super::processor::Processor;
use super::request::Spans;
use crate::error::InstallError;
use crate::otlp::SignalName;
use crate::otlp::batch;
use crate::otlp::flush::Flusher;
use crate::otlp::resource;
use crate::otlp::transport::Sender;
use crate::resource::Resource;
use crate::subscriber::BoxedLayer;

/// Traces that are taken and sent.
#[derive(Debug)]
pub(crate) struct Running {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
    flusher: Flusher,
    level: LevelFilter,
    events: bool,
    warnings: Vec<String>,
}

impl Traces {
    pub(crate) fn start(
        self,
        resource: &Resource,
        runtime: &Handle,
    ) -> Result<Running, InstallError> {
        if let Some(problem) = self.sampler.problem() {
            return Err(InstallError::Sampler { problem });
        }
        let sender = Sender::new(&self.endpoint).map_err(|source| InstallError::Otlp {
            signal: SignalName::Traces,
            source,
        })?;
        let spans = Spans::new(resource::attributes(resource));
        let (queue, flusher) = batch::start(spans, sender, self.limits, runtime);
        let held = self.sampler.held().map(|spans| {
            Held::new(kept::Limits {
                spans,
                bytes: self.limits.bytes,
            })
        });
        let warnings = self.sampler.warnings().to_vec();
        let service = resource.get("service.name").unwrap_or_default();
        let provider = SdkTracerProvider::builder()
            .with_sampler(self.sampler.start(service))
            .with_resource(resource::of_sdk(resource))
            .with_span_processor(Processor::new(queue, held, flusher.clone()))
            .build();
        let scope = InstrumentationScope::builder(env!("CARGO_PKG_NAME"))
            .with_version(env!("CARGO_PKG_VERSION"))
            .build();
        Ok(Running {
            tracer: provider.tracer_with_scope(scope),
            provider,
            flusher,
            level: self.level,
            events: self.events,
            warnings,
        })
    }
}

impl Running {
    pub(crate) fn layer<S>(&self) -> BoxedLayer<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.tracer.clone())
            .with_filter(self.filter())
            .boxed()
    }

    fn filter<S>(&self) -> impl Filter<S> + Send + Sync + use<S> {
        let (level, events) = (self.level, self.events);
        let wanted = move |metadata: &Metadata<'_>| {
            *metadata.level() <= level && (events || metadata.is_span())
        };
        filter_fn(wanted).with_max_level_hint(level)
    }

    pub(crate) fn provider(&self) -> &SdkTracerProvider {
        &self.provider
    }

    pub(crate) const fn flusher(&self) -> &Flusher {
        &self.flusher
    }

    /// Told once the subscriber is there.
    pub(crate) fn warnings(&self) -> &[String] {
        &self.warnings
    }
}
