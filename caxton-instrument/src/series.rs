//! Series: one handle for each combination of label values.
//!
//! A metric's closed labels span a dense array whose size is known at compile
//! time; a [`Block`] is that array. A metric without open labels has one
//! block. Open labels put a bounded table of blocks above it.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use metrics::{Key, Label, Level, Metadata, SharedString};

use crate::descriptor::{LabelValues, MetricDescriptor};
use crate::label::OVERFLOW;
use crate::link::{CounterLink, GaugeLink, HistogramLink, Link};
use crate::meta::DropReason;
use crate::open::{OpenTable, OpenValues, render};
use crate::recorder::cells::bucket_of;
use crate::recorder::slab::Index;
use crate::scope::Scope;

/// What all series of one metric share.
pub(crate) struct Shared {
    pub(crate) descriptor: &'static MetricDescriptor,
    pub(crate) scope: Scope,
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

/// All series of one metric.
pub(crate) struct Core<H> {
    shared: Arc<Shared>,
    /// The one block of a metric without open labels; with them, the block of
    /// what overflowed in each.
    root: Arc<Block<H>>,
    open: Option<OpenTable<H>>,
}

impl<H: Link> Core<H> {
    pub(crate) fn new(descriptor: &'static MetricDescriptor, scope: &Scope) -> Self {
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
            combinations: combinations(descriptor),
        });
        let values: OpenValues = bounds.iter().map(|_| None).collect();
        let root = Arc::new(Block::new(Arc::clone(&shared), values));
        let open = (!bounds.is_empty()).then(|| OpenTable::new(&bounds, Arc::clone(&root)));
        Self { shared, root, open }
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Runs `update` on the handle of one series; false when no recorder takes
    /// it.
    #[inline]
    pub(crate) fn with(&self, closed: usize, open: &[&str], update: impl FnOnce(&H)) -> bool {
        self.with_block(open, |block| block.with(closed, update))
    }

    /// Runs `update` on the block of series under one tuple of open values.
    #[inline]
    pub(crate) fn with_block(&self, open: &[&str], update: impl FnOnce(&Block<H>) -> bool) -> bool {
        // Known at compile time, from the labels' type.
        if open.is_empty() {
            return update(&self.root);
        }
        match &self.open {
            None => update(&self.root),
            Some(table) => table.with(open, update),
        }
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
    #[inline]
    pub(crate) fn pin(&self, open: &[&str]) -> Option<Arc<Block<H>>> {
        self.open.as_ref().map(|table| table.block(open))
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
pub(crate) struct Block<H> {
    shared: Arc<Shared>,
    values: OpenValues,
    /// Where the cells of each series stand, once known: [`Index::to_bits`],
    /// or 0. The series' link keeps them alive.
    cells: Box<[AtomicU32]>,
    /// The bounds of those cells, if they are a histogram's.
    bounds: &'static [f64],
    series: Box<[Series<H>]>,
    /// Entities that keep the block.
    pub(crate) holders: AtomicUsize,
    /// Whether its entity is gone.
    ended: AtomicBool,
}

struct Series<H> {
    handle: OnceLock<H>,
    key: OnceLock<Box<Key>>,
    /// Entities whose series this is. Cold: ending a series must be over
    /// before the next entity of its name begins.
    holders: Mutex<usize>,
}

impl<H: Link> Block<H> {
    pub(crate) fn new(shared: Arc<Shared>, values: OpenValues) -> Self {
        let series = (0..shared.combinations)
            .map(|_| Series {
                handle: OnceLock::new(),
                key: OnceLock::new(),
                holders: Mutex::new(0),
            })
            .collect();
        Self {
            cells: (0..shared.combinations)
                .map(|_| AtomicU32::new(0))
                .collect(),
            bounds: shared.descriptor.cell_bounds(),
            shared,
            values,
            series,
            holders: AtomicUsize::new(0),
            ended: AtomicBool::new(false),
        }
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
    #[inline]
    pub(crate) fn cached(&self, closed: usize) -> Option<&H> {
        self.series.get(closed)?.handle.get()
    }

    /// Runs `update` on the handle of one series; false when no recorder takes
    /// it.
    #[inline]
    pub(crate) fn with(&self, closed: usize, update: impl FnOnce(&H)) -> bool {
        if let Some(handle) = self.cached(closed) {
            update(handle);
            return true;
        }
        self.resolve(closed, update)
    }

    #[cold]
    fn resolve(&self, closed: usize, update: impl FnOnce(&H)) -> bool {
        let Some(series) = self.series.get(closed) else {
            // A hand-written `LabelValue` whose index is out of its own range.
            self.shared.drop_sample(DropReason::UnknownLabelValue);
            return false;
        };
        let key = series
            .key
            .get_or_init(|| Box::new(key(self.shared.descriptor, closed, &self.values)));
        let registered = self
            .shared
            .scope
            .register::<H>(key, &self.shared.metadata());
        update(&registered.handle);
        if self.has_ended() {
            // An update that was under way while the entity ended.
            self.shared.scope.forget(key);
        } else if registered.cacheable && series.handle.set(registered.handle).is_ok() {
            let index = series
                .handle
                .get()
                .and_then(|handle| handle.index(self.bounds));
            if let (Some(index), Some(cell)) = (index, self.cells.get(closed)) {
                cell.store(index.to_bits(), Ordering::Release);
            }
            self.shared.live(1);
        }
        registered.live
    }

    /// Counts one more entity whose series this is.
    pub(crate) fn hold(&self, closed: usize) {
        if let Some(series) = self.series.get(closed) {
            *lock(&series.holders) += 1;
        }
    }

    /// Counts one entity less; the last one ends the series, unless others
    /// add up in it or it never began.
    pub(crate) fn release(&self, closed: usize) {
        let Some(series) = self.series.get(closed) else {
            return;
        };
        let mut holders = lock(&series.holders);
        *holders = holders.saturating_sub(1);
        if *holders == 0 && !self.is_overflow() && series.key.get().is_some() {
            self.with(closed, Link::end);
        }
    }

    /// Ends every series of the block that was registered.
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Release);
        let mut ended = 0i64;
        for series in &self.series {
            if let (Some(handle), Some(key)) = (series.handle.get(), series.key.get()) {
                handle.end();
                self.shared.scope.forget(key);
                ended += 1;
            }
        }
        if ended != 0 {
            self.shared.live(-ended);
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
    let mut rest = combinations(descriptor);
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

/// The number of combinations of a metric's closed labels.
fn combinations(descriptor: &MetricDescriptor) -> usize {
    descriptor
        .labels
        .iter()
        .map(|label| match label.values {
            LabelValues::Closed(values) => values.len(),
            LabelValues::Open { .. } => 1,
        })
        .product()
}

impl<H> Block<H> {
    /// The cells of a series of our own recorder.
    #[inline]
    fn index(&self, closed: usize) -> Option<Index> {
        Index::from_bits(self.cells.get(closed)?.load(Ordering::Acquire))
    }
}

impl Block<CounterLink> {
    /// Counts `n` more events in one series.
    #[inline]
    pub(crate) fn increment(&self, closed: usize, n: u64) -> bool {
        if let Some(index) = self.index(closed)
            && index.update(|count| count.wrapping_add(n))
        {
            return true;
        }
        self.with(closed, |counter| counter.increment(n))
    }
}

impl Block<HistogramLink> {
    /// Records a finite sample in one series.
    #[inline]
    pub(crate) fn record(&self, closed: usize, value: f64) -> bool {
        let bounds = self.bounds;
        if let Some(index) = self.index(closed)
            && index.record(bucket_of(bounds, value), bounds.len() + 1, value)
        {
            return true;
        }
        self.with(closed, |histogram| histogram.record(value))
    }
}

/// A block whose series is chosen at each update: what an execution holds
/// while its status is not known yet.
pub(crate) struct Family<H>(Arc<Block<H>>);

impl<H> Clone for Family<H> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<H: Link> Family<H> {
    pub(crate) fn new(block: Arc<Block<H>>) -> Self {
        Self(block)
    }
}

impl Family<CounterLink> {
    #[inline]
    pub(crate) fn increment(&self, closed: usize, n: u64) {
        self.0.increment(closed, n);
    }
}

impl Family<GaugeLink> {
    /// False when no recorder takes it: then there is nothing to take back.
    #[inline]
    pub(crate) fn add(&self, closed: usize, value: f64) -> bool {
        self.0.with(closed, |gauge| gauge.increment(value))
    }
}

impl Family<HistogramLink> {
    #[inline]
    pub(crate) fn record(&self, closed: usize, value: f64) {
        self.0.record(closed, value);
    }
}
