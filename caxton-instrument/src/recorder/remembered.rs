//! What each thread registered last, by the keys that the `metrics` macros of
//! other crates make at each call: a hit takes no lock, writes nothing that
//! another thread reads, and allocates nothing.
//!
//! A key is remembered from its second call on, so that neither typed handles,
//! which register once, nor keys that never come back push others out. Entries
//! become void when a series of their family was removed, or the registry wants
//! to know which series are still in use; the first one that is found void takes
//! all others with it.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use metrics::{Counter, Gauge, Histogram, Key};

use super::kind::Kind;
use crate::label::MAX_VALUE_BYTES;

/// Sets of entries of one thread, and entries of a set.
const SETS: usize = 128;
const WAYS: usize = 4;

/// Keys that were seen once, by a byte of their hash.
const SEEN: usize = 256;

/// Labels of a key that is remembered, at most.
const LABELS: usize = 16;

pub(super) enum Handle {
    Counter(Counter),
    Gauge(Gauge),
    Histogram(Histogram),
}

/// Whether a series may have been removed since.
#[derive(Debug, Clone)]
pub(super) struct Removals {
    count: Arc<AtomicU64>,
    seen: u64,
}

impl Removals {
    /// To be made before the series is looked up.
    pub(super) fn of(count: &Arc<AtomicU64>) -> Self {
        Self {
            count: Arc::clone(count),
            seen: count.load(Ordering::Acquire),
        }
    }

    #[inline]
    fn are_the_same(&self) -> bool {
        self.count.load(Ordering::Acquire) == self.seen
    }
}

struct Entry {
    registry: u64,
    key: Key,
    handle: Handle,
    removals: Removals,
}

#[derive(Default)]
struct Remembered {
    sets: Vec<Option<Box<Entry>>>,
    seen: Vec<u64>,
}

impl Remembered {
    /// Takes out everything that is void, if the entry of this key is: what is
    /// not asked for any more would be kept for ever.
    fn stale(&mut self, hash: u64, key: &Key) -> Option<Vec<Entry>> {
        let is_stale = |entry: &Entry| !entry.removals.are_the_same();
        let start = set(hash);
        self.sets
            .get(start..start + WAYS)?
            .iter()
            .flatten()
            .find(|entry| entry.key == *key && is_stale(entry))?;
        let stale = |place: &mut Option<Box<Entry>>| {
            let entry = place.take_if(|entry| is_stale(entry))?;
            Some(*entry)
        };
        Some(self.sets.iter_mut().filter_map(stale).collect())
    }
}

thread_local! {
    static REMEMBERED: RefCell<Remembered> = const {
        RefCell::new(Remembered { sets: Vec::new(), seen: Vec::new() })
    };
}

/// The handle of a key that this thread registered with a registry before.
#[inline]
pub(super) fn find<C: Kind>(registry: u64, key: &Key) -> Option<C::Handle> {
    // A thread that is torn down, and a registration within another one, go
    // the long way.
    REMEMBERED
        .try_with(|remembered| {
            let remembered = remembered.try_borrow().ok()?;
            let start = set(key.get_hash());
            let entry = remembered
                .sets
                .get(start..start + WAYS)?
                .iter()
                .flatten()
                .find(|entry| entry.key == *key && entry.registry == registry)?;
            if !entry.removals.are_the_same() {
                return None;
            }
            C::recall(&entry.handle).cloned()
        })
        .ok()
        .flatten()
}

/// Remembers the handle of a key, if the key was seen before.
pub(super) fn put<C: Kind>(
    registry: u64,
    key: &Key,
    removals: Removals,
    handle: impl FnOnce() -> C::Handle,
) {
    if !is_short(key) {
        return;
    }
    let hash = key.get_hash();
    // Dropped without a borrow: a cell that nothing else holds is given back.
    drop(REMEMBERED.try_with(|remembered| remembered.try_borrow_mut().ok()?.stale(hash, key)));
    let replaced = REMEMBERED.try_with(|remembered| {
        {
            let mut remembered = remembered.try_borrow_mut().ok()?;
            if remembered.seen.is_empty() {
                remembered.seen.resize(SEEN, 0);
            }
            let at = usize::from(hash.to_le_bytes()[0]);
            let seen = remembered.seen.get_mut(at)?;
            if std::mem::replace(seen, hash) != hash {
                return None;
            }
        }
        // Made while nothing is borrowed: an allocator may count its calls.
        let entry = Box::new(Entry {
            registry,
            key: key.clone(),
            handle: C::remember(handle()),
            removals,
        });
        let mut remembered = remembered.try_borrow_mut().ok()?;
        if remembered.sets.is_empty() {
            remembered.sets.resize_with(SETS * WAYS, || None);
        }
        let start = set(hash);
        let set = remembered.sets.get_mut(start..start + WAYS)?;
        // One that the series of this key had before, or else the oldest.
        let stale = |entry: &Option<Box<Entry>>| match entry {
            Some(entry) => !entry.removals.are_the_same() || entry.key == *key,
            None => true,
        };
        let at = set.iter().position(stale).unwrap_or(WAYS - 1);
        set.get_mut(..=at)?.rotate_right(1);
        set.first_mut()?.replace(entry)
    });
    // Dropped only here: a cell that nothing else holds is given back.
    drop(replaced);
}

#[inline]
fn set(hash: u64) -> usize {
    // The hash of a key is not mixed to its last bit.
    let mixed = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    usize::from(mixed.to_be_bytes()[0]) % SETS * WAYS
}

fn is_short(key: &Key) -> bool {
    key.name().len() <= MAX_VALUE_BYTES
        && key.labels().len() <= LABELS
        && key.labels().all(|label| {
            label.key().len() <= MAX_VALUE_BYTES && label.value().len() <= MAX_VALUE_BYTES
        })
}
