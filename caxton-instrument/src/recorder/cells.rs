//! The cells of one series, as handles of the `metrics` facade.

use metrics::{CounterFn, GaugeFn, HistogramFn};

use super::slab::{Cells, Index};
use super::sync::{AtomicU64, Ordering};

/// A counter.
#[derive(Debug)]
pub(crate) struct CounterCell {
    cells: Option<Cells>,
    /// What threads without a slab counted, and what was missing to a total
    /// that was stated.
    shared: AtomicU64,
}

impl CounterCell {
    pub(crate) fn new() -> Self {
        Self {
            cells: Cells::reserve(1),
            shared: AtomicU64::new(0),
        }
    }

    pub(crate) fn index(&self) -> Option<Index> {
        self.cells.as_ref().map(Cells::first)
    }

    pub(crate) fn value(&self) -> u64 {
        self.own().wrapping_add(self.shared.load(Ordering::Relaxed))
    }

    /// What all threads counted in their slabs.
    fn own(&self) -> u64 {
        self.cells
            .iter()
            .flat_map(|cells| cells.read(0))
            .fold(0, u64::wrapping_add)
    }
}

impl CounterFn for CounterCell {
    #[inline]
    fn increment(&self, n: u64) {
        let done = match &self.cells {
            Some(cells) => cells.first().update(|value| value.wrapping_add(n)),
            None => false,
        };
        if !done {
            self.shared.fetch_add(n, Ordering::Relaxed);
        }
    }

    fn absolute(&self, total: u64) {
        // A cell of another thread cannot be raised, so the shared one takes
        // the difference; what is counted meanwhile comes on top.
        let _ = self
            .shared
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |shared| {
                let own = self.own();
                (own.wrapping_add(shared) < total).then(|| total.wrapping_sub(own))
            });
    }
}

/// A gauge: added up from each thread's changes until it is set once; from
/// then on one shared value.
#[derive(Debug)]
pub(crate) struct GaugeCell {
    cells: Option<Cells>,
    /// Changes of threads without a slab, until it is set.
    shared: AtomicU64,
    /// `NEVER` or the value. One word says both: a reader between two would
    /// add what was set to what it replaced.
    set: AtomicU64,
}

/// A NaN that no gauge holds.
const NEVER: u64 = u64::MAX;

fn to_bits(value: f64) -> u64 {
    if value.is_nan() { f64::NAN } else { value }.to_bits()
}

fn add(cell: &AtomicU64, value: f64) {
    let _ = cell.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |bits| {
        Some(to_bits(f64::from_bits(bits) + value))
    });
}

impl GaugeCell {
    pub(crate) fn new() -> Self {
        Self {
            cells: Cells::reserve(1),
            shared: AtomicU64::new(0),
            set: AtomicU64::new(NEVER),
        }
    }

    /// Each change that goes on during the read may be in it or not: an up on
    /// one thread and the down after it on another may be read as the down
    /// alone.
    pub(crate) fn value(&self) -> f64 {
        let set = self.set.load(Ordering::Relaxed);
        if set != NEVER {
            return f64::from_bits(set);
        }
        let own: f64 = self
            .cells
            .iter()
            .flat_map(|cells| cells.read(0))
            .map(f64::from_bits)
            .sum();
        own + f64::from_bits(self.shared.load(Ordering::Relaxed))
    }
}

impl GaugeFn for GaugeCell {
    #[inline]
    fn increment(&self, value: f64) {
        if self.set.load(Ordering::Relaxed) != NEVER {
            return add(&self.set, value);
        }
        let done = match &self.cells {
            Some(cells) => cells
                .first()
                .update(|bits| (f64::from_bits(bits) + value).to_bits()),
            None => false,
        };
        if !done {
            add(&self.shared, value);
        }
    }

    #[inline]
    fn decrement(&self, value: f64) {
        self.increment(-value);
    }

    fn set(&self, value: f64) {
        self.set.store(to_bits(value), Ordering::Relaxed);
    }
}

/// A histogram over fixed bounds: one cell for each bucket, `+Inf` last, then
/// the sum. Its count is the sum of its buckets.
#[derive(Debug)]
pub(crate) struct HistogramCell {
    bounds: Box<[f64]>,
    cells: Option<Cells>,
    shared: Box<[AtomicU64]>,
}

/// A histogram at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct HistogramValue {
    /// Samples in each bucket, not cumulated, `+Inf` last.
    pub buckets: Vec<u64>,
    /// The sum of all samples.
    pub sum: f64,
}

impl HistogramValue {
    /// The number of samples.
    pub fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }
}

impl HistogramCell {
    pub(crate) fn new(bounds: &[f64]) -> Self {
        let cells = bounds.len() + 2;
        Self {
            bounds: bounds.into(),
            cells: Cells::reserve(cells),
            shared: (0..cells).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    pub(crate) fn bounds(&self) -> &[f64] {
        &self.bounds
    }

    pub(crate) fn index(&self) -> Option<Index> {
        self.cells.as_ref().map(Cells::first)
    }

    pub(crate) fn value(&self) -> HistogramValue {
        let mut value = HistogramValue {
            buckets: Vec::new(),
            sum: 0.0,
        };
        self.read(&mut value);
        value
    }

    /// Reads into a value whose memory is there already.
    pub(crate) fn read(&self, into: &mut HistogramValue) {
        let sum_at = self.bounds.len() + 1;
        into.buckets.clear();
        into.buckets.extend((0..sum_at).map(|bucket| {
            let own: u64 = self.cells.iter().flat_map(|cells| cells.read(bucket)).sum();
            own + self.shared[bucket].load(Ordering::Relaxed)
        }));
        let own: f64 = self
            .cells
            .iter()
            .flat_map(|cells| cells.read(sum_at))
            .map(f64::from_bits)
            .sum();
        into.sum = own + f64::from_bits(self.shared[sum_at].load(Ordering::Relaxed));
    }

    #[cold]
    fn record_shared(&self, bucket: usize, value: f64) {
        self.shared[bucket].fetch_add(1, Ordering::Relaxed);
        add(&self.shared[self.bounds.len() + 1], value);
    }
}

/// The first bucket whose bound is not below the sample. Bounds are counted,
/// not searched: there are few, and a comparison costs less than a branch that
/// is predicted wrongly.
#[inline]
pub(crate) fn bucket_of(bounds: &[f64], value: f64) -> usize {
    let mut below = 0u64;
    for bound in bounds {
        below += u64::from(*bound < value);
    }
    usize::try_from(below).unwrap_or(0)
}

impl HistogramFn for HistogramCell {
    #[inline]
    fn record(&self, value: f64) {
        let bucket = bucket_of(&self.bounds, value);
        let done = match &self.cells {
            Some(cells) => cells.first().record(bucket, self.bounds.len() + 1, value),
            None => false,
        };
        if !done {
            self.record_shared(bucket, value);
        }
    }
}
