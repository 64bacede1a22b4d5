//! What the three kinds of series do alike.

use std::sync::Arc;

use metrics::{Counter, Gauge, Histogram};

use super::bounds::Bounds;
use super::cells::{CounterCell, GaugeCell, HistogramCell};
use super::family::{Table, Tables};
use super::remembered::Handle;
use super::stored::Stored;
use crate::descriptor::MetricKind;

/// A kind of cell.
pub(super) trait Kind: Sized + Send + Sync + 'static {
    /// What `metrics` calls its handle.
    type Handle: Clone;

    const KIND: MetricKind;

    /// A new cell; `None` when there is no room for one.
    fn new(bounds: &Arc<Bounds>) -> Option<Self>;

    /// An empty family of this kind.
    fn tables() -> Tables;

    /// The series of a family, if it is of this kind.
    fn table(tables: &Tables) -> Option<&Table<Self>>;

    fn handle(stored: Arc<Stored<Self>>) -> Self::Handle;

    /// A handle that counts its clones in memory of its own: threads that
    /// share a series then share no count of references.
    fn handle_apart(stored: Arc<Stored<Self>>) -> Self::Handle;

    fn remember(handle: Self::Handle) -> Handle;

    fn recall(handle: &Handle) -> Option<&Self::Handle>;

    /// The handle of a registration that was refused.
    fn noop() -> Self::Handle;

    /// What differs after every update, and after a gauge's value changed.
    fn fingerprint(&self) -> u64;

    /// Whether a new cell may take its place without telling readers what is
    /// not so.
    fn may_begin_anew(&self) -> bool;
}

macro_rules! kinds {
    ($($kind:ident: $cell:ident, $new:expr, $fingerprint:expr, $may_begin_anew:expr;)*) => {$(
        impl Kind for $cell {
            type Handle = $kind;

            const KIND: MetricKind = MetricKind::$kind;

            fn new(bounds: &Arc<Bounds>) -> Option<Self> {
                let new: fn(&Arc<Bounds>) -> Option<Self> = $new;
                new(bounds)
            }

            fn tables() -> Tables {
                Tables::$kind(Table::default())
            }

            fn table(tables: &Tables) -> Option<&Table<Self>> {
                match tables {
                    Tables::$kind(table) => Some(table),
                    _ => None,
                }
            }

            fn handle(stored: Arc<Stored<Self>>) -> $kind {
                $kind::from_arc(stored)
            }

            fn handle_apart(stored: Arc<Stored<Self>>) -> $kind {
                $kind::from_arc(Arc::new(stored))
            }

            fn remember(handle: $kind) -> Handle {
                Handle::$kind(handle)
            }

            #[inline]
            fn recall(handle: &Handle) -> Option<&$kind> {
                match handle {
                    Handle::$kind(handle) => Some(handle),
                    _ => None,
                }
            }

            fn noop() -> $kind {
                $kind::noop()
            }

            fn fingerprint(&self) -> u64 {
                let of: fn(&Self) -> u64 = $fingerprint;
                of(self)
            }

            fn may_begin_anew(&self) -> bool {
                let may: fn(&Self) -> bool = $may_begin_anew;
                may(self)
            }
        }
    )*};
}

kinds! {
    Counter: CounterCell, |_| CounterCell::new(), CounterCell::value,
        // A total that is stated again would be counted again.
        |cell| !cell.was_stated();
    Gauge: GaugeCell, |_| GaugeCell::new(), |cell| cell.value().to_bits(),
        // What was added may be taken away again.
        |cell| cell.was_set() || cell.value() == 0.0;
    Histogram: HistogramCell, HistogramCell::new, HistogramCell::count, |_| true;
}
