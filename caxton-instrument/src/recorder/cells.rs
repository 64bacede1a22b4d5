//! The cells of one series, as handles of the `metrics` facade.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use metrics::{CounterFn, GaugeFn, HistogramFn};

use super::slab::Cells;

/// A counter.
#[derive(Debug)]
pub(crate) struct CounterCell {
    cells: Option<Cells>,
    /// What threads without a slab counted.
    shared: AtomicU64,
    /// The total of something else that counts, as last stated.
    absolute: AtomicU64,
}

impl CounterCell {
    pub(crate) fn new() -> Self {
        Self {
            cells: Cells::reserve(1),
            shared: AtomicU64::new(0),
            absolute: AtomicU64::new(0),
        }
    }

    pub(crate) fn value(&self) -> u64 {
        let own: u64 = self
            .cells
            .iter()
            .flat_map(|cells| cells.read(0))
            .fold(0, u64::wrapping_add);
        own.wrapping_add(self.shared.load(Ordering::Relaxed))
            .max(self.absolute.load(Ordering::Relaxed))
    }
}

impl CounterFn for CounterCell {
    #[inline]
    fn increment(&self, n: u64) {
        let done = match &self.cells {
            Some(cells) => cells.update(0, |value| value.wrapping_add(n)),
            None => false,
        };
        if !done {
            self.shared.fetch_add(n, Ordering::Relaxed);
        }
    }

    fn absolute(&self, total: u64) {
        self.absolute.fetch_max(total, Ordering::Relaxed);
    }
}

/// A gauge: added up from each thread's changes until it is set once; from
/// then on one shared value.
#[derive(Debug)]
pub(crate) struct GaugeCell {
    cells: Option<Cells>,
    was_set: AtomicBool,
    shared: AtomicU64,
}

impl GaugeCell {
    pub(crate) fn new() -> Self {
        Self {
            cells: Cells::reserve(1),
            was_set: AtomicBool::new(false),
            shared: AtomicU64::new(0),
        }
    }

    pub(crate) fn value(&self) -> f64 {
        let shared = f64::from_bits(self.shared.load(Ordering::Relaxed));
        if self.was_set.load(Ordering::Acquire) {
            return f64::from_bits(self.shared.load(Ordering::Relaxed));
        }
        let own: f64 = self
            .cells
            .iter()
            .flat_map(|cells| cells.read(0))
            .map(f64::from_bits)
            .sum();
        own + shared
    }

    fn add_shared(&self, value: f64) {
        let _ = self
            .shared
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |bits| {
                Some((f64::from_bits(bits) + value).to_bits())
            });
    }
}

impl GaugeFn for GaugeCell {
    #[inline]
    fn increment(&self, value: f64) {
        let done = !self.was_set.load(Ordering::Relaxed)
            && match &self.cells {
                Some(cells) => cells.update(0, |bits| (f64::from_bits(bits) + value).to_bits()),
                None => false,
            };
        if !done {
            self.add_shared(value);
        }
    }

    #[inline]
    fn decrement(&self, value: f64) {
        self.increment(-value);
    }

    fn set(&self, value: f64) {
        self.shared.store(value.to_bits(), Ordering::Relaxed);
        self.was_set.store(true, Ordering::Release);
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

    pub(crate) fn value(&self) -> HistogramValue {
        let sum_at = self.bounds.len() + 1;
        let buckets = (0..sum_at)
            .map(|bucket| {
                let own: u64 = self.cells.iter().flat_map(|cells| cells.read(bucket)).sum();
                own + self.shared[bucket].load(Ordering::Relaxed)
            })
            .collect();
        let own: f64 = self
            .cells
            .iter()
            .flat_map(|cells| cells.read(sum_at))
            .map(f64::from_bits)
            .sum();
        HistogramValue {
            buckets,
            sum: own + f64::from_bits(self.shared[sum_at].load(Ordering::Relaxed)),
        }
    }

    /// The first bucket whose bound is not below the sample.
    #[inline]
    fn bucket(&self, value: f64) -> usize {
        self.bounds.partition_point(|bound| *bound < value)
    }

    #[cold]
    fn record_shared(&self, bucket: usize, value: f64) {
        self.shared[bucket].fetch_add(1, Ordering::Relaxed);
        let _ = self.shared[self.bounds.len() + 1].fetch_update(
            Ordering::Relaxed,
            Ordering::Relaxed,
            |bits| Some((f64::from_bits(bits) + value).to_bits()),
        );
    }
}

impl HistogramFn for HistogramCell {
    #[inline]
    fn record(&self, value: f64) {
        let bucket = self.bucket(value);
        let done = match &self.cells {
            Some(cells) => {
                cells.update(bucket, |count| count + 1)
                    && cells.update(self.bounds.len() + 1, |bits| {
                        (f64::from_bits(bits) + value).to_bits()
                    })
            }
            None => false,
        };
        if !done {
            self.record_shared(bucket, value);
        }
    }
}
