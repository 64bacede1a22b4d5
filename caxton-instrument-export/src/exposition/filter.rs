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
    /// every family. A name that is escaped for the reader is taken as it is
    /// called and as it is written.
    #[must_use]
    pub fn names<T: Into<String>>(names: impl IntoIterator<Item = T>) -> Self {
        Self {
            names: names.into_iter().map(Into::into).collect(),
        }
    }

    /// Whether a family is asked for, by its own name or, if that is another
    /// one, as it is written.
    pub(super) fn admits(&self, name: &str, written: Option<&str>, kind: MetricKind) -> bool {
        let calls = |asked: &str, name: &str| {
            let has = |(family, suffix)| asked.strip_prefix(family) == Some(suffix);
            asked == name || Names::of(name, kind).all().any(has)
        };
        let is_asked = |asked: &String| {
            calls(asked, name) || written.is_some_and(|written| calls(asked, written))
        };
        self.names.is_empty() || self.names.iter().any(is_asked)
    }
}
