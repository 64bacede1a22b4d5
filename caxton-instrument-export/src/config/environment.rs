//! The environment as it was at one moment.

use std::collections::BTreeMap;

/// Variables by name. Empty ones are as good as unset, as OpenTelemetry
/// [has it](https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#parsing-empty-value).
///
/// ```
/// use caxton_instrument_export::config::{Config, Environment};
///
/// let environment = Environment::of([("OTEL_SERVICE_NAME", "shop")]);
/// let config = Config::layered(None, &environment)?;
/// assert_eq!(config.observability.service_name.as_deref(), Some("shop"));
/// # Ok::<(), caxton_instrument_export::config::ConfigError>(())
/// ```
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// That of the process. A variable whose name or value is no UTF-8 is left
    /// out: no setting is.
    #[must_use]
    pub fn of_process() -> Self {
        let text = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        Self::of(text)
    }

    /// One for a test.
    pub fn of<N: Into<String>, V: Into<String>>(
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let variables = variables
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()));
        Self(variables.collect())
    }

    /// The value of a variable that is not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name)?;
        (!value.trim().is_empty()).then_some(value)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// Its values may be secret.
impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
