//! Whose telemetry it is.

use std::collections::BTreeMap;

/// What produces telemetry, as OpenTelemetry describes it: attributes that all
/// its metrics, traces and logs have in common. Names are those of the
/// [semantic conventions](https://opentelemetry.io/docs/specs/semconv/resource/).
///
/// ```
/// use caxton_instrument_export::Resource;
///
/// let shop = Resource::new("shop", "1.2.0").with("deployment.environment.name", "production");
/// assert_eq!(shop.get("service.name"), Some("shop"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    attributes: BTreeMap<String, String>,
}

impl Resource {
    /// The resource of a service: its name, its version, and what is known of
    /// the process without asking.
    #[must_use]
    pub fn new(service: impl Into<String>, version: impl Into<String>) -> Self {
        let attributes = BTreeMap::from([
            (String::from("service.name"), service.into()),
            (String::from("service.version"), version.into()),
            (String::from("process.pid"), std::process::id().to_string()),
            (String::from("telemetry.sdk.language"), String::from("rust")),
            (
                String::from("telemetry.sdk.name"),
                String::from("caxton-instrument"),
            ),
            (
                String::from("telemetry.sdk.version"),
                String::from(env!("CARGO_PKG_VERSION")),
            ),
        ]);
        Self { attributes }
    }

    /// The same with one more attribute, or with another value of it.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.attributes.insert(name.into(), value.into());
        self
    }

    /// The value of an attribute.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    /// All attributes, in the order of their names.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}
