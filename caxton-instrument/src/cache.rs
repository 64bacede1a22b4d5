//! What a thread looked up last: a small table in front of the shared one, so
//! that an open label that was seen before takes no lock.
//!
//! An entry holds its block alive, names the table it came from by a number
//! that is never given twice, and is compared by its whole values. An entity
//! that ended is marked on the block itself.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::LocalKey;

use crate::link::Link;
use crate::series::Block;

/// Sets of entries of one thread, for each kind of metric.
const SETS: usize = 128;

/// Entries that one set holds: values whose hashes meet do not push each other
/// out at every look-up.
const WAYS: usize = 4;

/// The table that a cached block came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TableId(u64);

impl TableId {
    pub(crate) fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

struct Entry<L> {
    table: TableId,
    hash: u64,
    block: Arc<Block<L>>,
}

/// The cache of one thread for one kind of metric.
pub(crate) struct Cache<L>(Vec<Option<Entry<L>>>);

impl<L> Cache<L> {
    pub(crate) const fn new() -> RefCell<Self> {
        RefCell::new(Self(Vec::new()))
    }
}

/// Where the caches of one kind of metric are.
pub(crate) type Caches<L> = LocalKey<RefCell<Cache<L>>>;

/// Runs `use_block` on the cached block, if there is one that did not end.
#[inline]
pub(crate) fn with<L: Link, R>(
    caches: &'static Caches<L>,
    table: TableId,
    hash: u64,
    same: impl FnOnce(&Block<L>) -> bool,
    use_block: impl FnOnce(&Block<L>) -> Option<R>,
) -> Option<R> {
    // Neither a thread that is torn down nor an update inside another one's
    // registration is worth more than the slow path.
    caches
        .try_with(|cache| {
            let cache = cache.try_borrow().ok()?;
            let start = set(hash);
            let entry = cache
                .0
                .get(start..start + WAYS)?
                .iter()
                .flatten()
                .find(|entry| entry.hash == hash && entry.table == table)?;
            if entry.block.has_ended() || !same(&entry.block) {
                return None;
            }
            use_block(&entry.block)
        })
        .ok()
        .flatten()
}

/// Remembers a block, in the place of another one.
pub(crate) fn put<L>(caches: &'static Caches<L>, table: TableId, hash: u64, block: Arc<Block<L>>) {
    let replaced = caches.try_with(|cache| {
        let mut cache = cache.try_borrow_mut().ok()?;
        if cache.0.is_empty() {
            cache.0.resize_with(SETS * WAYS, || None);
        }
        let start = set(hash);
        let set = cache.0.get_mut(start..start + WAYS)?;
        // The oldest one goes.
        set.rotate_right(1);
        set.first_mut()?.replace(Entry { table, hash, block })
    });
    // Dropped only here: a block's end may call foreign code.
    drop(replaced);
}

#[inline]
fn set(hash: u64) -> usize {
    usize::try_from(hash >> 32).unwrap_or(0) % SETS * WAYS
}
