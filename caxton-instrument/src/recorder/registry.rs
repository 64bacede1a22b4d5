//! Names and labels to cells.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use metrics::{Key, KeyName, Metadata, SharedString};

use super::cells::{CounterCell, GaugeCell, HistogramCell, HistogramValue};
use super::foreign::{as_name, clean};
use crate::catalog::Catalog;
use crate::descriptor::{DEFAULT_SECONDS_BUCKETS, MetricDescriptor, MetricKind};
use crate::native::NativeBuckets;
use crate::unit::Unit;

/// Undeclared series that a registry takes, of what other crates emit through
/// the `metrics` macros. What comes after is refused and counted.
const MAX_UNDECLARED: usize = 10_000;

/// The recorder of a program: install it, and read it. Clones share it.
///
/// ```standalone_crate
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::recorder::{Registry, Value};
/// use caxton_instrument::Catalog;
///
/// /// Mail.
/// #[derive(MetricSet)]
/// #[metric_set(namespace = "mailer")]
/// struct Mail {
///     /// Messages that were sent.
///     messages_sent: Counter,
/// }
///
/// let registry = Registry::new(&Catalog::collect()?);
/// caxton_instrument::install(registry.clone())?;
/// Mail::global().messages_sent.increment(2);
///
/// let families = registry.families();
/// let sent = families
///     .iter()
///     .find(|family| family.name() == "mailer_messages_sent_total")
///     .expect("it was updated");
/// assert_eq!(sent.series()[0].value(), Value::Counter(2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Registry(Arc<Inner>);

struct Inner {
    declared: HashMap<&'static str, &'static MetricDescriptor>,
    families: Mutex<Families>,
    refused: AtomicU64,
}

#[derive(Default)]
struct Families {
    by_name: BTreeMap<Arc<str>, Entry>,
    undeclared: usize,
}

struct Entry {
    declared: Option<&'static MetricDescriptor>,
    /// `None` until the first series: a foreign description does not say.
    kind: Option<MetricKind>,
    help: SharedString,
    series: HashMap<Key, Arc<Series>>,
    /// The series in the order of their labels, until one comes or goes.
    sorted: Option<Arc<[Arc<Series>]>>,
}

/// One series: its labels and its cells.
#[derive(Debug)]
pub struct Series {
    labels: Box<[(SharedString, SharedString)]>,
    text: Box<str>,
    created: SystemTime,
    cell: Cell,
}

#[derive(Debug, Clone)]
enum Cell {
    Counter(Arc<CounterCell>),
    Gauge(Arc<GaugeCell>),
    Histogram(Arc<HistogramCell>),
}

/// What a series reads at one moment.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// A counter's total.
    Counter(u64),
    /// A gauge's value, in the metric's unit.
    Gauge(f64),
    /// A histogram's buckets and sum.
    Histogram(HistogramValue),
}

/// All series of one name.
#[derive(Debug, Clone)]
pub struct Family {
    name: Arc<str>,
    kind: MetricKind,
    unit: Unit,
    native: Option<NativeBuckets>,
    help: SharedString,
    series: Arc<[Arc<Series>]>,
}

impl Registry {
    /// An empty registry that knows the types, bounds and help texts of a
    /// catalog.
    #[must_use]
    pub fn new(catalog: &Catalog) -> Self {
        Self(Arc::new(Inner {
            declared: catalog
                .metrics()
                .iter()
                .map(|metric| (metric.name, *metric))
                .collect(),
            families: Mutex::default(),
            refused: AtomicU64::new(0),
        }))
    }

    /// Every family that has series, by name; their series by labels.
    ///
    /// The series are shared, not copied: reading a value later reads it then.
    #[must_use]
    pub fn families(&self) -> Vec<Family> {
        let mut families = self.0.lock();
        // One allocation, however many there are.
        let mut all = Vec::with_capacity(families.by_name.len());
        all.extend(
            families
                .by_name
                .iter_mut()
                .filter_map(|(name, entry)| entry.family(name)),
        );
        all
    }

    /// How many registrations were refused: undeclared series past their
    /// bound, and names that are registered with another type.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.0.refused.load(Ordering::Relaxed)
    }

    /// The cell of a counter's series; `None` when it is refused.
    pub(crate) fn counter(&self, key: &Key) -> Option<Arc<CounterCell>> {
        let new = |_: &[f64]| Cell::Counter(Arc::new(CounterCell::new()));
        match self.0.cell(key, MetricKind::Counter, new) {
            Some(Cell::Counter(cell)) => Some(cell),
            _ => None,
        }
    }

    /// The cell of a gauge's series; `None` when it is refused.
    pub(crate) fn gauge(&self, key: &Key) -> Option<Arc<GaugeCell>> {
        let new = |_: &[f64]| Cell::Gauge(Arc::new(GaugeCell::new()));
        match self.0.cell(key, MetricKind::Gauge, new) {
            Some(Cell::Gauge(cell)) => Some(cell),
            _ => None,
        }
    }

    /// The cell of a histogram's series; `None` when it is refused.
    pub(crate) fn histogram(&self, key: &Key) -> Option<Arc<HistogramCell>> {
        let new = |bounds: &[f64]| Cell::Histogram(Arc::new(HistogramCell::new(bounds)));
        match self.0.cell(key, MetricKind::Histogram, new) {
            Some(Cell::Histogram(cell)) => Some(cell),
            _ => None,
        }
    }

    /// Takes a series out; its handles go on, unseen.
    pub(crate) fn remove(&self, key: &Key) {
        let mut families = self.0.lock();
        if let Some(entry) = families.by_name.get_mut(key.name())
            && entry.series.remove(key).is_some()
        {
            entry.sorted = None;
            if entry.declared.is_none() {
                families.undeclared -= 1;
            }
        }
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry")
            .field("families", &self.0.lock().by_name.len())
            .field("refused", &self.refused())
            .finish_non_exhaustive()
    }
}

impl Family {
    /// The full name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The type.
    pub fn kind(&self) -> MetricKind {
        self.kind
    }

    /// The unit; `None` for what was not declared.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// The buckets of a native histogram; its series have all its boundaries
    /// as bounds.
    pub fn native(&self) -> Option<NativeBuckets> {
        self.native
    }

    /// The help text; may be empty for what was not declared.
    pub fn help(&self) -> &str {
        &self.help
    }

    /// The series, by labels.
    pub fn series(&self) -> &[Arc<Series>] {
        &self.series
    }
}

impl Series {
    /// The labels, constant ones first, then in declared order.
    pub fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        self.labels
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_ref()))
    }

    /// The labels as the text formats write them, `name="value",..` without
    /// braces, backslash, quote and newline escaped
    /// ([text format](https://prometheus.io/docs/instrumenting/exposition_formats/#comments-help-text-and-type-information)).
    pub fn label_text(&self) -> &str {
        &self.text
    }

    /// When the series began.
    pub fn created(&self) -> SystemTime {
        self.created
    }

    /// The bucket bounds of a histogram, rising, of a native one every boundary
    /// ([`Family::native`]); none for other types.
    pub fn bounds(&self) -> &[f64] {
        match &self.cell {
            Cell::Histogram(cell) => cell.bounds(),
            _ => &[],
        }
    }

    /// What the series reads now.
    #[must_use]
    pub fn value(&self) -> Value {
        match &self.cell {
            Cell::Counter(cell) => Value::Counter(cell.value()),
            Cell::Gauge(cell) => Value::Gauge(cell.value()),
            Cell::Histogram(cell) => Value::Histogram(cell.value()),
        }
    }

    /// As [`value`](Self::value), into a value that was read before: the
    /// buckets of one histogram after another then allocate once.
    pub fn read(&self, into: &mut Value) {
        match (&self.cell, into) {
            (Cell::Histogram(cell), Value::Histogram(value)) => cell.read(value),
            (_, into) => *into = self.value(),
        }
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, Families> {
        self.families.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The handle of a registration that was refused. Counted here and not
    /// where cells are found: a typed handle looks for its cell once more.
    fn refuse<T>(&self, noop: impl FnOnce() -> T) -> T {
        self.refused.fetch_add(1, Ordering::Relaxed);
        noop()
    }

    fn describe(&self, name: &KeyName, help: SharedString) {
        let name = as_name(name.as_str(), ':');
        let mut families = self.lock();
        // Foreign descriptions are bounded like foreign series.
        let room = families.by_name.len() < MAX_UNDECLARED + self.declared.len();
        if let Some(entry) = families.by_name.get_mut(&*name) {
            if entry.declared.is_none() && entry.help.is_empty() {
                entry.help = help;
            }
        } else if room {
            let mut entry = self.entry(&name);
            if entry.declared.is_none() {
                entry.help = help;
            }
            families.by_name.insert(Arc::from(name), entry);
        }
    }

    fn entry(&self, name: &str) -> Entry {
        let declared = self.declared.get(name).copied();
        Entry {
            declared,
            kind: declared.map(|metric| metric.kind),
            help: declared.map_or(SharedString::const_str(""), |metric| {
                SharedString::const_str(metric.help)
            }),
            series: HashMap::new(),
            sorted: None,
        }
    }

    /// The cells of a series; `None` when it is refused.
    fn cell(&self, key: &Key, kind: MetricKind, new: impl FnOnce(&[f64]) -> Cell) -> Option<Cell> {
        let key = &*match self.declared.get(key.name()) {
            Some(metric) if names_labels_of(key, metric) => Cow::Borrowed(key),
            Some(_) => return None,
            None => clean(key),
        };
        let mut families = self.lock();
        let Families {
            by_name,
            undeclared,
        } = &mut *families;
        if !by_name.contains_key(key.name()) {
            if !self.declared.contains_key(key.name()) && *undeclared >= MAX_UNDECLARED {
                return None;
            }
            by_name.insert(Arc::from(key.name()), self.entry(key.name()));
        }
        let entry = by_name.get_mut(key.name())?;
        if !same_type(*entry.kind.get_or_insert(kind), kind) {
            return None;
        }
        if let Some(series) = entry.series.get(key) {
            return Some(series.cell.clone());
        }
        if entry.declared.is_none() {
            if *undeclared >= MAX_UNDECLARED {
                return None;
            }
            *undeclared += 1;
        }
        let bounds = entry
            .declared
            .map_or(DEFAULT_SECONDS_BUCKETS, MetricDescriptor::cell_bounds);
        let cell = new(bounds);
        entry
            .series
            .insert(key.clone(), Arc::new(Series::new(key, cell.clone())));
        entry.sorted = None;
        Some(cell)
    }
}

/// Whether the labels have the names that the metric declares.
fn names_labels_of(key: &Key, metric: &MetricDescriptor) -> bool {
    let constant = metric.constant_labels.iter().map(|(name, _)| *name);
    let declared = constant.chain(metric.labels.iter().map(|label| label.name));
    let mut count = 0;
    for name in declared {
        count += 1;
        if !key.labels().any(|label| label.key() == name) {
            return false;
        }
    }
    key.labels().len() == count
}

/// An info metric is a gauge to a recorder.
fn same_type(a: MetricKind, b: MetricKind) -> bool {
    let gauge = |kind| matches!(kind, MetricKind::Gauge | MetricKind::Info);
    a == b || (gauge(a) && gauge(b))
}

impl Entry {
    fn family(&mut self, name: &Arc<str>) -> Option<Family> {
        if self.series.is_empty() {
            return None;
        }
        let series = self.sorted.get_or_insert_with(|| {
            let mut series: Vec<_> = self.series.values().cloned().collect();
            series.sort_by(|a, b| a.labels.cmp(&b.labels));
            series.into()
        });
        Some(Family {
            name: Arc::clone(name),
            kind: self.kind?,
            unit: self.declared.map_or(Unit::None, |metric| metric.unit),
            native: self.declared.and_then(|metric| metric.native),
            help: self.help.clone(),
            series: Arc::clone(series),
        })
    }
}

impl Series {
    fn new(key: &Key, cell: Cell) -> Self {
        let labels: Box<[_]> = key
            .labels()
            .map(|label| label.clone().into_parts())
            .collect();
        let mut text = String::new();
        for (name, value) in &labels {
            if !text.is_empty() {
                text.push(',');
            }
            text.push_str(name);
            text.push_str("=\"");
            for c in value.chars() {
                match c {
                    '\\' => text.push_str("\\\\"),
                    '"' => text.push_str("\\\""),
                    '\n' => text.push_str("\\n"),
                    c => text.push(c),
                }
            }
            text.push('"');
        }
        Self {
            labels,
            text: text.into(),
            created: SystemTime::now(),
            cell,
        }
    }
}

impl metrics::Recorder for Registry {
    fn describe_counter(&self, name: KeyName, _: Option<metrics::Unit>, help: SharedString) {
        self.0.describe(&name, help);
    }

    fn describe_gauge(&self, name: KeyName, _: Option<metrics::Unit>, help: SharedString) {
        self.0.describe(&name, help);
    }

    fn describe_histogram(&self, name: KeyName, _: Option<metrics::Unit>, help: SharedString) {
        self.0.describe(&name, help);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> metrics::Counter {
        match self.counter(key) {
            Some(cell) => metrics::Counter::from_arc(cell),
            None => self.0.refuse(metrics::Counter::noop),
        }
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> metrics::Gauge {
        match self.gauge(key) {
            Some(cell) => metrics::Gauge::from_arc(cell),
            None => self.0.refuse(metrics::Gauge::noop),
        }
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> metrics::Histogram {
        match self.histogram(key) {
            Some(cell) => metrics::Histogram::from_arc(cell),
            None => self.0.refuse(metrics::Histogram::noop),
        }
    }
}
