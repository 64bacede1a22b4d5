//! How a registry differs from what is declared: more bucket bounds, fewer
//! labels. What would make a query wrong that was written for the declaration
//! is refused, and says where the declaration stands.

use std::collections::{BTreeMap, BTreeSet};

use super::bounds::Bounds;
use super::idle::IdleEviction;
use super::registry::Registry;
use crate::catalog::{Catalog, Finding, Level};
use crate::descriptor::{MetricDescriptor, MetricKind};
use crate::rules::MAX_BUCKETS;
use crate::unit::Unit;

/// A [`Registry`] to be, that differs from what a catalog declares; made by
/// [`Registry::builder`].
///
/// ```standalone_crate
/// use std::sync::Arc;
///
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::recorder::Registry;
/// use caxton_instrument::Catalog;
///
/// /// Mail.
/// #[derive(MetricSet)]
/// #[metric_set(namespace = "mailer")]
/// struct Mail {
///     /// Time to send one message.
///     #[metric(unit = seconds, buckets = [0.1, 1.0])]
///     send_duration: Histogram,
/// }
///
/// let catalog = Catalog::collect()?;
/// let registry = Registry::builder(&catalog)
///     .buckets("mailer_send_duration_seconds", &[0.1, 0.3, 1.0])?
///     .build();
/// Mail::new_in(Arc::new(registry.clone())).send_duration.record(0.2);
/// let families = registry.families();
/// let sent = families.iter().find(|family| family.name().starts_with("mailer")).expect("recorded");
/// assert_eq!(sent.series().next().expect("one series").bounds(), [0.1, 0.3, 1.0]);
///
/// // A declared bound may be in a query: it stays.
/// let refused = Registry::builder(&catalog)
///     .buckets("mailer_send_duration_seconds", &[0.3, 1.0])
///     .unwrap_err();
/// assert!(refused.message.contains("0.1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "there is no registry before `build`"]
pub struct RegistryBuilder<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) eviction: Option<IdleEviction>,
    pub(super) bounds: BTreeMap<&'static str, Vec<f64>>,
    pub(super) without: BTreeMap<&'static str, BTreeSet<&'static str>>,
}

impl<'a> RegistryBuilder<'a> {
    pub(super) fn new(catalog: &'a Catalog) -> Self {
        Self {
            catalog,
            eviction: None,
            bounds: BTreeMap::new(),
            without: BTreeMap::new(),
        }
    }

    /// Evicts idle series while it is read. Of a metric that is read without a
    /// label nothing is evicted: the sum would go down with each series.
    pub fn evict_idle(mut self, eviction: IdleEviction) -> Self {
        self.eviction = Some(eviction);
        self
    }

    /// Gives a histogram these bucket bounds, in its unit and rising: those that
    /// are declared and others.
    ///
    /// # Errors
    ///
    /// A metric that is not declared, or is no histogram, or a native one;
    /// bounds that are not finite and rising, or too many; a declared bound
    /// that is missing, since a query may name it.
    pub fn buckets(mut self, metric: &str, bounds: &[f64]) -> Result<Self, Finding> {
        let metric = declared(self.catalog, metric)?;
        check_bounds(metric, bounds)?;
        self.bounds.insert(metric.name, bounds.to_vec());
        Ok(self)
    }

    /// Every label that some metric varies, by name; those of the facade's
    /// metrics about itself are not among them.
    #[must_use]
    pub fn labels(catalog: &Catalog) -> Vec<&'static str> {
        let labels = catalog.program_metrics().flat_map(|metric| metric.labels);
        let mut names: Vec<_> = labels.map(|label| label.name).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Leaves a label out of all declared metrics that have it: series that
    /// differ only there are read as one, their sum. The facade's metrics about
    /// itself stay as they are.
    ///
    /// # Errors
    ///
    /// A label that no metric varies, one of a gauge whose values do not add up,
    /// such as a ratio, and one that an alert, an objective, a recording rule or
    /// a panel groups or selects by.
    pub fn without_label(mut self, label: &str) -> Result<Self, Finding> {
        if let Some(used) = self.catalog.label_use(label) {
            let mut finding = refusal(
                "label_left_out",
                format!(
                    "label `{label}` cannot be left out: {} asks `{}` by it; keep it, or declare \
                     the {} without it",
                    used.who, used.metric.name, used.noun,
                ),
                used.metric,
            );
            finding.places.insert(0, used.location);
            return Err(finding);
        }
        let mut with_label = 0;
        for metric in self.catalog.program_metrics() {
            let Some(label) = metric.labels.iter().find(|known| known.name == label) else {
                continue;
            };
            with_label += 1;
            if !adds_up(metric) {
                return Err(refusal(
                    "label_left_out",
                    format!(
                        "label `{}` cannot be left out: it tells apart values of the gauge `{}` in \
                         {}, whose sum means nothing; keep it, and aggregate in the query",
                        label.name,
                        metric.name,
                        metric.unit.suffix(),
                    ),
                    metric,
                ));
            }
            let without = self.without.entry(metric.name).or_default();
            without.insert(label.name);
        }
        if with_label == 0 {
            return Err(unknown_label(self.catalog, label));
        }
        Ok(self)
    }

    /// The registry.
    #[must_use]
    pub fn build(self) -> Registry {
        Registry::of(&self)
    }

    pub(super) fn bounds_of(&self, metric: &MetricDescriptor) -> std::sync::Arc<Bounds> {
        match self.bounds.get(metric.name) {
            Some(bounds) => Bounds::new(bounds),
            None => Bounds::new(metric.cell_bounds()),
        }
    }

    pub(super) fn without_of(&self, metric: &MetricDescriptor) -> Box<[&'static str]> {
        let labels = self.without.get(metric.name);
        labels.into_iter().flatten().copied().collect()
    }
}

/// Whether the sum of two series means something.
const fn adds_up(metric: &MetricDescriptor) -> bool {
    match metric.kind {
        MetricKind::Counter | MetricKind::Histogram | MetricKind::Info => true,
        MetricKind::Gauge => matches!(metric.unit, Unit::None | Unit::Bytes),
    }
}

fn refusal(class: &'static str, message: String, metric: &MetricDescriptor) -> Finding {
    Finding {
        level: Level::Error,
        class,
        message,
        places: vec![metric.location],
    }
}

fn declared(catalog: &Catalog, name: &str) -> Result<&'static MetricDescriptor, Finding> {
    catalog.metric(name).ok_or_else(|| Finding {
        level: Level::Error,
        class: "unknown_metric",
        message: format!(
            "no metric is named `{name}`; `catalog show` lists those that are declared"
        ),
        places: Vec::new(),
    })
}

fn unknown_label(catalog: &Catalog, label: &str) -> Finding {
    let constant = catalog.program_metrics().find(|metric| {
        let mut labels = metric.constant_labels.iter();
        labels.any(|(name, _)| *name == label)
    });
    if let Some(metric) = constant {
        let message = format!(
            "label `{label}` cannot be left out: it is a constant label of `{}`, and has one value",
            metric.name
        );
        return refusal("label_left_out", message, metric);
    }
    let known = match RegistryBuilder::labels(catalog).as_slice() {
        [] => String::from("no declared metric has labels"),
        known => format!("the labels are `{}`", known.join("`, `")),
    };
    Finding {
        level: Level::Error,
        class: "unknown_label",
        message: format!("no declared metric has a label `{label}`; {known}"),
        places: Vec::new(),
    }
}

fn check_bounds(metric: &'static MetricDescriptor, bounds: &[f64]) -> Result<(), Finding> {
    let refuse = |message: String| Err(refusal("bucket_bounds", message, metric));
    let name = metric.name;
    if metric.kind != MetricKind::Histogram {
        return refuse(format!(
            "`{name}` is a {}: only a histogram has bucket bounds",
            metric.kind
        ));
    }
    if metric.native.is_some() {
        return refuse(format!(
            "`{name}` is a native histogram, whose unit fixes its buckets; they are finer than \
             bounds that are chosen"
        ));
    }
    if let Some(bound) = bounds.iter().find(|bound| !bound.is_finite()) {
        return refuse(format!(
            "a bucket bound of `{name}` is {bound}: bounds are finite numbers, and the last bucket, \
             up to +Inf, is always there"
        ));
    }
    if let Some([a, b]) = bounds.array_windows().find(|[a, b]| a >= b) {
        return refuse(format!(
            "the bucket bounds of `{name}` do not rise: {b} comes after {a}; write each once, the \
             smallest first"
        ));
    }
    if bounds.len() > MAX_BUCKETS {
        return refuse(format!(
            "{} bucket bounds for `{name}` are too many: at most {MAX_BUCKETS}",
            bounds.len()
        ));
    }
    let missing: Vec<_> = metric
        .buckets
        .iter()
        .filter(|declared| !bounds.contains(declared))
        .map(f64::to_string)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let (word, stays) = match missing.len() {
        1 => ("bound", "it, since a query may name it"),
        _ => ("bounds", "them, since a query may name them"),
    };
    let mut all: Vec<_> = bounds.iter().chain(metric.buckets).copied().collect();
    all.sort_by(f64::total_cmp);
    all.dedup();
    let fitting = if all.len() > MAX_BUCKETS {
        String::from(", with fewer bounds of your own")
    } else {
        format!(": {all:?}")
    };
    refuse(format!(
        "`{name}` is declared with the bucket {word} {}, which these bounds leave out; keep {stays}\
         {fitting}",
        missing.join(", "),
    ))
}
