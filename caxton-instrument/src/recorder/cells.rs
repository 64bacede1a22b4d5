//! The cells of one series, as handles of the `metrics` facade.

use std::sync::Arc;

use metrics::{CounterFn, GaugeFn, HistogramFn};

use super::bounds::Bounds;
use super::slab::{Cells, Index, OwnCell};
use super::sync::{AtomicU64, Ordering};

/// A counter.
#[derive(Debug)]
pub(crate) struct CounterCell(Cells);

impl CounterCell {
    /// A counter at 0, unless no cells are left.
    pub(crate) fn new() -> Option<Self> {
        Cells::reserve(1).map(Self)
    }

    pub(crate) fn index(&self) -> Index {
        self.0.first()
    }

    pub(crate) fn value(&self) -> u64 {
        self.0.read(0).fold(0, u64::wrapping_add)
    }

    /// Whether a total was stated, or a thread without a slab counted: false
    /// only if neither was.
    pub(crate) fn was_stated(&self) -> bool {
        self.0.shared(0).load(Ordering::Relaxed) != 0
    }
}

impl CounterFn for CounterCell {
    #[inline]
    fn increment(&self, n: u64) {
        self.0.add(n);
    }

    fn absolute(&self, total: u64) {
        // A cell of another thread cannot be raised, so the shared one takes
        // the difference; what is counted meanwhile comes on top.
        let _ = self
            .0
            .shared(0)
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |shared| {
                let own = self.0.read_own(0).fold(0, u64::wrapping_add);
                (own.wrapping_add(shared) < total).then(|| total.wrapping_sub(own))
            });
    }
}

/// A gauge: added up from each thread's changes until it is set once; from
/// then on one shared value.
///
/// Whole numbers are added up apart from fractions: exactly, and in less time.
#[derive(Debug)]
pub(crate) struct GaugeCell(Cells);

/// Where a gauge's fractions stand. The first cell of each thread is of whole
/// numbers; that of the shared slab is the value once it was set. One word
/// says both: a reader between two would add what was set to what it replaced.
const FRACTIONS: usize = 1;

/// A value that was set as what its cell holds, which is never 0: that is the
/// opposite of a NaN that no gauge holds.
fn to_set(value: f64) -> u64 {
    !if value.is_nan() { f64::NAN } else { value }.to_bits()
}

fn from_set(bits: u64) -> f64 {
    f64::from_bits(!bits)
}

impl GaugeCell {
    /// A gauge at 0, unless no cells are left.
    pub(crate) fn new() -> Option<Self> {
        Cells::reserve(2).map(Self)
    }

    pub(crate) fn index(&self) -> Index {
        self.0.first()
    }

    /// Each change that goes on during the read may be in it or not: an up on
    /// one thread and the down after it on another may be read as the down
    /// alone.
    pub(crate) fn value(&self) -> f64 {
        let set = self.set().load(Ordering::Acquire);
        if set != 0 {
            return from_set(set);
        }
        let whole = self.0.read_own(0).fold(0, u64::wrapping_add);
        let fractions: f64 = self.0.read(FRACTIONS).map(f64::from_bits).sum();
        whole.cast_signed() as f64 + fractions
    }

    /// Whether it was set, once at least.
    pub(crate) fn was_set(&self) -> bool {
        self.set().load(Ordering::Relaxed) != 0
    }

    /// Sets the value unless it is higher already.
    pub(crate) fn raise(&self, total: f64) {
        let relaxed = Ordering::Relaxed;
        let _ = self.set().fetch_update(relaxed, relaxed, |set| {
            let value = if set == 0 {
                self.value()
            } else {
                from_set(set)
            };
            (value < total).then(|| to_set(total))
        });
    }

    fn set(&self) -> &AtomicU64 {
        self.0.shared(0)
    }
}

/// Adds to the current thread's part of a gauge that was never set; false if
/// it was, the thread has no cells yet, or the value is no whole number.
#[inline(always)]
pub(crate) fn add_to_gauge(index: Index, value: f64) -> bool {
    add_to_take_back(index, value).is_some()
}

/// The same, and tells where, for [`take_back`].
#[inline(always)]
pub(crate) fn add_to_take_back(index: Index, value: f64) -> Option<OwnCell> {
    let (n, cell) = (whole(value)?, index.own_cell()?);
    cell.add_unless_shared(n).then_some(cell)
}

/// Takes back what was added to a cell, if it is the current thread's; false if
/// not, or if the gauge was set meanwhile.
#[inline(always)]
pub(crate) fn take_back(cell: OwnCell, value: f64) -> bool {
    match whole(-value) {
        Some(n) => cell.is_current() && cell.add_unless_shared(n),
        None => false,
    }
}

/// The value as what is added to the cell of whole numbers, unless it is a
/// fraction, or so large that a cell could overflow. Decided when it is
/// compiled, if the value is known.
#[inline(always)]
fn whole(value: f64) -> Option<u64> {
    #[expect(clippy::cast_possible_truncation, reason = "it is compared")]
    let n = value as i32;
    (f64::from(n) == value).then_some(i64::from(n).cast_unsigned())
}

impl GaugeFn for GaugeCell {
    fn increment(&self, value: f64) {
        if self.set().load(Ordering::Acquire) != 0 {
            let relaxed = Ordering::Relaxed;
            let _ = self
                .set()
                .fetch_update(relaxed, relaxed, |set| Some(to_set(from_set(set) + value)));
        } else if !whole(value).is_some_and(|n| self.0.add_own(n)) {
            self.0.add_float(FRACTIONS, value);
        }
    }

    fn decrement(&self, value: f64) {
        self.increment(-value);
    }

    fn set(&self, value: f64) {
        self.set().store(to_set(value), Ordering::Release);
    }
}

/// A histogram over fixed bounds, the bucket of `+Inf` last. Its count is the
/// sum of its buckets.
#[derive(Debug)]
pub(crate) struct HistogramCell {
    bounds: Arc<Bounds>,
    cells: Cells,
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
    /// A histogram without samples, unless no cells are left.
    pub(crate) fn new(bounds: &Arc<Bounds>) -> Option<Self> {
        Some(Self {
            bounds: Arc::clone(bounds),
            cells: Cells::reserve_histogram(bounds.buckets())?,
        })
    }

    pub(crate) fn bounds(&self) -> &[f64] {
        self.bounds.as_slice()
    }

    pub(crate) fn index(&self) -> Index {
        self.cells.first()
    }

    pub(crate) fn value(&self) -> HistogramValue {
        let mut value = HistogramValue {
            buckets: Vec::new(),
            sum: 0.0,
        };
        self.read(&mut value);
        value
    }

    /// The number of samples.
    pub(crate) fn count(&self) -> u64 {
        let buckets = 0..self.bounds.buckets();
        buckets.flat_map(|at| self.cells.read_bucket(at)).sum()
    }

    /// Reads into a value whose memory is there already.
    pub(crate) fn read(&self, into: &mut HistogramValue) {
        let buckets = self.bounds.buckets();
        into.buckets.clear();
        into.buckets
            .extend((0..buckets).map(|bucket| self.cells.read_bucket(bucket).sum::<u64>()));
        into.sum = self.cells.read_sum().sum();
    }
}

impl HistogramFn for HistogramCell {
    #[inline]
    fn record(&self, value: f64) {
        self.cells.record(self.bounds.bucket_of(value), value);
    }
}
