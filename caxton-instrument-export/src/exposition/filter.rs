//! Which families a reader asks for.

use caxton_instrument::MetricKind;

use super::names::Names;

/// The families to write: all, or those that have one of some names, as
/// `/metrics?name[]=up_total&name[]=build_info` asks.
///
/// ```
/// use caxton_instrument_export::exposition::Filter;
///
/// let filter = Filter::names(["shop_orders_total", "shop_duration_seconds_count"]);
/// assert_ne!(filter, Filter::all());
/// assert_eq!(Filter::names([""; 0]), Filter::all());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    names: Vec<String>,
}

impl Filter {
    /// Every family.
    #[must_use]
    pub const fn all() -> Self {
        Self { names: Vec::new() }
    }

    /// The families that are called by one of the names, or write a sample of
    /// that name; whole, so that a histogram keeps its buckets. Without names,
    /// every family.
    #[must_use]
    pub fn names<T: Into<String>>(names: impl IntoIterator<Item = T>) -> Self {
        Self {
            names: names.into_iter().map(Into::into).collect(),
        }
    }

    pub(super) fn admits(&self, name: &str, kind: MetricKind) -> bool {
        let has = |asked: &String| {
            Names::of(name, kind)
                .all()
                .any(|(family, suffix)| asked.strip_prefix(family) == Some(suffix))
        };
        self.names.is_empty() || self.names.iter().any(|asked| asked == name || has(asked))
    }
}
