//! The `tracing` subscriber: layers that each decide for themselves what they
//! take, so that what is logged has no say in what is traced.

use tracing::subscriber::{NoSubscriber, set_global_default};
use tracing_subscriber::registry::Registry;
use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt as _};

use crate::error::InstallError;

/// A layer that brings its own filter.
pub(crate) type BoxedLayer<S> = Box<dyn Layer<S> + Send + Sync>;

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

/// Sets the program's subscriber.
pub(crate) fn set_global(layers: Vec<BoxedLayer<Registry>>) -> Result<(), InstallError> {
    set_global_default(Registry::default().with(layers)).map_err(|_| InstallError::OtherSubscriber)
}

/// A filter of events by target and level.
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
pub(crate) fn filter_of_environment() -> EnvFilter {
    let directives = std::env::var(EnvFilter::DEFAULT_ENV).unwrap_or_default();
    let default = tracing::level_filters::LevelFilter::INFO;
    EnvFilter::builder()
        .with_default_directive(default.into())
        .parse_lossy(directives)
}
