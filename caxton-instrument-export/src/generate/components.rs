//! Which components the OpenTelemetry collector has in which version, with the
//! place where each of these facts stands.
//!
//! The table is `data/collector-components.json` in this crate's source. It has
//! the components that files are generated with, and those that were removed or
//! renamed: it does not have every component that there is, so a name that is not
//! in it says nothing.
//!
//! ```
//! use caxton_instrument_export::generate::{Version, components};
//! use components::Kind;
//!
//! let loki = components::find(Kind::Exporter, "loki").expect("it was there once");
//! assert!(!loki.is_in(Version::new(0, 152)));
//! assert!(loki.replacement.as_deref().is_some_and(|it| it.contains("otlp_http")));
//!
//! let otlp = components::find(Kind::Exporter, "otlphttp").expect("an older name");
//! assert_eq!(otlp.name_in(Version::new(0, 152)), "otlp_http");
//! assert_eq!(otlp.name_in(Version::new(0, 143)), "otlphttp");
//! ```

use std::sync::LazyLock;

use serde::{Deserialize, Deserializer};

use super::target::{Version, version_of};

/// What a component does in a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Kind {
    /// Takes telemetry.
    Receiver,
    /// Changes or drops it.
    Processor,
    /// Sends it.
    Exporter,
    /// Ends one pipeline and begins another.
    Connector,
    /// Is in no pipeline.
    Extension,
}

/// What a component comes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Distribution {
    /// `otelcol`, and `otelcol-contrib`.
    Core,
    /// `otelcol-contrib` alone.
    Contrib,
}

/// A component of the collector.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Component {
    /// What it does.
    pub kind: Kind,
    /// Its name, before a `/`.
    pub name: String,
    /// What it comes with.
    pub distribution: Distribution,
    /// The first version that has it under this name; `None` if that is long ago.
    #[serde(default, deserialize_with = "version")]
    pub since: Option<Version>,
    /// The name before `since`, which goes on as a deprecated alias.
    #[serde(default)]
    pub formerly: Option<String>,
    /// The first version that is known to be without it.
    #[serde(default, deserialize_with = "version")]
    pub removed: Option<Version>,
    /// What to write instead of one that was removed.
    #[serde(default)]
    pub replacement: Option<String>,
    /// Where this stands.
    pub source: String,
}

impl Component {
    /// Whether a version has it, under this name or the one before.
    #[must_use]
    pub fn is_in(&self, version: Version) -> bool {
        let begun = self.formerly.is_some() || self.since.is_none_or(|since| version >= since);
        begun && self.removed.is_none_or(|removed| version < removed)
    }

    /// What a version calls it.
    #[must_use]
    pub fn name_in(&self, version: Version) -> &str {
        match (&self.formerly, self.since) {
            (Some(before), Some(since)) if version < since => before,
            _ => &self.name,
        }
    }
}

/// A key of a configuration that a version does not take any more, or is to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Field {
    /// From the root, with dots.
    pub path: String,
    /// The first version that does not take it or makes nothing of it.
    #[serde(default, deserialize_with = "version")]
    pub removed: Option<Version>,
    /// Whether it still works, and another key is to be used.
    #[serde(default)]
    pub deprecated: bool,
    /// What to write instead.
    pub replacement: String,
    /// Where this stands.
    pub source: String,
}

#[derive(Debug, Default, Deserialize)]
struct Table {
    components: Vec<Component>,
    fields: Vec<Field>,
}

fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Version>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let version = version_of(&text)
        .ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no version")))?;
    Ok(Some(version))
}

// A test reads it, so that it can be read here.
static TABLE: LazyLock<Table> = LazyLock::new(|| serde_json::from_str(SOURCE).unwrap_or_default());

const SOURCE: &str = include_str!("../../data/collector-components.json");

/// Every component of the table, by kind and name.
#[must_use]
pub fn all() -> &'static [Component] {
    &TABLE.components
}

/// Keys that were removed or are to be replaced.
#[must_use]
pub fn fields() -> &'static [Field] {
    &TABLE.fields
}

/// The component of a name, or of the name that it had before.
#[must_use]
pub fn find(kind: Kind, name: &str) -> Option<&'static Component> {
    let mut of_kind = all().iter().filter(|it| it.kind == kind);
    let has_name = |it: &&Component| it.name == name;
    of_kind
        .clone()
        .find(has_name)
        .or_else(|| of_kind.find(|it| it.formerly.as_deref() == Some(name)))
}

/// What a version calls a component.
pub(super) fn name_in(kind: Kind, name: &'static str, version: Version) -> &'static str {
    find(kind, name).map_or(name, |it| it.name_in(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_can_be_read_and_says_where_it_has_it_from() {
        let table: Table = serde_json::from_str(SOURCE).expect("the table");
        for component in &table.components {
            let told = format!("{component:?}");
            assert!(component.source.starts_with("https://"), "{told}");
            assert_eq!(
                component.removed.is_some(),
                component.replacement.is_some(),
                "{told}"
            );
            assert_eq!(
                component.since.is_some(),
                component.formerly.is_some(),
                "{told}"
            );
        }
        let keys: Vec<_> = table
            .components
            .iter()
            .map(|it| (it.kind, &it.name))
            .collect();
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[..index].contains(key), "{key:?} stands twice");
        }
        assert!(
            table
                .fields
                .iter()
                .all(|it| it.removed.is_some() || it.deprecated)
        );
    }

    #[test]
    fn what_was_removed_is_in_no_later_version() {
        let has =
            |kind, name, minor| find(kind, name).is_some_and(|it| it.is_in(Version::new(0, minor)));
        assert!(has(Kind::Exporter, "logging", 110));
        assert!(!has(Kind::Exporter, "logging", 111));
        assert!(!has(Kind::Exporter, "jaeger", 152));
        assert!(has(Kind::Receiver, "jaeger", 152));
        assert!(!has(Kind::Processor, "spanmetrics", 152));
        assert!(has(Kind::Connector, "spanmetrics", 152));
        // A name is newer than the component.
        assert!(has(Kind::Exporter, "otlp_grpc", 100));
    }
}
