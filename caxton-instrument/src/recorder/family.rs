//! All series of one name: found by their labels, kept in order.

use std::cmp::Ordering;
use std::fmt;
use std::hash::BuildHasher;
use std::slice;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed, Ordering::Release};
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use metrics::{Key, SharedString};

use super::cells::{CounterCell, GaugeCell, HistogramCell};
use super::foreign;
use super::idle::Watch;
use super::kind::Kind;
use super::label_text::{is_identifier, labels};
use super::merged::Merged;
use super::ordered::{Iter, Ordered, Place};
use super::remembered::Removals;
use super::schema::Schema;
use super::stored::{Cell, Series, Stored};
use crate::descriptor::{MetricDescriptor, MetricKind};
use crate::meta::RefusalReason;
use crate::native::NativeBuckets;
use crate::unit::Unit;

/// A family as the registry keeps it.
pub(super) struct Store {
    name: Arc<str>,
    /// Of a declared metric.
    schema: Option<Schema>,
    help: OnceLock<SharedString>,
    /// Unset until the first series: a foreign description does not say.
    pub(super) tables: OnceLock<Tables>,
    /// Of a metric that was not declared: whether a series has, or had, a label
    /// name that is no identifier.
    utf8_labels: AtomicBool,
    /// Series that were taken out.
    removals: Arc<AtomicU64>,
    hasher: RandomState,
}

/// The series of a family, which are of one kind.
pub(super) enum Tables {
    Counter(Table<CounterCell>),
    Gauge(Table<GaugeCell>),
    Histogram(Table<HistogramCell>),
}

pub(super) struct Table<C> {
    /// Locked for writing while a series comes or goes, for reading while one
    /// is looked up and while the list is taken.
    state: RwLock<State<C>>,
    /// Where idle series are evicted.
    pub(super) watch: OnceLock<Box<Watch<C>>>,
}

pub(super) struct State<C> {
    pub(super) series: Ordered<Stored<C>>,
    count: usize,
    /// Of a declared metric: texts that combinations of closed values share,
    /// and how many do.
    texts: HashTable<(Arc<str>, u32)>,
    /// Of another one: series by the hash of their labels.
    by_labels: HashTable<(u64, Arc<Stored<C>>)>,
}

impl<C> Default for Table<C> {
    fn default() -> Self {
        Self {
            state: RwLock::new(State {
                series: Ordered::default(),
                count: 0,
                texts: HashTable::new(),
                by_labels: HashTable::new(),
            }),
            watch: OnceLock::new(),
        }
    }
}

// A panic while the lock was held leaves at worst a text that nothing uses.
impl<C> Table<C> {
    fn read(&self) -> RwLockReadGuard<'_, State<C>> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, State<C>> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn snapshot(&self) -> Option<Ordered<Stored<C>>> {
        let series = self.read().series.clone();
        (!series.is_empty()).then_some(series)
    }
}

impl Store {
    pub(super) fn declared(schema: Schema) -> Self {
        let metric = schema.metric;
        let store = Self {
            schema: Some(schema),
            ..Self::foreign(Arc::from(metric.name))
        };
        let _ = store.describe(SharedString::const_str(metric.help));
        let _ = store.tables.set(match metric.kind {
            MetricKind::Counter if !metric.fractional => CounterCell::tables(),
            // An info metric is a gauge to a recorder, as is a counter of
            // fractions.
            MetricKind::Counter | MetricKind::Gauge | MetricKind::Info => GaugeCell::tables(),
            MetricKind::Histogram => HistogramCell::tables(),
        });
        store
    }

    pub(super) fn foreign(name: Arc<str>) -> Self {
        Self {
            name,
            schema: None,
            help: OnceLock::new(),
            tables: OnceLock::new(),
            utf8_labels: AtomicBool::new(false),
            removals: Arc::default(),
            hasher: RandomState::default(),
        }
    }

    /// The first help text that says something stays; what was refused.
    pub(super) fn describe(&self, help: SharedString) -> Result<(), SharedString> {
        if help.is_empty() {
            return Ok(());
        }
        match self.help.set(help) {
            Err(help) if &*help != self.help() => Err(help),
            _ => Ok(()),
        }
    }

    pub(super) fn name(&self) -> &Arc<str> {
        &self.name
    }

    pub(super) fn help(&self) -> &str {
        self.help.get().map_or("", |help| help)
    }

    pub(super) fn schema(&self) -> Option<&Schema> {
        self.schema.as_ref()
    }

    /// As it is declared.
    pub(super) fn metric(&self) -> Option<&'static MetricDescriptor> {
        Some(self.schema()?.metric)
    }

    /// The type, once it is known.
    pub(super) fn kind(&self) -> Option<MetricKind> {
        if let Some(metric) = self.metric() {
            return Some(metric.kind);
        }
        Some(match self.tables.get()? {
            Tables::Counter(_) => MetricKind::Counter,
            Tables::Gauge(_) => MetricKind::Gauge,
            Tables::Histogram(_) => MetricKind::Histogram,
        })
    }

    /// Whether its series are of this kind, or may be.
    pub(super) fn takes<C: Kind>(&self) -> bool {
        match self.tables.get() {
            Some(tables) => C::table(tables).is_some(),
            None => true,
        }
    }

    /// Of a metric that was not declared.
    #[inline]
    pub(super) fn others_have_utf8_labels(&self) -> bool {
        self.utf8_labels.load(Relaxed)
    }

    pub(super) fn removals(&self) -> Removals {
        Removals::of(&self.removals)
    }

    /// The series of a declared metric; up to `spare` more than it declares.
    pub(super) fn of_declared<C: Kind>(
        &self,
        key: &Key,
        spare: usize,
    ) -> Result<Arc<Stored<C>>, RefusalReason> {
        let table = self.tables.get().and_then(C::table);
        let (Some(schema), Some(table)) = (self.schema(), table) else {
            return Err(RefusalReason::OtherType);
        };
        let (closed, text) = schema.locate(key).ok_or(RefusalReason::OtherLabels)?;
        let same = |stored: &Stored<C>| schema.compare(stored.identity(), (closed, &text));
        if let Ok(stored) = table.read().find(same) {
            return Ok(stored);
        }
        let mut state = table.write();
        let place = match state.find(same) {
            Ok(stored) => return Ok(stored),
            Err(place) => place,
        };
        if state.count >= schema.room().saturating_add(spare) {
            return Err(RefusalReason::TooManySeries);
        }
        let cell = C::new(&schema.bounds).ok_or(RefusalReason::NoCells)?;
        let text = if schema.shares_texts() {
            state.share(&self.hasher, &text)
        } else {
            Arc::from(text)
        };
        let stored = Arc::new(Stored::new(text, closed, cell));
        state.series.insert(place, Arc::clone(&stored));
        state.count += 1;
        Ok(stored)
    }

    /// The series of another metric that has the labels of a key as they are.
    pub(super) fn find_foreign<C: Kind>(&self, key: &Key) -> Option<Arc<Stored<C>>> {
        let table = C::table(self.tables.get()?)?;
        let hash = foreign::hash(&self.hasher, key);
        table.read().find_foreign(hash, key).map(Arc::clone)
    }

    /// The same, with the cell if it is not there, and whether it took it. The
    /// key is fit to expose.
    pub(super) fn of_foreign<C: Kind>(&self, key: &Key, cell: C) -> Option<(Arc<Stored<C>>, bool)> {
        let table = C::table(self.tables.get_or_init(C::tables))?;
        let hash = foreign::hash(&self.hasher, key);
        let mut state = table.write();
        if let Some(stored) = state.find_foreign(hash, key) {
            return Some((Arc::clone(stored), false));
        }
        let text = foreign::text(key);
        if key.labels().any(|label| !is_identifier(label.key())) {
            // Under the lock: whoever sees the series sees this.
            self.utf8_labels.store(true, Relaxed);
        }
        let place = state.series.find(|stored| by_labels(stored.text(), &text));
        let stored = Arc::new(Stored::new(Arc::from(text), 0, cell));
        match place {
            Ok(place) => return Some((Arc::clone(state.series.get(place)?), false)),
            Err(place) => state.series.insert(place, Arc::clone(&stored)),
        }
        let entry = (hash, Arc::clone(&stored));
        state
            .by_labels
            .insert_unique(hash, entry, |(hash, _)| *hash);
        state.count += 1;
        Some((stored, true))
    }

    /// Takes a series out; whether it was there.
    pub(super) fn remove(&self, key: &Key) -> bool {
        match self.tables.get() {
            Some(Tables::Counter(table)) => self.remove_from(table, key),
            Some(Tables::Gauge(table)) => self.remove_from(table, key),
            Some(Tables::Histogram(table)) => self.remove_from(table, key),
            None => false,
        }
    }

    fn remove_from<C>(&self, table: &Table<C>, key: &Key) -> bool {
        let located = match self.schema() {
            Some(schema) => schema.locate(key),
            None => Some((0, foreign::text(key))),
        };
        let Some((closed, text)) = located else {
            return false;
        };
        let mut state = table.write();
        let removed = match self.find(&state, closed, &text) {
            Ok(place) => self.take(&mut state, place),
            Err(_) => None,
        };
        if removed.is_some() {
            self.forget_remembered();
        }
        drop(state);
        // Dropped only here, without the lock: its cell is given back.
        removed.is_some()
    }

    pub(super) fn find<C>(
        &self,
        state: &State<C>,
        closed: u32,
        text: &str,
    ) -> Result<Place, Place> {
        match self.schema() {
            Some(schema) => state
                .series
                .find(|stored| schema.compare(stored.identity(), (closed, text))),
            None => state.series.find(|stored| by_labels(stored.text(), text)),
        }
    }

    pub(super) fn take<C>(&self, state: &mut State<C>, place: Place) -> Option<Arc<Stored<C>>> {
        let removed = state.series.remove(place)?;
        state.count -= 1;
        match self.schema() {
            Some(schema) if schema.shares_texts() => state.unshare(&self.hasher, removed.text()),
            Some(_) => {}
            None => {
                let hash = foreign::hash_text(&self.hasher, removed.text());
                let same = |(_, stored): &(u64, _)| Arc::ptr_eq(stored, &removed);
                if let Ok(entry) = state.by_labels.find_entry(hash, same) {
                    entry.remove();
                }
            }
        }
        Some(removed)
    }

    /// Whether it has no series, nor will have: nothing else holds the store.
    pub(super) fn is_empty(&mut self) -> bool {
        match self.tables.get() {
            Some(Tables::Counter(table)) => table.read().series.is_empty(),
            Some(Tables::Gauge(table)) => table.read().series.is_empty(),
            Some(Tables::Histogram(table)) => table.read().series.is_empty(),
            None => true,
        }
    }

    /// Makes threads look up again what they remember. Where a series goes,
    /// under the lock, so that none remembers what is gone.
    pub(super) fn forget_remembered(&self) {
        self.removals.fetch_add(1, Release);
    }

    /// The family as it is now; `None` without series.
    pub(super) fn snapshot(self: &Arc<Self>) -> Option<Family> {
        let series = match self.tables.get()? {
            Tables::Counter(table) => Snapshot::Counter(table.snapshot()?),
            Tables::Gauge(table) => Snapshot::Gauge(table.snapshot()?),
            Tables::Histogram(table) => Snapshot::Histogram(table.snapshot()?),
        };
        let family = Family {
            store: Arc::clone(self),
            series,
        };
        let without = self.without();
        Some(if without.is_empty() {
            family
        } else {
            family.without(without)
        })
    }

    /// The labels that readers do not get.
    pub(super) fn without(&self) -> &[&'static str] {
        self.schema().map_or(&[], |schema| &schema.without)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

fn by_labels(a: &str, b: &str) -> Ordering {
    labels(a).cmp(labels(b))
}

impl<C> State<C> {
    /// The series that `compare` calls equal, or its place.
    fn find(&self, compare: impl Fn(&Stored<C>) -> Ordering) -> Result<Arc<Stored<C>>, Place> {
        let place = self.series.find(compare)?;
        self.series.get(place).map(Arc::clone).ok_or(place)
    }

    fn find_foreign(&self, hash: u64, key: &Key) -> Option<&Arc<Stored<C>>> {
        let same = |(_, stored): &(u64, Arc<Stored<C>>)| foreign::matches(stored.text(), key);
        let (_, stored) = self.by_labels.find(hash, same)?;
        Some(stored)
    }

    /// The text for one more series.
    fn share(&mut self, hasher: &RandomState, text: &str) -> Arc<str> {
        let hash = hasher.hash_one(text);
        if let Some((shared, uses)) = self.texts.find_mut(hash, |(shared, _)| **shared == *text) {
            *uses += 1;
            return Arc::clone(shared);
        }
        let shared: Arc<str> = Arc::from(text);
        self.texts
            .insert_unique(hash, (Arc::clone(&shared), 1), |(shared, _)| {
                hasher.hash_one(&**shared)
            });
        shared
    }

    fn unshare(&mut self, hasher: &RandomState, text: &str) {
        let hash = hasher.hash_one(text);
        if let Ok(mut entry) = self.texts.find_entry(hash, |(shared, _)| **shared == *text) {
            entry.get_mut().1 -= 1;
            if entry.get().1 == 0 {
                entry.remove();
            }
        }
    }
}

/// All series of one name, as they were at one moment. What they read is read
/// when it is asked for.
#[derive(Debug, Clone)]
pub struct Family {
    pub(super) store: Arc<Store>,
    pub(super) series: Snapshot,
}

#[derive(Debug, Clone)]
pub(super) enum Snapshot {
    Counter(Ordered<Stored<CounterCell>>),
    Gauge(Ordered<Stored<GaugeCell>>),
    Histogram(Ordered<Stored<HistogramCell>>),
    /// Of a family without some of its labels.
    Merged(Arc<[Merged]>),
}

impl Snapshot {
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Counter(series) => series.is_empty(),
            Self::Gauge(series) => series.is_empty(),
            Self::Histogram(series) => series.is_empty(),
            Self::Merged(series) => series.is_empty(),
        }
    }
}

impl Family {
    /// The full name. That of what was not declared may have any characters but
    /// control characters.
    pub fn name(&self) -> &str {
        &self.store.name
    }

    /// The type.
    pub fn kind(&self) -> MetricKind {
        match (self.store.schema(), &self.series) {
            (Some(schema), _) => schema.metric.kind,
            (None, Snapshot::Counter(_)) => MetricKind::Counter,
            (None, Snapshot::Gauge(_)) => MetricKind::Gauge,
            (None, Snapshot::Histogram(_) | Snapshot::Merged(_)) => MetricKind::Histogram,
        }
    }

    /// Whether it was declared, and is not of another crate.
    pub fn is_declared(&self) -> bool {
        self.store.schema().is_some()
    }

    /// The unit; `None` for what was not declared.
    pub fn unit(&self) -> Unit {
        let schema = self.store.schema();
        schema.map_or(Unit::None, |schema| schema.metric.unit)
    }

    /// The buckets of a native histogram; its series have all its boundaries
    /// as bounds.
    pub fn native(&self) -> Option<NativeBuckets> {
        self.store.schema()?.metric.native
    }

    /// Whether a label name may be other than `[a-zA-Z_][a-zA-Z0-9_]*`. Not
    /// every reader takes such a name, nor a [`name`](Self::name) with other
    /// characters than these and `:`, and those that do want it in quotes
    /// ([UTF-8 names](https://prometheus.io/docs/guides/utf8/)).
    pub fn has_utf8_labels(&self) -> bool {
        match self.store.schema() {
            Some(schema) => schema.has_utf8_labels(),
            None => self.store.others_have_utf8_labels(),
        }
    }

    /// The help text; may be empty for what was not declared.
    pub fn help(&self) -> &str {
        self.store.help.get().map_or("", |help| help)
    }

    /// The series, by labels; at least one.
    pub fn series(&self) -> impl Iterator<Item = Series<'_>> {
        let cells = match &self.series {
            Snapshot::Counter(series) => Cells::Counter(series.iter()),
            Snapshot::Gauge(series) => Cells::Gauge(series.iter()),
            Snapshot::Histogram(series) => Cells::Histogram(series.iter()),
            Snapshot::Merged(series) => Cells::Merged(series.iter()),
        };
        cells.map(|cell| Series::new(&self.store, cell))
    }
}

/// The cells of a family.
enum Cells<'a> {
    Counter(Iter<'a, Stored<CounterCell>>),
    Gauge(Iter<'a, Stored<GaugeCell>>),
    Histogram(Iter<'a, Stored<HistogramCell>>),
    Merged(slice::Iter<'a, Merged>),
}

impl<'a> Iterator for Cells<'a> {
    type Item = Cell<'a>;

    #[inline]
    fn next(&mut self) -> Option<Cell<'a>> {
        match self {
            Self::Counter(series) => series.next().map(Cell::Counter),
            Self::Gauge(series) => series.next().map(Cell::Gauge),
            Self::Histogram(series) => series.next().map(Cell::Histogram),
            Self::Merged(series) => series.next().map(Cell::Merged),
        }
    }
}
