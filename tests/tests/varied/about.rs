//! Only info metrics.

use caxton_instrument::prelude::*;

#[derive(LabelSet)]
struct BuildLabels {
    /// What was built.
    #[label(max_values = 1)]
    revision: Text,
    /// With what.
    #[label(max_values = 1)]
    compiler: Text,
}

#[derive(LabelSet)]
struct ModelLabels {
    /// The model that is loaded.
    #[label(max_values = 5)]
    model: Text,
}

/// A sign at the door.
#[derive(MetricSet)]
#[metric_set(namespace = "sign")]
#[allow(dead_code, reason = "they are only asked about")]
struct Sign {
    /// What was built.
    build: Info<BuildLabels>,
    /// What is loaded.
    loaded_model: Info<ModelLabels>,
}
