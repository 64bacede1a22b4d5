//! A registry of the metrics in the form of OpenTelemetry's semantic conventions,
//! for [weaver](https://github.com/open-telemetry/weaver/blob/main/docs/registry.md):
//! it checks it, compares versions and generates code and pages from it.
//!
//! ```text
//! mod         the manifest
//! attributes  labels, each once
//! metrics     metrics, with references to their labels
//! ```
//!
//! The form is that of the
//! [syntax](https://github.com/open-telemetry/weaver/blob/main/schemas/semconv-syntax.md),
//! version 1.

mod attributes;
mod metrics;

use caxton_instrument::{Catalog, Stability};
use serde::Serialize;

use super::deployment::Deployment;
use super::kubernetes::names::resource_name;
use super::yaml;

/// The [manifest](https://github.com/open-telemetry/weaver/blob/main/schemas/definition-manifest.v2.json).
#[derive(Serialize)]
struct Manifest {
    schema_url: String,
    description: String,
    stability: &'static str,
}

/// How far something can be relied on.
const fn stability(stability: &Stability) -> &'static str {
    match stability {
        Stability::Experimental => "development",
        _ => "stable",
    }
}

/// The files, by path.
pub(super) fn render(catalog: &Catalog, deployment: &Deployment) -> Vec<(&'static str, String)> {
    let url = deployment.schemas().map_or_else(
        || {
            format!(
                "https://schemas.invalid/{}",
                resource_name(deployment.name())
            )
        },
        |url| url.trim_end_matches('/').into(),
    );
    let is_stable = catalog
        .metrics()
        .iter()
        .all(|it| stability(&it.stability) == "stable");
    let manifest = Manifest {
        schema_url: format!("{url}/{}", version(catalog)),
        description: format!("Metrics of {}.", deployment.name()),
        stability: if is_stable { "stable" } else { "development" },
    };
    vec![
        ("semconv/manifest.yaml", yaml::file(&manifest)),
        (
            "semconv/attributes.yaml",
            yaml::file(&attributes::groups(catalog, deployment)),
        ),
        (
            "semconv/metrics.yaml",
            yaml::file(&metrics::groups(catalog)),
        ),
    ]
}

/// The version of the program: of the first crate that declares and is not part
/// of this library.
fn version(catalog: &Catalog) -> &'static str {
    let mut sets = catalog.sets().iter();
    let is_own = |krate: &str| krate.starts_with("caxton-instrument");
    sets.clone()
        .find(|set| !is_own(set.location.krate))
        .or_else(|| sets.next())
        .map_or("0.0.0", |set| set.location.version)
}
