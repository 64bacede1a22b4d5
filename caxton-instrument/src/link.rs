//! What connects a typed handle to its series: the cell itself where the
//! program's recorder is our own and nothing wraps it, the handle that the
//! recorder gave everywhere else.

use std::cell::Cell;
use std::ptr::null;
use std::sync::Arc;

use metrics::{CounterFn, GaugeFn, HistogramFn, Key, Metadata, Recorder};

use crate::cache::{Caches, Current, Near, Owner};
use crate::kept::Word;
use crate::recorder::Registry;
use crate::recorder::bounds::Bounds;
use crate::recorder::cells::{CounterCell, GaugeCell, HistogramCell};
use crate::recorder::slab::{Index, OwnCells};
use crate::recorder::stored::Stored;

/// A connection: to a cell of our own recorder, or to what another one gave.
pub(crate) enum Connection<C, O> {
    Cell(Arc<Stored<C>>),
    Other(Box<O>),
}

pub(crate) type CounterLink = Connection<CounterCell, metrics::Counter>;
pub(crate) type GaugeLink = Connection<GaugeCell, metrics::Gauge>;
pub(crate) type HistogramLink = Connection<HistogramCell, metrics::Histogram>;

/// What the connections of each kind of metric do.
pub(crate) trait Link: Word + Send + Sync + 'static {
    /// What a thread keeps of its own cells beside a series it looked up.
    type Near: Near;

    /// What any recorder gives.
    fn of_recorder(recorder: &dyn Recorder, key: &Key, metadata: &Metadata<'_>) -> Self;

    /// The cell of our own recorder.
    fn of_registry(registry: &Registry, key: &Key) -> Option<Self>;

    /// What each thread looked up last.
    fn caches() -> Caches<Self>;

    /// Where the cells stand that an update can go to without asking the
    /// link; for a histogram only if they were made for these bounds.
    fn index(&self, bounds: &Bounds) -> Index;

    /// Leaves the series as if it were new, where the kind can.
    fn end(&self) {}
}

impl CounterLink {
    #[inline]
    pub(crate) fn increment(&self, n: u64) {
        match self {
            Self::Cell(cell) => cell.increment(n),
            Self::Other(counter) => counter.increment(n),
        }
    }

    pub(crate) fn absolute(&self, total: u64) {
        match self {
            Self::Cell(cell) => cell.absolute(total),
            Self::Other(counter) => counter.absolute(total),
        }
    }
}

impl Link for CounterLink {
    type Near = OwnCells;

    fn of_recorder(recorder: &dyn Recorder, key: &Key, metadata: &Metadata<'_>) -> Self {
        Self::Other(Box::new(recorder.register_counter(key, metadata)))
    }

    fn of_registry(registry: &Registry, key: &Key) -> Option<Self> {
        registry.counter(key).map(Self::Cell)
    }

    fn index(&self, _: &Bounds) -> Index {
        match self {
            Self::Cell(cell) => cell.index(),
            Self::Other(_) => Index::NONE,
        }
    }

    #[inline(always)]
    fn caches() -> Caches<Self> {
        thread_local! {
            static CURRENT: Current<CounterLink> = const { Cell::new(null()) };
            static OWNER: Owner<CounterLink> = const { Owner::new() };
        }
        Caches {
            current: &CURRENT,
            owner: &OWNER,
        }
    }
}

impl GaugeLink {
    pub(crate) fn add(&self, value: f64) {
        match self {
            Self::Cell(cell) => cell.increment(value),
            Self::Other(gauge) => gauge.increment(value),
        }
    }

    #[inline]
    pub(crate) fn set(&self, value: f64) {
        match self {
            Self::Cell(cell) => cell.set(value),
            Self::Other(gauge) => gauge.set(value),
        }
    }

    /// Raises what a counter of fractions reads; other recorders are told the
    /// total as it is.
    pub(crate) fn raise(&self, total: f64) {
        match self {
            Self::Cell(cell) => cell.raise(total),
            Self::Other(gauge) => gauge.set(total),
        }
    }
}

impl Link for GaugeLink {
    type Near = ();

    fn of_recorder(recorder: &dyn Recorder, key: &Key, metadata: &Metadata<'_>) -> Self {
        Self::Other(Box::new(recorder.register_gauge(key, metadata)))
    }

    fn of_registry(registry: &Registry, key: &Key) -> Option<Self> {
        registry.gauge(key).map(Self::Cell)
    }

    fn index(&self, _: &Bounds) -> Index {
        match self {
            Self::Cell(cell) => cell.index(),
            Self::Other(_) => Index::NONE,
        }
    }

    #[inline(always)]
    fn caches() -> Caches<Self> {
        thread_local! {
            static CURRENT: Current<GaugeLink> = const { Cell::new(null()) };
            static OWNER: Owner<GaugeLink> = const { Owner::new() };
        }
        Caches {
            current: &CURRENT,
            owner: &OWNER,
        }
    }

    fn end(&self) {
        self.set(0.0);
    }
}

impl HistogramLink {
    #[inline]
    pub(crate) fn record(&self, value: f64) {
        match self {
            Self::Cell(cell) => cell.record(value),
            Self::Other(histogram) => histogram.record(value),
        }
    }
}

impl Link for HistogramLink {
    type Near = ();

    fn of_recorder(recorder: &dyn Recorder, key: &Key, metadata: &Metadata<'_>) -> Self {
        Self::Other(Box::new(recorder.register_histogram(key, metadata)))
    }

    fn of_registry(registry: &Registry, key: &Key) -> Option<Self> {
        registry.histogram(key).map(Self::Cell)
    }

    fn index(&self, bounds: &Bounds) -> Index {
        match self {
            Self::Cell(cell) if cell.bounds() == bounds.as_slice() => cell.index(),
            _ => Index::NONE,
        }
    }

    #[inline(always)]
    fn caches() -> Caches<Self> {
        thread_local! {
            static CURRENT: Current<HistogramLink> = const { Cell::new(null()) };
            static OWNER: Owner<HistogramLink> = const { Owner::new() };
        }
        Caches {
            current: &CURRENT,
            owner: &OWNER,
        }
    }
}
