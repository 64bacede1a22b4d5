//! Names to families, as a `metrics::Recorder`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Instant;

use metrics::{Key, KeyName, Metadata, SharedString};

use super::bounds::Bounds;
use super::cells::{CounterCell, GaugeCell, HistogramCell};
use super::family::{Family, Store};
use super::foreign::{self, clean};
use super::idle::{IdleEviction, Sweep};
use super::kind::Kind;
use super::options::RegistryBuilder;
use super::readers::Readers;
use super::refusal_text::{self, LeftOut, Registration};
use super::refusals::{Counter, Message, Refusals};
use super::remembered::{self, Removals};
use super::schema::Schema;
use super::stored::Stored;
use crate::catalog::{Catalog, Finding};
use crate::descriptor::{DEFAULT_SECONDS_BUCKETS, MetricDescriptor};
use crate::meta::RefusalReason;

/// Undeclared series that a registry takes, of what other crates emit through
/// the `metrics` macros. What comes after is refused and counted. A declared
/// metric takes as many more than its labels declare: of other crates, and of
/// entities that a layer around the recorder keeps from being removed.
pub(super) const MAX_UNDECLARED: usize = 10_000;

/// Families that are taken out under one lock.
const FORGOTTEN_AT_ONCE: usize = 64;

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
    refusals: Refusals,
    eviction: Option<IdleEviction>,
    readers: Readers,
}

impl Registry {
    /// An empty registry that knows the types, bounds and help texts of a
    /// catalog.
    #[must_use]
    pub fn new(catalog: &Catalog) -> Self {
        Self::builder(catalog).build()
    }

    /// A registry that differs from what the catalog declares.
    pub fn builder(catalog: &Catalog) -> RegistryBuilder<'_> {
        RegistryBuilder::new(catalog)
    }

    /// The same, which evicts idle series while it is read.
    #[must_use]
    pub fn with_idle_eviction(catalog: &Catalog, eviction: IdleEviction) -> Self {
        Self::builder(catalog).evict_idle(eviction).build()
    }

    pub(super) fn of(options: &RegistryBuilder<'_>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(Arc::new(Inner {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            declared: options
                .catalog
                .metrics()
                .iter()
                .map(|metric| {
                    let schema = Schema::new(
                        metric,
                        options.bounds_of(metric),
                        options.without_of(metric),
                    );
                    (metric.name, Arc::new(Store::declared(schema)))
                })
                .collect(),
            foreign: RwLock::default(),
            foreign_bounds: Bounds::new(DEFAULT_SECONDS_BUCKETS),
            undeclared: AtomicUsize::new(0),
            refusals: Refusals::default(),
            eviction: options.eviction,
            readers: Readers::default(),
        }))
    }

    /// Runs `refresh` before each [`families`](Self::families), on the thread of
    /// the reader and without a lock: for values that are read where they are
    /// shown, as the memory of the process. Readers come at any time and at
    /// once, and wait for it: bound how often it works, and how long.
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
    ///     /// Messages that wait.
    ///     messages_waiting: Gauge,
    /// }
    ///
    /// # fn queue_length() -> usize { 3 }
    /// let registry = Registry::new(&Catalog::collect()?);
    /// let mail = Mail::new_in(&registry);
    /// registry.before_read(move || mail.messages_waiting.set(queue_length()));
    ///
    /// let families = registry.families();
    /// let waiting = families
    ///     .iter()
    ///     .find(|family| family.name() == "mailer_messages_waiting")
    ///     .expect("it was read");
    /// assert!(waiting.series().all(|series| series.value() == Value::Gauge(3.0)));
    /// # Ok::<(), caxton_instrument::CatalogError>(())
    /// ```
    pub fn before_read(&self, refresh: impl Fn() + Send + Sync + 'static) {
        self.0.readers.add(refresh);
    }

    /// Every family that has series, by name; their series by labels. Where the
    /// registry evicts idle series, without those, and takes out what nothing
    /// can update any more. What [`before_read`](Self::before_read) was given
    /// runs first.
    ///
    /// The series are shared, not copied: reading a value later reads it then.
    #[must_use]
    pub fn families(&self) -> Vec<Family> {
        self.0.readers.come();
        sorted(match self.0.eviction {
            Some(eviction) => self.0.sweep(eviction),
            None => self.0.snapshot(),
        })
    }

    /// The same with the idle series that are still there. What remembers
    /// totals, as an export of differences does, knows by it a series that
    /// changes again from one that began.
    #[must_use]
    pub fn families_with_idle(&self) -> Vec<Family> {
        self.0.readers.come();
        sorted(self.0.snapshot())
    }

    /// How many registrations were refused: undeclared series past their
    /// bound, names that are registered with another type, declared names
    /// without the declared labels and values. The metric
    /// `caxton_instrument_registrations_refused_total` counts them by reason,
    /// [`findings`](Self::findings) has their names.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.0.refusals.registrations()
    }

    /// What other crates emit and was not taken as it came, each name once for
    /// each [reason](RefusalReason), which is the finding's class: what it is,
    /// and what to do. After 1,000 names one finding more says that there are
    /// others. Each is also reported to [`diagnostics`](crate::diagnostics)
    /// when it happens for the first time.
    ///
    /// ```standalone_crate
    /// use caxton_instrument::Catalog;
    /// use caxton_instrument::recorder::Registry;
    ///
    /// let registry = Registry::new(&Catalog::collect()?);
    /// metrics::with_local_recorder(&registry, || {
    ///     metrics::counter!("http_requests").increment(1);
    ///     metrics::gauge!("http_requests").set(1);
    /// });
    /// let findings = registry.findings();
    /// assert_eq!(findings[0].class, "other_type");
    /// assert!(findings[0].message.starts_with("`http_requests` is a counter"));
    /// # Ok::<(), caxton_instrument::CatalogError>(())
    /// ```
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        self.0.refusals.findings()
    }

    /// For an exposition: says what it does not show, and why.
    pub fn leave_out(&self, what: &LeftOut<'_>) {
        let name = what.subject();
        self.0
            .note(RefusalReason::NameTaken, &name, || what.message());
    }

    /// The bucket bounds that a declared histogram has here.
    pub(crate) fn bounds(&self, metric: &MetricDescriptor) -> Option<Arc<Bounds>> {
        let schema = self.0.declared.get(metric.name)?.schema()?;
        std::ptr::eq(schema.metric, metric).then(|| Arc::clone(&schema.bounds))
    }

    /// The cell of a counter's series; `None` when it is refused.
    pub(crate) fn counter(&self, key: &Key) -> Option<Arc<Stored<CounterCell>>> {
        Some(self.0.series(key).ok()?.stored)
    }

    /// The cell of a gauge's series; `None` when it is refused.
    pub(crate) fn gauge(&self, key: &Key) -> Option<Arc<Stored<GaugeCell>>> {
        Some(self.0.series(key).ok()?.stored)
    }

    /// The cell of a histogram's series; `None` when it is refused.
    pub(crate) fn histogram(&self, key: &Key) -> Option<Arc<Stored<HistogramCell>>> {
        Some(self.0.series(key).ok()?.stored)
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
            .field("families", &self.0.snapshot().len())
            .field("refused", &self.refused())
            .finish_non_exhaustive()
    }
}

fn sorted(mut families: Vec<Family>) -> Vec<Family> {
    families.sort_unstable_by(|a, b| a.name().cmp(b.name()));
    families
}

/// A series, and what was true of its family before it was looked up.
struct Found<C> {
    stored: Arc<Stored<C>>,
    removals: Removals,
}

impl Inner {
    /// Every series.
    fn snapshot(&self) -> Vec<Family> {
        let foreign = self.foreign();
        // One allocation, however many there are.
        let mut all = Vec::with_capacity(self.declared.len() + foreign.len());
        let stores = self.declared.values().chain(foreign.values());
        all.extend(stores.filter_map(Store::snapshot));
        all
    }

    /// Every series that is not idle.
    fn sweep(&self, eviction: IdleEviction) -> Vec<Family> {
        let now = Instant::now();
        let sweep = Sweep { eviction, now };
        let mut all = Vec::with_capacity(self.declared.len());
        let mut unseen = Vec::new();
        all.extend(
            self.declared
                .values()
                .filter_map(|store| store.sweep(sweep).0),
        );
        // Not under the lock, which a registration may wait for.
        let foreign: Vec<_> = self.foreign().values().map(Arc::clone).collect();
        for store in foreign {
            let (family, removed) = store.sweep(sweep);
            self.undeclared.fetch_sub(removed, Ordering::Relaxed);
            match family {
                Some(family) => all.push(family),
                None => unseen.push(Arc::clone(store.name())),
            }
        }
        for names in unseen.chunks(FORGOTTEN_AT_ONCE) {
            drop(self.forget_empty(names));
        }
        all
    }

    /// Takes out the families among these that have no series: names may come
    /// and go as labels do. A help text stays for as many as may be described.
    fn forget_empty(&self, names: &[Arc<str>]) -> Vec<Arc<Store>> {
        let mut foreign = self.foreign_mut();
        let mut gone = Vec::new();
        for name in names {
            let too_many = foreign.len() > MAX_UNDECLARED;
            let Some(store) = foreign.get_mut(name) else {
                continue;
            };
            // Unless a registration has it, or a reader.
            let is_empty = Arc::get_mut(store)
                .is_some_and(|store| store.is_empty() && (store.help().is_empty() || too_many));
            if is_empty {
                gone.extend(foreign.remove(name));
            }
        }
        gone
    }

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
    fn register<C: Kind>(&self, key: &Key, metadata: &Metadata<'_>) -> C::Handle {
        match remembered::find::<C>(self.id, key) {
            Some(handle) => handle,
            None => self.look_up::<C>(key, metadata),
        }
    }

    #[inline(never)]
    fn look_up<C: Kind>(&self, key: &Key, metadata: &Metadata<'_>) -> C::Handle {
        let Found { stored, removals } = match self.series::<C>(key) {
            Ok(found) => found,
            Err(reason) => {
                // Counted here and not where series are found: a typed handle
                // looks for its cell once more.
                self.refuse::<C>(reason, key, metadata);
                return C::noop();
            }
        };
        remembered::put::<C>(self.id, key, removals, || {
            C::handle_apart(Arc::clone(&stored))
        });
        C::handle(stored)
    }

    fn refuse<C: Kind>(&self, reason: RefusalReason, key: &Key, metadata: &Metadata<'_>) {
        let name = foreign::name(key.name());
        self.note(reason, &name, || {
            let store = self.store(&name);
            let asked = Registration {
                name: &name,
                key,
                kind: C::KIND,
                metadata,
            };
            refusal_text::registration(reason, &asked, store.as_deref())
        });
    }

    fn note(&self, reason: RefusalReason, name: &str, message: impl FnOnce() -> Message) {
        let counter = |key: &Key| -> Option<Counter> {
            let store = self.declared.get(key.name())?;
            store.of_declared(key, 0).ok()
        };
        self.refusals.note(reason, name, counter, message);
    }

    /// The series of a key, or why it is refused.
    fn series<C: Kind>(&self, key: &Key) -> Result<Found<C>, RefusalReason> {
        if let Some(store) = self.declared.get(key.name()) {
            return of_declared(store, key);
        }
        if let Some(found) = self.find_foreign(key) {
            return Ok(found);
        }
        let key = clean(key);
        if let Cow::Owned(key) = &key
            && let Some(found) = self.find_foreign(key)
        {
            return Ok(found);
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

    fn insert_foreign<C: Kind>(&self, key: &Key) -> Result<Found<C>, RefusalReason> {
        let is_other = |store: Arc<Store>| !store.takes::<C>();
        if self.foreign_store(key.name()).is_some_and(is_other) {
            return Err(RefusalReason::OtherType);
        }
        let reserve = |count| (count < MAX_UNDECLARED).then_some(count + 1);
        self.undeclared
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, reserve)
            .map_err(|_| RefusalReason::TooManySeries)?;
        // The cell first: without one, no family is made that stays empty.
        let cell = C::new(&self.foreign_bounds).ok_or(RefusalReason::NoCells);
        let inserted = cell.and_then(|cell| {
            let store = self.foreign_store_or_new(key.name());
            let removals = store.removals();
            let inserted = store.of_foreign(key, cell);
            // Another thread may have registered another type meanwhile.
            let (stored, is_new) = inserted.ok_or(RefusalReason::OtherType)?;
            Ok((Found { stored, removals }, is_new))
        });
        if !matches!(inserted, Ok((_, true))) {
            self.undeclared.fetch_sub(1, Ordering::Relaxed);
        }
        inserted.map(|(found, _)| found)
    }

    fn store(&self, name: &str) -> Option<Arc<Store>> {
        let declared = self.declared.get(name).map(Arc::clone);
        declared.or_else(|| self.foreign_store(name))
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
        let name = foreign::name(name.as_str());
        let store = match self.store(&name) {
            Some(store) => store,
            // Foreign descriptions are bounded like foreign series.
            None if self.foreign().len() < MAX_UNDECLARED => self.foreign_store_or_new(&name),
            None => return,
        };
        if let Err(help) = store.describe(help) {
            self.note(RefusalReason::OtherHelp, &name, || {
                refusal_text::help(&store, &name, &help)
            });
        }
    }
}

fn of_declared<C: Kind>(store: &Store, key: &Key) -> Result<Found<C>, RefusalReason> {
    let removals = store.removals();
    let stored = store.of_declared(key, MAX_UNDECLARED)?;
    Ok(Found { stored, removals })
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

    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> metrics::Counter {
        self.0.register::<CounterCell>(key, metadata)
    }

    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> metrics::Gauge {
        self.0.register::<GaugeCell>(key, metadata)
    }

    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> metrics::Histogram {
        self.0.register::<HistogramCell>(key, metadata)
    }
}
