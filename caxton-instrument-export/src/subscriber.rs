//! The `tracing` subscriber: layers that each decide for themselves what they
//! take, so that what is logged has no say in what is traced.

use tracing::Subscriber;
use tracing::subscriber::{NoSubscriber, set_global_default};
#[cfg(feature = "otlp")]
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::{Identity, Layer, SubscriberExt as _};
use tracing_subscriber::registry::{LookupSpan, Registry};

use crate::builder::Builder;
use crate::error::InstallError;
use crate::telemetry::Telemetry;

/// A layer that brings its own filter.
pub type BoxedLayer<S> = Box<dyn Layer<S> + Send + Sync>;

/// Checked before anything is started: a second subscriber is the usual mistake.
pub(crate) fn check_free() -> Result<(), InstallError> {
    // A subscriber of this scope alone is seen too, and would get what
    // `install` is asked to take.
    let is_free = tracing::dispatcher::get_default(|subscriber| subscriber.is::<NoSubscriber>());
    if is_free {
        Ok(())
    } else {
        Err(InstallError::OtherSubscriber)
    }
}

/// Whether something is to go through the `tracing` subscriber.
pub(crate) const fn has_layers(builder: &Builder) -> bool {
    #[cfg(feature = "otlp")]
    if crate::otlp::has_layers(builder) {
        return true;
    }
    builder.logs.is_some()
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
        let log = self.log.as_ref().map(|(log, _)| log.layer());
        let layers = log.into_iter();
        #[cfg(feature = "otlp")]
        let layers = layers.chain(self.layers.boxed());
        // A `Vec` of layers would not tell them of their subscriber.
        let all = layers.reduce(|one, other| one.and_then(other).boxed());
        all.unwrap_or_else(|| Identity::new().boxed())
    }

    /// Sets the program's subscriber.
    pub(crate) fn set_subscriber(&self) -> Result<(), InstallError> {
        let subscriber = Registry::default().with(self.layers::<Registry>());
        set_global_default(subscriber).map_err(|_| InstallError::OtherSubscriber)?;
        #[cfg(feature = "otlp")]
        self.layers.set_global();
        Ok(())
    }
}

/// A filter of events by target and level.
#[cfg(feature = "otlp")]
pub(crate) fn filter(directives: &str) -> Result<EnvFilter, InstallError> {
    EnvFilter::builder()
        .parse(directives)
        .map_err(|source| InstallError::LogFilter {
            directives: directives.to_owned(),
            source: Box::new(source),
        })
}

/// What `RUST_LOG` says, in which other programs may have a part that is none;
/// info where it says nothing.
#[cfg(feature = "otlp")]
pub(crate) fn filter_of_environment() -> EnvFilter {
    let directives = std::env::var(EnvFilter::DEFAULT_ENV).unwrap_or_default();
    let default = tracing::level_filters::LevelFilter::INFO;
    EnvFilter::builder()
        .with_default_directive(default.into())
        .parse_lossy(directives)
}
