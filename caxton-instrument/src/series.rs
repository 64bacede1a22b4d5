//! Series: one handle for each combination of label values.
//!
//! A metric's closed labels span a dense array whose size is known at compile
//! time; a [`Block`] is that array. A metric without open labels has one
//! block. Open labels put a bounded table of blocks above it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering, fence};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use metrics::{Key, Label, Level, Metadata, SharedString};

use crate::descriptor::{LabelDescriptor, LabelValues, MetricDescriptor};
use crate::kept::{Borrowed, Kept};
use crate::label::{LabelSet, OVERFLOW};
use crate::link::Link;
use crate::meta::DropReason;
use crate::open::{OpenTable, OpenValues, render};
use crate::recorder::bounds::Bounds;
use crate::recorder::slab::{Index, Place};
use crate::scope::Scope;

mod bound;
mod elsewhere;
mod update;

pub(crate) use bound::Bound;
pub(crate) use update::{Added, record, record_duration_at_once};

/// What all series of one metric share.
pub(crate) struct Shared {
    pub(crate) descriptor: &'static MetricDescriptor,
    pub(crate) scope: Scope,
    /// Of a histogram; of other types there are none.
    bounds: Bounds,
    /// The number of combinations of closed labels.
    combinations: usize,
}

impl Shared {
    fn metadata(&self) -> Metadata<'static> {
        let module = self.descriptor.location.module;
        Metadata::new(module, Level::INFO, Some(module))
    }

    /// Counts a sample that was not recorded.
    #[cold]
    pub(crate) fn drop_sample(&self, reason: DropReason) {
        if let Some(meta) = self.scope.meta() {
            meta.dropped(self.descriptor.name, reason);
        }
    }

    /// Counts an update whose open label exceeded its bound.
    pub(crate) fn overflowed(&self) {
        if let Some(meta) = self.scope.meta() {
            meta.overflowed(self.descriptor.name);
        }
    }

    /// Counts series that began or, below zero, ended. Changes and no totals:
    /// two threads may report in any order.
    fn live(&self, change: i64) {
        if let Some(meta) = self.scope.meta() {
            meta.live(self.descriptor.name, change);
        }
    }
}

/// The most combinations of closed labels whose places a core has itself.
const NEAR: usize = 8;

/// All series of one metric.
pub(crate) struct Core<H: Link> {
    /// What an update of a metric without labels, or with few closed ones, needs
    /// without a detour: the places of the root block's series, once known, and
    /// the bounds of `shared`.
    near: [Place; NEAR],
    bounds: Bounds,
    /// Of `root`.
    places: Arc<[Place]>,
    shared: Arc<Shared>,
    /// The one block of a metric without open labels; with them, the block of
    /// what overflowed in each.
    root: Arc<Block<H>>,
    open: Option<OpenTable<H>>,
}

impl<H: Link> Core<H> {
    /// For series with the labels `L`, by which alone it is asked.
    pub(crate) fn new<L: LabelSet>(descriptor: &'static MetricDescriptor, scope: &Scope) -> Self {
        Self::with_combinations(descriptor, scope, const { combinations(L::LABELS) })
    }

    fn with_combinations(
        descriptor: &'static MetricDescriptor,
        scope: &Scope,
        combinations: usize,
    ) -> Self {
        let bounds: Vec<u32> = descriptor
            .labels
            .iter()
            .filter_map(|label| match label.values {
                LabelValues::Open { max_values } => Some(max_values),
                LabelValues::Closed(_) => None,
            })
            .collect();
        let shared = Arc::new(Shared {
            descriptor,
            scope: scope.clone(),
            bounds: Bounds::clone(&scope.bounds(descriptor)),
            combinations,
        });
        let values: OpenValues = bounds.iter().map(|_| None).collect();
        let root = Arc::new(Block::new(Arc::clone(&shared), values));
        let open = (!bounds.is_empty()).then(|| OpenTable::new(&bounds, Arc::clone(&root)));
        Self {
            near: [const { Place::new() }; NEAR],
            bounds: shared.bounds.clone(),
            places: Arc::clone(&root.places),
            shared,
            root,
            open,
        }
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Where an update of one series goes, if to cells that this thread can
    /// reach at once.
    #[inline(always)]
    pub(crate) fn index<L: LabelSet>(&self, labels: L::Ref<'_>) -> Index {
        let (closed, open) = (L::closed_index(labels), L::open_values(labels));
        // Known at compile time, as is how many open labels there are.
        let combinations = const { combinations(L::LABELS) };
        if closed >= combinations {
            return Index::NONE;
        }
        match (open.as_ref(), &self.open) {
            ([], _) if combinations <= NEAR => self.near[closed].get(),
            // SAFETY: the core was made for these labels, and has a place for
            // each combination, as has every block.
            ([], _) => unsafe { self.places.get_unchecked(closed) }.get(),
            // SAFETY: as above.
            ([value], Some(table)) => unsafe { table.index_at_once(value, closed) },
            _ => Index::NONE,
        }
    }

    /// Runs `update` on the handle of one series; false when no recorder takes
    /// it.
    pub(crate) fn with<L: LabelSet>(&self, labels: L::Ref<'_>, update: impl FnOnce(&H)) -> bool {
        let (closed, open) = (L::closed_index(labels), L::open_values(labels));
        self.with_at(closed, open.as_ref(), update)
    }

    /// The block of series under one tuple of open values.
    pub(crate) fn block(&self, open: &[&str]) -> Arc<Block<H>> {
        match &self.open {
            None => Arc::clone(&self.root),
            Some(table) => table.block(open),
        }
    }

    /// The same for a guard, which takes back from where it put: a second
    /// look-up could find another block by then. `None` where there is only
    /// one block.
    #[inline(always)]
    pub(crate) fn pin(&self, open: &[&str]) -> Option<Arc<Block<H>>> {
        // Known at compile time, from the labels' type.
        if open.is_empty() {
            return None;
        }
        Some(self.block(open))
    }

    /// The same, held by an entity until [`release`](Self::release).
    pub(crate) fn hold(&self, open: &[&str]) -> Arc<Block<H>> {
        match &self.open {
            None => {
                self.root.holders.fetch_add(1, Ordering::Relaxed);
                Arc::clone(&self.root)
            }
            Some(table) => table.hold(open),
        }
    }

    /// Gives up a held block; the last holder ends its series.
    pub(crate) fn release(&self, block: &Arc<Block<H>>) {
        match &self.open {
            None => {
                self.root.holders.fetch_sub(1, Ordering::Relaxed);
            }
            Some(table) => table.release(block),
        }
    }
}

/// The series of one tuple of open values, one for each combination of the
/// closed labels.
pub(crate) struct Block<H: Link> {
    /// Where the cells of each series stand, once known. The series' handle
    /// keeps them alive.
    places: Arc<[Place]>,
    handles: Box<[Kept<H>]>,
    shared: Arc<Shared>,
    values: OpenValues,
    rare: OnceLock<Box<Rare>>,
    /// Entities that keep the block.
    pub(crate) holders: AtomicUsize,
    /// Whether its entity is gone.
    ended: AtomicBool,
}

/// What few blocks need.
#[derive(Default)]
struct Rare {
    /// Keys of the series, where no handle can be kept.
    keys: OnceLock<Box<[OnceLock<Key>]>>,
    /// The closed combinations whose series are entities, and how many each
    /// is. Cold: ending a series must be over before the next entity of its
    /// name begins.
    entities: Mutex<Vec<(usize, usize)>>,
}

impl Rare {
    fn key(&self, closed: usize) -> Option<&Key> {
        self.keys.get()?.get(closed)?.get()
    }
}

impl<H: Link> Block<H> {
    pub(crate) fn new(shared: Arc<Shared>, values: OpenValues) -> Self {
        let all = 0..shared.combinations;
        Self {
            places: all.clone().map(|_| Place::default()).collect(),
            handles: all.map(|_| Kept::new()).collect(),
            shared,
            values,
            rare: OnceLock::new(),
            holders: AtomicUsize::new(0),
            ended: AtomicBool::new(false),
        }
    }

    /// Where the cells of each series stand, once known.
    pub(crate) fn places(&self) -> &[Place] {
        &self.places
    }

    /// Whether its entity is gone, and its place given back.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// The open values, `None` where a value overflowed.
    pub(crate) fn values(&self) -> &OpenValues {
        &self.values
    }

    /// Whether more than one value of an open label may share this block.
    pub(crate) fn is_overflow(&self) -> bool {
        self.values.iter().any(Option::is_none)
    }

    /// The cached handle of a series.
    #[inline(always)]
    fn cached(&self, closed: usize) -> Option<Borrowed<'_, H>> {
        self.handles.get(closed)?.get()
    }

    /// Runs `update` on the handle of one series; false when no recorder takes
    /// it.
    #[inline]
    pub(crate) fn with(&self, closed: usize, update: impl FnOnce(&H)) -> bool {
        if let Some(handle) = self.cached(closed) {
            update(&handle);
            return true;
        }
        self.resolve(closed, update)
    }

    #[cold]
    fn resolve(&self, closed: usize, update: impl FnOnce(&H)) -> bool {
        let Some(place) = self.handles.get(closed) else {
            // A hand-written `LabelValue` whose index is out of its own range.
            self.shared.drop_sample(DropReason::UnknownLabelValue);
            return false;
        };
        let known = self.rare.get().and_then(|rare| rare.key(closed));
        let made;
        let key = if let Some(key) = known {
            key
        } else {
            made = self.key(closed);
            &made
        };
        let registered = self
            .shared
            .scope
            .register::<H>(key, &self.shared.metadata());
        update(&registered.handle);
        if self.has_ended() {
            // An update that was under way while the entity ended.
            self.shared.scope.forget(key);
        } else if !registered.cacheable {
            self.keep_key(closed, key);
        } else if place.set(registered.handle) {
            self.shared.live(1);
            if let (Some(handle), Some(place)) = (place.get(), self.places.get(closed)) {
                place.put(handle.index(&self.shared.bounds));
            }
            fence(Ordering::SeqCst);
            if self.has_ended() {
                // It may have been too late for `end` to see.
                self.end_series(closed);
            }
        }
        registered.live
    }

    fn rare(&self) -> &Rare {
        self.rare.get_or_init(Box::default)
    }

    fn key(&self, closed: usize) -> Key {
        key(self.shared.descriptor, closed, &self.values)
    }

    /// Spares the next update the making of its key.
    fn keep_key(&self, closed: usize, key: &Key) {
        let keys = self
            .rare()
            .keys
            .get_or_init(|| self.handles.iter().map(|_| OnceLock::new()).collect());
        if let Some(place) = keys.get(closed) {
            place.get_or_init(|| key.clone());
        }
    }

    /// Counts one more entity whose series this is.
    pub(crate) fn hold(&self, closed: usize) {
        let mut entities = lock(&self.rare().entities);
        match entities.iter_mut().find(|(of, _)| *of == closed) {
            Some((_, holders)) => *holders += 1,
            None => entities.push((closed, 1)),
        }
    }

    /// Counts one entity less; the last one ends the series, unless others
    /// add up in it or it never began.
    pub(crate) fn release(&self, closed: usize) {
        let mut entities = lock(&self.rare().entities);
        let Some(at) = entities.iter().position(|(of, _)| *of == closed) else {
            return;
        };
        entities[at].1 -= 1;
        if entities[at].1 == 0 {
            entities.swap_remove(at);
            if !self.is_overflow() && self.began(closed) {
                self.with(closed, Link::end);
            }
        }
    }

    /// Whether a series was registered.
    fn began(&self, closed: usize) -> bool {
        let key = || self.rare.get().and_then(|rare| rare.key(closed));
        self.cached(closed).is_some() || key().is_some()
    }

    /// Ends every series of the block that was registered.
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Release);
        fence(Ordering::SeqCst);
        for closed in 0..self.handles.len() {
            self.end_series(closed);
        }
    }

    /// Ends a series that was registered, once.
    fn end_series(&self, closed: usize) {
        let (Some(handle), Some(place)) = (self.cached(closed), self.places.get(closed)) else {
            return;
        };
        if place.put(Index::ENDED) != Index::ENDED {
            handle.end();
            self.shared.scope.forget(&self.key(closed));
            self.shared.live(-1);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The key of one series: constant labels first, then the declared order.
pub(crate) fn key(descriptor: &MetricDescriptor, closed: usize, open: &OpenValues) -> Key {
    let mut labels: Vec<Label> = descriptor
        .constant_labels
        .iter()
        .map(|(name, value)| Label::from_static_parts(name, value))
        .collect();
    let mut rest = combinations(descriptor.labels);
    let mut index = closed;
    let mut open = open.iter();
    for label in descriptor.labels {
        let value = match label.values {
            LabelValues::Closed(values) => {
                // The first declared label counts most.
                rest /= values.len().max(1);
                let at = index / rest.max(1);
                index %= rest.max(1);
                SharedString::const_str(values.get(at).copied().unwrap_or_default())
            }
            LabelValues::Open { .. } => match open.next() {
                Some(Some(value)) => render(value),
                _ => SharedString::const_str(OVERFLOW),
            },
        };
        labels.push(Label::new(label.name, value));
    }
    Key::from_parts(descriptor.name, labels)
}

/// The number of combinations of closed labels.
const fn combinations(labels: &[LabelDescriptor]) -> usize {
    let (mut product, mut at) = (1, 0);
    while at < labels.len() {
        if let LabelValues::Closed(values) = labels[at].values {
            product *= values.len();
        }
        at += 1;
    }
    product
}

impl<H: Link> Block<H> {
    /// Where the cells of a series stand, if it has any.
    #[inline(always)]
    pub(crate) fn index(&self, closed: usize) -> Index {
        match self.places.get(closed) {
            Some(place) => place.get(),
            None => Index::NONE,
        }
    }
}

/// A block whose series is chosen at each update: what an execution holds
/// while its status is not known yet.
pub(crate) type Family<H> = Arc<Block<H>>;
