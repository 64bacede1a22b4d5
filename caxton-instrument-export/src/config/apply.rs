//! From what a configuration says to what the builder does.

use super::Config;
use crate::builder::{Builder, builder};

/// A builder that does what the configuration says.
pub(super) fn apply(config: Config) -> Builder {
    let mut builder = builder();
    if let Some(after) = config.metrics.evict_idle_after {
        builder = builder.evict_idle_after(after);
    }
    #[cfg(feature = "otlp")]
    if config.metrics.exemplars {
        builder = builder.exemplars();
    }
    builder.config = Some(Box::new(config));
    builder
}
