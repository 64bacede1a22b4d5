//! What a thread looked up last: a small table in front of the shared one, so
//! that an open label that was seen before takes no lock.
//!
//! An entry holds its block alive. A short value stands in the entry itself and
//! is compared there, whole, and beside it where the block's places are, so that
//! a hit goes there and nowhere else; of other values the entry has a hash, and
//! the block has the values. An entity that ended is marked in its places.
//!
//! Of a counter an entry also has where the thread's own cells are. The place is
//! then only compared, which a processor guesses, and goes on to the cell.

use std::cell::Cell;
use std::ptr::null;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::LocalKey;

use crate::link::{CounterLink, Link};
use crate::recorder::slab::{Index, OwnCells, OwnCount, Place};
use crate::series::Block;

/// Sets of entries of one thread, for each kind of metric.
const SETS: usize = 512;

/// Entries that one set holds: values whose keys meet do not push each other
/// out at every look-up.
const WAYS: usize = 2;

/// The cache of one thread for one kind of metric: 40 KiB, of counters 72. Nothing
/// that reads or replaces an entry calls anything that could come back here.
pub(crate) struct Cache<L: Link> {
    sets: [Set<L::Near>; SETS],
    /// The blocks of the entries, apart from what a hit needs.
    blocks: [[KeptBlock<L>; WAYS]; SETS],
}

type KeptBlock<L> = Cell<Option<Arc<Block<L>>>>;

/// One line of the processor's cache, or two.
#[repr(align(64))]
struct Set<N>([Entry<N>; WAYS]);

struct Entry<N> {
    key: Cell<Key>,
    /// Those of the block that is kept for it.
    places: Cell<*const Place>,
    near: N,
}

/// What an entry has of its thread's cells. Zero bytes are one of these, too.
pub(crate) trait Near {
    /// Has nothing any more.
    fn forget(&self);

    /// Has what another entry has.
    fn copy(&self, from: &Self);
}

/// Nothing: what the place says is asked for.
impl Near for () {
    fn forget(&self) {}

    fn copy(&self, (): &Self) {}
}

impl Near for OwnCells {
    fn forget(&self) {
        self.forget();
    }

    fn copy(&self, from: &Self) {
        self.copy(from);
    }
}

/// Which table an entry is of; never given twice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TableNumber(u64);

impl TableNumber {
    pub(crate) fn next() -> Self {
        // The last byte is a key's.
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed) << 8)
    }
}

/// What an entry is found by: a table, and values in it; all zero in one that was
/// not used yet, which no table's number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    /// The end of a short value, and its beginning, which may overlap; or a
    /// hash of values.
    last: u64,
    first: u64,
    /// The number of the table, and in the last byte the length of the value.
    table: u64,
}

/// The longest value that a key has whole.
const SHORT: usize = 16;

/// In the place of a length: the key has a hash.
const HASHED: u64 = 0xff;

impl Key {
    /// Of one value of the most usual length, 8 to 16 bytes.
    #[inline(always)]
    pub(crate) fn usual(table: TableNumber, value: &str) -> Option<Self> {
        let bytes = value.as_bytes();
        if !(8..=SHORT).contains(&bytes.len()) {
            return None;
        }
        Some(Self {
            last: u64::from_le_bytes(*bytes.last_chunk()?),
            first: u64::from_le_bytes(*bytes.first_chunk()?),
            table: table.0 | bytes.len() as u64,
        })
    }

    /// Of any values, which have the hash.
    pub(crate) fn of(table: TableNumber, values: &[&str], hash: impl FnOnce() -> u64) -> Self {
        match values {
            [value] if value.len() <= SHORT => {
                Self::usual(table, value).unwrap_or_else(|| Self::shorter(table, value))
            }
            _ => Self {
                last: 0,
                first: hash(),
                table: table.0 | HASHED,
            },
        }
    }

    /// Of one value that fits a word.
    fn shorter(table: TableNumber, value: &str) -> Self {
        let mut first = [0; 8];
        for (to, from) in first.iter_mut().zip(value.bytes()) {
            *to = from;
        }
        Self {
            last: 0,
            first: u64::from_le_bytes(first),
            table: table.0 | value.len() as u64,
        }
    }

    /// Whether what it is of has to be compared with what the block is of.
    pub(crate) fn is_hashed(self) -> bool {
        self.table & HASHED == HASHED
    }

    /// The set it belongs to. Values that somebody chooses to meet in one push
    /// each other out, and are looked up in the shared table.
    #[inline(always)]
    fn set(self) -> usize {
        const BITS: u32 = SETS.trailing_zeros();
        // Values differ at their ends, and a product's high bits depend on all
        // lower ones: the end goes there. Not by whole bytes, as what repeats
        // would then cancel out.
        let mixed = self.last.rotate_left(37) ^ self.first ^ self.table;
        (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - BITS)) as usize
    }
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
        // Made where it stays, since it may not fit on the thread's stack.
        // SAFETY: zero bytes are keys of entries that were not used yet, null
        // pointers, nothing of cells, and no blocks.
        let cache: Box<Cache<L>> = unsafe { Box::new_zeroed().assume_init() };
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

impl<N> Entry<N> {
    /// # Safety
    /// It is used, by a block with more places than `closed`.
    #[inline(always)]
    unsafe fn index(&self, closed: usize) -> Index {
        // SAFETY: a used entry has the places of a block that is kept as long,
        // and the caller's promise.
        unsafe { &*self.places.get().add(closed) }.get()
    }
}

impl Caches<CounterLink> {
    /// The thread's own cell of a series in the cached block of a key, if it was
    /// kept there.
    ///
    /// # Safety
    /// Every block of the key's table has more places than `closed`.
    #[inline(always)]
    pub(crate) unsafe fn cell(self, key: Key, closed: usize) -> Option<OwnCount> {
        self.entry(key, |entry| {
            // SAFETY: the caller's promise; what is kept is forgotten before
            // the thread gives its cells back.
            unsafe { entry.near.get(closed, entry.index(closed)) }
        })
    }

    /// Keeps the thread's own cell at an index.
    pub(crate) fn keep(self, key: Key, closed: usize, index: Index) {
        self.entry(key, |entry| {
            entry.near.keep(closed, index);
            Some(())
        });
    }
}

/// Forgets the current thread's cells, which another one will have: looked up again
/// they are found to be no more.
pub(crate) fn forget_cells() {
    CounterLink::caches().current.set(null());
}

impl<L: Link> Caches<L> {
    /// Where the cells of a series stand in the cached block of a key, if there
    /// is one.
    ///
    /// # Safety
    /// Every block of the key's table has more places than `closed`.
    #[inline(always)]
    pub(crate) unsafe fn index(self, key: Key, closed: usize) -> Option<Index> {
        // SAFETY: the caller's promise.
        self.entry(key, |entry| Some(unsafe { entry.index(closed) }))
    }

    /// What `read` says of the entry of a key, if there is one.
    #[inline(always)]
    fn entry<R>(self, key: Key, read: impl FnOnce(&Entry<L::Near>) -> Option<R>) -> Option<R> {
        // SAFETY: it is this thread's, and reset before it is freed.
        let cache = unsafe { self.current.try_with(Cell::get).ok()?.as_ref() }?;
        let Set(set) = &cache.sets[key.set()];
        read(set.iter().find(|entry| entry.key.get() == key)?)
    }

    /// What `read` says of the cached block of a key, if there is one.
    pub(crate) fn read<R>(self, key: Key, read: impl FnOnce(&Arc<Block<L>>) -> R) -> Option<R> {
        // SAFETY: as above.
        let cache = unsafe { self.current.get().as_ref() }?;
        let at = key.set();
        let Set(set) = &cache.sets[at];
        let way = set.iter().position(|entry| entry.key.get() == key)?;
        // SAFETY: this thread's alone, and not replaced before this returns.
        let block = unsafe { &*cache.blocks[at][way].as_ptr() }.as_ref()?;
        Some(read(block))
    }

    /// Remembers a block, in the place of another one.
    pub(crate) fn put(self, key: Key, block: Arc<Block<L>>) {
        if self.current.get().is_null() {
            // Not while the thread is torn down.
            let _ = self.owner.try_with(Owner::make);
        }
        // SAFETY: as above.
        let Some(cache) = (unsafe { self.current.get().as_ref() }) else {
            return;
        };
        let at = key.set();
        let (Set(set), blocks) = (&cache.sets[at], &cache.blocks[at]);
        let known = set.iter().position(|entry| entry.key.get() == key);
        // The oldest one goes.
        let last = known.unwrap_or(WAYS - 1);
        let replaced = blocks[last].take();
        for way in (0..last).rev() {
            set[way + 1].key.set(set[way].key.get());
            set[way + 1].places.set(set[way].places.get());
            set[way + 1].near.copy(&set[way].near);
            blocks[way + 1].set(blocks[way].take());
        }
        set[0].key.set(key);
        set[0].places.set(block.places().as_ptr());
        set[0].near.forget();
        blocks[0].set(Some(block));
        // Dropped only here: a block's end may call foreign code.
        drop(replaced);
    }
}
