//! What a thread looked up last: a small table in front of the shared one, so
//! that an open label that was seen before takes no lock.
//!
//! An entry holds its block alive and is compared by its whole values. An
//! entity that ended is marked on the block itself.

use std::cell::Cell;
use std::ptr::null;
use std::sync::Arc;
use std::thread::LocalKey;

use crate::link::Link;
use crate::series::Block;

/// Sets of entries of one thread, for each kind of metric.
const SETS: usize = 256;

/// Entries that one set holds: values whose hashes meet do not push each other
/// out at every look-up.
const WAYS: usize = 4;

/// The cache of one thread for one kind of metric. Nothing that reads or
/// replaces an entry calls anything that could come back here.
pub(crate) struct Cache<L: Link>([[Entry<L>; WAYS]; SETS]);

struct Entry<L: Link> {
    hash: Cell<u64>,
    block: Cell<Option<Arc<Block<L>>>>,
}

/// Where a thread finds its cache; null before it has one, and once it ends.
/// Apart from its owner, since a local with a destructor takes longer.
pub(crate) type Current<L> = Cell<*const Cache<L>>;

/// The caches of one kind of metric.
pub(crate) struct Caches<L: Link> {
    pub(crate) current: &'static LocalKey<Current<L>>,
    pub(crate) owner: &'static LocalKey<Owner<L>>,
}

/// Frees the thread's cache when it ends.
pub(crate) struct Owner<L: Link>(Current<L>);

impl<L: Link> Owner<L> {
    pub(crate) const fn new() -> Self {
        Self(Cell::new(null()))
    }

    fn make(&self) {
        let cache = Box::new(Cache(std::array::from_fn(|_| {
            std::array::from_fn(|_| Entry {
                hash: Cell::new(0),
                block: Cell::new(None),
            })
        })));
        // An allocator that looks a series up may have made one meanwhile.
        if self.0.get().is_null() {
            self.0.set(Box::into_raw(cache));
            L::caches().current.set(self.0.get());
        }
    }
}

impl<L: Link> Drop for Owner<L> {
    fn drop(&mut self) {
        L::caches().current.set(null());
        let cache = self.0.get().cast_mut();
        if !cache.is_null() {
            // SAFETY: made by `make`, and no longer reachable.
            drop(unsafe { Box::from_raw(cache) });
        }
    }
}

impl<L: Link> Caches<L> {
    /// What `read` says of the cached block of these values, if there is one.
    #[inline(always)]
    pub(crate) fn read<R>(
        self,
        hash: u64,
        same: impl FnOnce(&Block<L>) -> bool,
        read: impl FnOnce(&Arc<Block<L>>) -> R,
    ) -> Option<R> {
        // SAFETY: it is this thread's, and reset before it is freed.
        let cache = unsafe { self.current.get().as_ref() }?;
        let entry = cache.0[set(hash)]
            .iter()
            .find(|entry| entry.hash.get() == hash)?;
        // SAFETY: this thread's alone, and not replaced before this returns.
        let block = unsafe { &*entry.block.as_ptr() }.as_ref()?;
        same(block).then(|| read(block))
    }

    /// Remembers a block, in the place of another one.
    pub(crate) fn put(self, hash: u64, block: Arc<Block<L>>) {
        if self.current.get().is_null() {
            // Not while the thread is torn down.
            let _ = self.owner.try_with(Owner::make);
        }
        // SAFETY: as above.
        let Some(cache) = (unsafe { self.current.get().as_ref() }) else {
            return;
        };
        let set = &cache.0[set(hash)];
        let known = set.iter().position(|entry| entry.hash.get() == hash);
        // The oldest one goes.
        let last = known.unwrap_or(WAYS - 1);
        let replaced = set[last].block.take();
        for at in (0..last).rev() {
            set[at + 1].hash.set(set[at].hash.get());
            set[at + 1].block.set(set[at].block.take());
        }
        set[0].hash.set(hash);
        set[0].block.set(Some(block));
        // Dropped only here: a block's end may call foreign code.
        drop(replaced);
    }
}

#[inline(always)]
fn set(hash: u64) -> usize {
    (hash >> 32) as usize % SETS
}
