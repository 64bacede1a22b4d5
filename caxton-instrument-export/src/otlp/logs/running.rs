//! Logs under way: the provider, and the layer that feeds it.

use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{EnvFilter, Layer};

use super::Logs;
use super::filter;
use super::layer::InParent;
use super::processor::Processor;
use super::request::Records;
use crate::error::InstallError;
use crate::otlp::SignalName;
use crate::otlp::batch;
use crate::otlp::flush::Flusher;
use crate::otlp::resource;
use crate::otlp::transport::Sender;
use crate::resource::Resource;
use crate::subscriber::BoxedLayer;

/// Logs that are taken and sent.
#[derive(Debug)]
pub(crate) struct Running {
    provider: SdkLoggerProvider,
    flusher: Flusher,
    filter: Option<String>,
}

impl Logs {
    pub(crate) fn start(
        self,
        resource: &Resource,
        runtime: &Handle,
    ) -> Result<Running, InstallError> {
        if let Some(directives) = &self.filter {
            filter::of(directives)?;
        }
        let sender = Sender::new(&self.endpoint).map_err(|source| InstallError::Otlp {
            signal: SignalName::Logs,
            source,
        })?;
        let records = Records::new(resource::attributes(resource));
        let (queue, flusher) = batch::start(records, sender, self.limits, runtime);
        let provider = SdkLoggerProvider::builder()
            .with_resource(resource::of_sdk(resource))
            .with_log_processor(Processor::new(queue, flusher.clone()))
            .build();
        Ok(Running {
            provider,
            flusher,
            filter: self.filter,
        })
    }
}

impl Running {
    pub(crate) fn layer<S>(&self) -> BoxedLayer<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        InParent(OpenTelemetryTracingBridge::new(&self.provider))
            .with_filter(self.filter())
            .boxed()
    }

    /// Checked when it was started: a filter cannot be cloned.
    fn filter(&self) -> EnvFilter {
        self.filter
            .as_deref()
            .and_then(|directives| filter::of(directives).ok())
            .unwrap_or_else(filter::of_environment)
    }

    pub(crate) const fn flusher(&self) -> &Flusher {
        &self.flusher
    }
}
