//! What is declared: by the program, by a page, by rules, by other programs.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use caxton_instrument::{Catalog, MetaMetrics, MetricDescriptor, MetricKind, Replaced, Unit};

use super::foreign::Foreign;
use super::labels::Labels;
use super::metric::{Metric, PARTS, Series, series_of, unit_of};
use super::place::{Use, UseKind};
use super::tree::{Kind, Node};
use super::{judged, syntax};
use crate::promql::Route;

/// Recorded series may be recorded of others, as deep as that.
const MAX_RECORDED: u8 = 8;

/// What expressions are judged by.
///
/// ```standalone_crate
/// use caxton_instrument::Catalog;
/// use caxton_instrument_export::lint::promql::{self, Known, Use, UseKind};
///
/// let catalog = Catalog::collect()?;
/// let known = Known::new(&catalog).recorded("job:up:sum", "sum by (job) (up)");
/// let place = Use::new(UseKind::Record { name: "job:up:ratio" });
/// assert_eq!(promql::check(&known, "job:up:sum / on (job) count by (job) (up)", &place), []);
///
/// let faults = promql::check(&known, "sum by (job) (nosuch_total)", &place);
/// assert_eq!(faults[0].class.id(), "CAT");
/// assert_eq!(faults[0].at, 14..26);
/// # Ok::<(), caxton_instrument::CatalogError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Known<'a> {
    pub(super) catalog: &'a Catalog,
    documented: BTreeMap<String, Documented>,
    recorded: BTreeMap<String, String>,
    watched: BTreeSet<String>,
    target_labels: BTreeSet<String>,
    /// The catalog's metrics under the names that they have at the end of a route.
    routed: BTreeMap<String, &'static MetricDescriptor>,
    depth: Cell<u8>,
}

/// A metric that a page declares, as far as it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Documented {
    /// Its full name; of a histogram, without the suffix of a part.
    pub name: String,
    /// Its type.
    pub kind: Option<MetricKind>,
    /// Its unit; `None` takes it from the name.
    pub unit: Option<Unit>,
    /// Its labels, where the page lists them.
    pub labels: Option<Vec<String>>,
    /// Bucket bounds of a histogram, rising.
    pub buckets: Vec<f64>,
}

impl Documented {
    /// A metric of which only the name is known.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            name: name.into(),
            kind: None,
            unit: None,
            labels: None,
            buckets: Vec::new(),
        }
    }
}

impl<'a> Known<'a> {
    /// What a program declares.
    #[must_use]
    pub const fn new(catalog: &'a Catalog) -> Self {
        Self {
            catalog,
            documented: BTreeMap::new(),
            recorded: BTreeMap::new(),
            watched: BTreeSet::new(),
            target_labels: BTreeSet::new(),
            routed: BTreeMap::new(),
            depth: Cell::new(0),
        }
    }

    /// How metrics get to where the expressions are asked: what they and their
    /// labels are called there is known too.
    ///
    /// ```standalone_crate
    /// use caxton_instrument::prelude::*;
    /// use caxton_instrument::Catalog;
    /// use caxton_instrument_export::lint::promql::{self, Known, Use, UseKind};
    /// use caxton_instrument_export::promql::{Exporter, Route};
    ///
    /// /// The mailer.
    /// #[derive(MetricSet)]
    /// #[metric_set(namespace = "mailer")]
    /// struct Mail {
    ///     /// Messages that wait.
    ///     messages_waiting: Gauge,
    /// }
    ///
    /// let catalog = Catalog::collect()?;
    /// let collected = Route::Collector(Exporter::default().namespace("post"));
    /// let known = Known::new(&catalog).routed(&collected);
    /// let asked = "sum by (job) (post_mailer_messages_waiting)";
    /// assert_eq!(promql::check(&known, asked, &Use::new(UseKind::Prose)), []);
    /// # Ok::<(), caxton_instrument::CatalogError>(())
    /// ```
    #[must_use]
    pub fn routed(mut self, route: &Route) -> Self {
        let metrics = self.catalog.metrics().iter();
        self.routed = metrics
            .map(|metric| (route.metric(metric).into_owned(), *metric))
            .collect();
        for label in ["job", "instance"] {
            let there = route.label(label);
            if there != label {
                self.target_labels.insert(there.into());
            }
        }
        self
    }

    /// A metric that a page declares. The catalog's word counts more.
    #[must_use]
    pub fn documented(mut self, metric: Documented) -> Self {
        self.documented.insert(metric.name.clone(), metric);
        self
    }

    /// A series that a recording rule of the same files makes.
    #[must_use]
    pub fn recorded(mut self, name: &str, expr: &str) -> Self {
        self.recorded.insert(name.into(), expr.into());
        self
    }

    /// An expression of an alert in the same files: what it asks
    /// [`absent`](https://prometheus.io/docs/prometheus/3.5/querying/functions/#absent)
    /// of is not silent when it is gone.
    #[must_use]
    pub fn watched(mut self, expr: &str) -> Self {
        if let Ok(Some(node)) = syntax::parse(expr, &Use::new(UseKind::Prose)) {
            absences(&node, &mut self.watched);
        }
        self
    }

    /// A label that the scrape's configuration puts on every series.
    #[must_use]
    pub fn target_label(mut self, name: &str) -> Self {
        self.target_labels.insert(name.into());
        self
    }

    /// Whether an alert tells when a metric is gone.
    pub(super) fn is_watched(&self, name: &str) -> bool {
        let (base, _) = parted(name);
        let is_of_targets = |it: &String| {
            let declared = self.declared(it).map(|it| it.name);
            it == "up" || declared == Some(MetaMetrics::SERIES_LIVE.name())
        };
        self.watched.iter().any(is_of_targets)
            || self
                .watched
                .iter()
                .any(|it| it == name || it == base || it.strip_suffix("_count") == Some(base))
    }

    /// What a name means; `None` if nothing declares it.
    pub(super) fn metric<'b>(&'b self, name: &'b str) -> Option<Metric<'b>> {
        let mut metric = self
            .of_catalog(name)
            .or_else(|| self.of_page(name))
            .or_else(|| self.of_rule(name))
            .or_else(|| of_others(name))?;
        if metric.labels.is_known() && !metric.labels.is_exact() {
            metric
                .labels
                .names
                .extend(self.target_labels.iter().cloned());
        }
        Some(metric)
    }

    /// The metric that takes the place of one of an older name.
    pub(super) fn successor(&self, name: &str) -> Option<&'static MetricDescriptor> {
        let (base, _) = parted(name);
        let is_older = |it: &Replaced| it.name == name || it.name == base;
        let mut metrics = self.catalog.metrics().iter().copied();
        metrics.find(|metric| metric.replaces.iter().any(is_older))
    }

    /// What a name that nothing declares says of itself, so that what is wrong
    /// beside the name is told too.
    pub(super) fn assumed<'b>(&self, name: &'b str) -> Metric<'b> {
        let (_, part) = parted(name);
        // A `_count` may be a gauge that was named badly.
        let by_name = match part {
            Some(Series::Buckets) => Series::Buckets,
            None if name.ends_with("_total") => Series::Counter,
            _ => Series::Unknown,
        };
        let plain = Metric {
            name: Cow::Borrowed(name),
            series: by_name,
            unit: match by_name {
                Series::Buckets => Some(Unit::None),
                _ => unit_of(name),
            },
            labels: Labels::unknown(),
            descriptor: None,
            bounds: Cow::Borrowed(&[]),
        };
        let Some(descriptor) = self.successor(name) else {
            return plain;
        };
        let is_histogram = descriptor.kind == MetricKind::Histogram;
        match part {
            Some(series) if is_histogram => declared(name, descriptor, series),
            // A share that counters took the place of is no counter.
            None if descriptor.kind == MetricKind::Gauge
                || (by_name == Series::Counter && !is_histogram) =>
            {
                Metric {
                    unit: unit_of(name),
                    ..declared(name, descriptor, series_of(descriptor.kind, false))
                }
            }
            _ => plain,
        }
    }

    /// A metric by its name in the program, or at the end of the route.
    fn declared(&self, name: &str) -> Option<&'static MetricDescriptor> {
        let here = self.catalog.metric(name);
        here.or_else(|| self.routed.get(name).copied())
    }

    /// A name of the catalog, or of a histogram's part.
    fn of_catalog<'b>(&self, name: &'b str) -> Option<Metric<'b>> {
        if let Some(descriptor) = self.declared(name) {
            let series = series_of(descriptor.kind, descriptor.native.is_some());
            return Some(declared(name, descriptor, series));
        }
        if let Some(counter) = name.strip_suffix("_created") {
            let total = format!("{counter}_total");
            let descriptor = self.declared(&total).or_else(|| self.declared(counter))?;
            return Some(Metric {
                unit: Some(Unit::Seconds),
                ..declared(name, descriptor, Series::Gauge)
            });
        }
        PARTS.iter().find_map(|(end, series)| {
            let descriptor = self.declared(name.strip_suffix(end)?)?;
            let is_histogram = descriptor.kind == MetricKind::Histogram;
            is_histogram.then(|| declared(name, descriptor, *series))
        })
    }

    fn of_page<'b>(&'b self, name: &'b str) -> Option<Metric<'b>> {
        let (page, part) = match self.documented.get(name) {
            Some(page) => (page, None),
            None => PARTS.iter().find_map(|(end, series)| {
                let page = self.documented.get(name.strip_suffix(end)?)?;
                let is_histogram = matches!(page.kind, None | Some(MetricKind::Histogram));
                is_histogram.then_some((page, Some(*series)))
            })?,
        };
        let own = match page.kind {
            // Whether it is a native one is not said.
            Some(MetricKind::Histogram) if page.buckets.is_empty() => Series::Unknown,
            Some(kind) => series_of(kind, false),
            None => Series::Unknown,
        };
        let series = part.unwrap_or(own);
        let mut labels = match &page.labels {
            Some(labels) => Labels::of_target(labels.iter().map(String::as_str)),
            None => Labels::unknown(),
        };
        if series == Series::Buckets {
            labels = labels.with("le");
        }
        let unit = page.unit.or_else(|| unit_of(&page.name));
        Some(Metric {
            name: Cow::Borrowed(name),
            series,
            unit: if series == Series::Count {
                Some(Unit::None)
            } else {
                unit
            },
            labels,
            descriptor: None,
            bounds: Cow::Borrowed(&page.buckets),
        })
    }

    fn of_rule<'b>(&'b self, name: &'b str) -> Option<Metric<'b>> {
        let expr = self.recorded.get(name)?;
        let mut metric = Metric {
            name: Cow::Borrowed(name),
            series: Series::Unknown,
            unit: unit_of(name),
            labels: Labels::unknown(),
            descriptor: None,
            bounds: Cow::Borrowed(&[]),
        };
        // A rule may record itself.
        if self.depth.get() < MAX_RECORDED {
            self.depth.set(self.depth.get() + 1);
            if let Ok(Some(node)) = syntax::parse(expr, &Use::new(UseKind::Record { name })) {
                let root = judged::Judged::of(self, &node);
                metric.labels = recorded_labels(&root);
                let facts = root.facts;
                metric.unit = facts
                    .quantity
                    .filter(|it| it.is_plain())
                    .map(|it| it.unit)
                    .or(metric.unit);
                if facts.series.is_counted() && !facts.is_rate {
                    metric.series = facts.series;
                } else if facts.series == Series::Buckets {
                    // A recorded rate of buckets is asked for quantiles as it is.
                    metric.bounds = Cow::Owned(facts.bounds().to_vec());
                }
            }
            self.depth.set(self.depth.get() - 1);
        }
        Some(metric)
    }

    /// Every name that can be meant, for the nearest one.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let declared = self.catalog.metrics().iter().map(|it| it.name);
        declared
            .chain(self.routed.keys().map(String::as_str))
            .chain(self.documented.keys().map(String::as_str))
            .chain(self.recorded.keys().map(String::as_str))
    }
}

fn declared<'b>(
    name: &'b str,
    descriptor: &'static MetricDescriptor,
    series: Series,
) -> Metric<'b> {
    let names = descriptor.labels.iter().map(|it| it.name);
    let constant = descriptor.constant_labels.iter().map(|(name, _)| *name);
    let mut labels = Labels::of_target(names.chain(constant));
    for (name, _) in descriptor.constant_labels {
        labels.fixed.insert((*name).into());
    }
    if series == Series::Buckets {
        labels = labels.with("le");
    }
    let is_count = series == Series::Count || series == Series::Buckets;
    Metric {
        name: Cow::Borrowed(name),
        series,
        unit: Some(if is_count {
            Unit::None
        } else {
            descriptor.unit
        }),
        labels,
        descriptor: Some(descriptor),
        bounds: Cow::Borrowed(descriptor.buckets),
    }
}

/// The labels that recorded series have. Where several rules record one name, what
/// only some of them give may be there or not.
fn recorded_labels(recorded: &judged::Judged<'_>) -> Labels {
    let recorded = recorded.inner();
    let (Kind::Binary(binary), [left, right]) = (&recorded.node.kind, &recorded.parts[..]) else {
        return recorded.facts.labels.clone();
    };
    if binary.operator.text != "or" {
        return recorded.facts.labels.clone();
    }
    let (left, right) = (recorded_labels(left), recorded_labels(right));
    if left.names == right.names && left.rest == right.rest {
        return left;
    }
    Labels {
        names: left.names.intersection(&right.names).cloned().collect(),
        ..Labels::unknown()
    }
}

fn of_others(name: &str) -> Option<Metric<'_>> {
    let foreign = Foreign::find(name)?;
    // Gauges are called `_count` too: only buckets are sure to be a part.
    let part = PARTS.iter().find(|(end, series)| {
        let is_sure = foreign.series == Series::Unknown && *series == Series::Buckets;
        is_sure && name.ends_with(end)
    });
    Some(Metric {
        name: Cow::Borrowed(name),
        series: part.map_or(foreign.series, |(_, series)| *series),
        unit: foreign.unit.or_else(|| unit_of(name)),
        labels: Labels::unknown(),
        descriptor: None,
        bounds: Cow::Borrowed(&[]),
    })
}

/// A name without the suffix of a histogram's part, and that part.
fn parted(name: &str) -> (&str, Option<Series>) {
    let mut parts = PARTS.iter();
    let found = parts.find_map(|(end, series)| Some((name.strip_suffix(end)?, Some(*series))));
    found.unwrap_or((name, None))
}

/// The names that `absent` is asked of.
fn absences(node: &Node, found: &mut BTreeSet<String>) {
    if let Kind::Call { name, arguments } = &node.kind
        && matches!(name.text.as_str(), "absent" | "absent_over_time")
    {
        let mut selectors = Vec::new();
        for argument in arguments {
            argument.selectors(&mut selectors);
        }
        let names = selectors.into_iter().filter_map(|it| it.name.as_ref());
        found.extend(names.map(|it| it.text.clone()));
    }
    for part in node.parts() {
        absences(part, found);
    }
}
