//! Names to families, as a `metrics::Recorder`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use metrics::{Key, KeyName, Metadata, SharedString};

use super::bounds::Bounds;
use super::cells::{CounterCell, GaugeCell, HistogramCell};
use super::family::{Family, Store};
use super::foreign::{as_name, clean};
use super::kind::Kind;
use super::remembered::{self, Removals};
use super::stored::Stored;
use crate::catalog::Catalog;
use crate::descriptor::DEFAULT_SECONDS_BUCKETS;

/// Undeclared series that a registry takes, of what other crates emit through
/// the `metrics` macros. What comes after is refused and counted. A declared
/// metric takes as many more than its labels declare: of other crates, and of
/// entities that a layer around the recorder keeps from being removed.
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
/// assert!(sent.series().all(|series| series.value() == Value::Counter(2)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Registry(Arc<Inner>);

struct Inner {
    /// Which registry a thread remembers a key of; never given twice.
    id: u64,
    /// Never changed, so that no lock is needed to find a family.
    declared: BTreeMap<&'static str, Arc<Store>>,
    foreign: RwLock<BTreeMap<Arc<str>, Arc<Store>>>,
    /// Of histograms that nobody declared.
    foreign_bounds: Arc<Bounds>,
    undeclared: AtomicUsize,
    refused: AtomicU64,
}

impl Registry {
    /// An empty registry that knows the types, bounds and help texts of a
    /// catalog.
    #[must_use]
    pub fn new(catalog: &Catalog) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(Arc::new(Inner {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            declared: catalog
                .metrics()
                .iter()
                .map(|metric| (metric.name, Arc::new(Store::declared(metric))))
                .collect(),
            foreign: RwLock::default(),
            foreign_bounds: Bounds::new(DEFAULT_SECONDS_BUCKETS),
            undeclared: AtomicUsize::new(0),
            refused: AtomicU64::new(0),
        }))
    }

    /// Every family that has series, by name; their series by labels.
    ///
    /// The series are shared, not copied: reading a value later reads it then.
    #[must_use]
    pub fn families(&self) -> Vec<Family> {
        let foreign = self.0.foreign();
        // One allocation, however many there are.
        let mut all = Vec::with_capacity(self.0.declared.len() + foreign.len());
        let stores = self.0.declared.values().chain(foreign.values());
        all.extend(stores.filter_map(Store::snapshot));
        drop(foreign);
        all.sort_unstable_by(|a, b| a.name().cmp(b.name()));
        all
    }

    /// How many registrations were refused: undeclared series past their
    /// bound, names that are registered with another type, declared names
    /// without the declared labels and values.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.0.refused.load(Ordering::Relaxed)
    }

    /// The cell of a counter's series; `None` when it is refused.
    pub(crate) fn counter(&self, key: &Key) -> Option<Arc<Stored<CounterCell>>> {
        Some(self.0.series(key)?.stored)
    }

    /// The cell of a gauge's series; `None` when it is refused.
    pub(crate) fn gauge(&self, key: &Key) -> Option<Arc<Stored<GaugeCell>>> {
        Some(self.0.series(key)?.stored)
    }

    /// The cell of a histogram's series; `None` when it is refused.
    pub(crate) fn histogram(&self, key: &Key) -> Option<Arc<Stored<HistogramCell>>> {
        Some(self.0.series(key)?.stored)
    }

    /// Takes a series out; its handles go on, unseen.
    pub(crate) fn remove(&self, key: &Key) {
        let inner = &*self.0;
        if let Some(store) = inner.declared.get(key.name()) {
            store.remove(key);
            return;
        }
        let key = clean(key);
        if let Some(store) = inner.foreign_store(key.name())
            && store.remove(&key)
        {
            inner.undeclared.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry")
            .field("families", &self.families().len())
            .field("refused", &self.refused())
            .finish_non_exhaustive()
    }
}

/// A series, and what was true of its family before it was looked up.
struct Found<C> {
    stored: Arc<Stored<C>>,
    removals: Removals,
}

impl Inner {
    fn foreign(&self) -> RwLockReadGuard<'_, BTreeMap<Arc<str>, Arc<Store>>> {
        self.foreign.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn foreign_mut(&self) -> RwLockWriteGuard<'_, BTreeMap<Arc<str>, Arc<Store>>> {
        self.foreign.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn foreign_store(&self, name: &str) -> Option<Arc<Store>> {
        self.foreign().get(name).map(Arc::clone)
    }

    /// A handle for `metrics`.
    #[inline]
    fn register<C: Kind>(&self, key: &Key) -> C::Handle {
        match remembered::find::<C>(self.id, key) {
            Some(handle) => handle,
            None => self.look_up::<C>(key),
        }
    }

    #[inline(never)]
    fn look_up<C: Kind>(&self, key: &Key) -> C::Handle {
        let Some(Found { stored, removals }) = self.series::<C>(key) else {
            // Counted here and not where series are found: a typed handle
            // looks for its cell once more.
            self.refused.fetch_add(1, Ordering::Relaxed);
            return C::noop();
        };
        remembered::put::<C>(self.id, key, removals, || {
            C::handle_apart(Arc::clone(&stored))
        });
        C::handle(stored)
    }

    /// The series of a key; `None` when it is refused.
    fn series<C: Kind>(&self, key: &Key) -> Option<Found<C>> {
        if let Some(store) = self.declared.get(key.name()) {
            return of_declared(store, key);
        }
        if let Some(found) = self.find_foreign(key) {
            return Some(found);
        }
        let key = clean(key);
        if let Cow::Owned(key) = &key {
            if let Some(store) = self.declared.get(key.name()) {
                return of_declared(store, key);
            }
            if let Some(found) = self.find_foreign(key) {
                return Some(found);
            }
        }
        self.insert_foreign(&key)
    }

    fn find_foreign<C: Kind>(&self, key: &Key) -> Option<Found<C>> {
        let foreign = self.foreign();
        let store = foreign.get(key.name())?;
        let removals = store.removals();
        let stored = store.find_foreign(key)?;
        Some(Found { stored, removals })
    }

    fn insert_foreign<C: Kind>(&self, key: &Key) -> Option<Found<C>> {
        let reserve = |count| (count < MAX_UNDECLARED).then_some(count + 1);
        self.undeclared
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, reserve)
            .ok()?;
        // The cell first: without one, no family is made that stays empty.
        let inserted = C::new(&self.foreign_bounds).and_then(|cell| {
            let store = self.foreign_store_or_new(key.name());
            let removals = store.removals();
            let (stored, is_new) = store.of_foreign(key, cell)?;
            Some((Found { stored, removals }, is_new))
        });
        if !matches!(inserted, Some((_, true))) {
            self.undeclared.fetch_sub(1, Ordering::Relaxed);
        }
        inserted.map(|(found, _)| found)
    }

    fn foreign_store_or_new(&self, name: &str) -> Arc<Store> {
        self.foreign_store(name).unwrap_or_else(|| {
            let name: Arc<str> = Arc::from(name);
            let mut foreign = self.foreign_mut();
            let store = foreign
                .entry(Arc::clone(&name))
                .or_insert_with(|| Arc::new(Store::foreign(name)));
            Arc::clone(store)
        })
    }

    fn describe(&self, name: &KeyName, help: SharedString) {
        let name = as_name(name.as_str(), ':');
        // The catalog says it better.
        if self.declared.contains_key(&*name) {
            return;
        }
        // Foreign descriptions are bounded like foreign series.
        let store = match self.foreign_store(&name) {
            Some(store) => store,
            None if self.foreign().len() < MAX_UNDECLARED => self.foreign_store_or_new(&name),
            None => return,
        };
        store.describe(help);
    }
}

fn of_declared<C: Kind>(store: &Store, key: &Key) -> Option<Found<C>> {
    let removals = store.removals();
    let stored = store.of_declared(key, MAX_UNDECLARED)?;
    Some(Found { stored, removals })
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
        self.0.register::<CounterCell>(key)
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> metrics::Gauge {
        self.0.register::<GaugeCell>(key)
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> metrics::Histogram {
        self.0.register::<HistogramCell>(key)
    }
}
