//! Memory that one thread writes and every thread reads.
//!
//! An update is a plain load and store of a cell that only the current thread
//! writes; a read sums the cells of one index over all slabs. A slab outlives
//! its thread and is adopted by the next one, with all its counts: nothing is
//! ever folded into another cell, so a reader sees each count exactly once and
//! a counter never goes back.
//!
//! Memory: cells in use times the largest number of threads that were alive
//! at once and updated them, in pages of 8 KiB, and 32 KiB for each of those
//! threads.

use std::cell::Cell;
use std::ptr::null;
use std::sync::PoisonError;

use super::sync::{
    AtomicBool, AtomicPtr, AtomicU64, AtomicUsize, Mutex, MutexGuard, Ordering, PAGE, PAGES, SLABS,
    nulls, process_wide, thread_local, zeroed,
};

type Page = [AtomicU64; PAGE];

/// The cells of one thread at a time.
struct Slab {
    taken: AtomicBool,
    pages: [AtomicPtr<Page>; PAGES],
}

process_wide! {
    SLAB_LIST: [AtomicPtr<Slab>; SLABS] = nulls();
    SLAB_COUNT: AtomicUsize = AtomicUsize::new(0);
    SPACE: Mutex<Space> = Mutex::new(Space { next: 0, free: Vec::new() });
}

thread_local! {
    // Without destructors, so that they can be read from other destructors.
    /// The thread's slab; null before it has one, and once it gave it back.
    static CURRENT: Cell<*const Slab> = const { Cell::new(null()) };
    /// Whether it may ask for one. It does once: not again when there were too
    /// many threads, nor while it is torn down.
    static MAY_ADOPT: Cell<bool> = const { Cell::new(true) };
    static RELEASE: Release = const { Release };
}

/// Gives the thread's slab to the next thread when this one ends.
struct Release;

impl Drop for Release {
    fn drop(&mut self) {
        MAY_ADOPT.set(false);
        // SAFETY: slabs are leaked, never freed.
        if let Some(slab) = unsafe { CURRENT.replace(null()).as_ref() } {
            slab.taken.store(false, Ordering::Release);
        }
    }
}

/// The current thread's page for `index`, if it can have one.
#[inline]
fn page(index: Index) -> Option<&'static Page> {
    // SAFETY: slabs are leaked, never freed.
    if let Some(slab) = unsafe { CURRENT.get().as_ref() } {
        // SAFETY: pages are leaked, never freed, and written by their own
        // thread, which is this one, or handed over with the slab.
        if let Some(page) = unsafe { slab.pages[index.page()].load(Ordering::Relaxed).as_ref() } {
            return Some(page);
        }
    }
    slow_page(index)
}

#[cold]
fn slow_page(index: Index) -> Option<&'static Page> {
    // The thread has no slab, and does not ask for one, while it asks for
    // memory: an allocator that counts its calls would come back here.
    let may_adopt = MAY_ADOPT.replace(false);
    // SAFETY: slabs are leaked, never freed.
    let slab = match unsafe { CURRENT.replace(null()).as_ref() } {
        Some(slab) => slab,
        None if may_adopt => RELEASE.try_with(|_| adopt()).ok().flatten()?,
        None => return None,
    };
    let entry = &slab.pages[index.page()];
    let mut page = entry.load(Ordering::Relaxed);
    if page.is_null() {
        // SAFETY: zeroes are zero bytes.
        let new = unsafe { zeroed(|| std::array::from_fn(|_| AtomicU64::new(0))) };
        page = Box::into_raw(new);
        entry.store(page, Ordering::Release);
    }
    CURRENT.set(slab);
    // SAFETY: as above.
    Some(unsafe { &*page })
}

/// A slab that no thread has, or a new one.
fn adopt() -> Option<&'static Slab> {
    for slab in slabs() {
        let free = !slab.taken.load(Ordering::Relaxed);
        if free
            && slab
                .taken
                .compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed)
                .is_ok()
        {
            return Some(slab);
        }
    }
    let at = SLAB_COUNT
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| {
            (count < SLABS).then_some(count + 1)
        })
        .ok()?;
    // SAFETY: false and null pointers are zero bytes.
    let slab: &'static Slab = Box::leak(unsafe {
        zeroed(|| Slab {
            taken: AtomicBool::new(false),
            pages: nulls(),
        })
    });
    slab.taken.store(true, Ordering::Relaxed);
    SLAB_LIST[at].store(std::ptr::from_ref(slab).cast_mut(), Ordering::Release);
    Some(slab)
}

fn slabs() -> impl Iterator<Item = &'static Slab> {
    let count = SLAB_COUNT.load(Ordering::Acquire).min(SLABS);
    SLAB_LIST[..count].iter().filter_map(|slab| {
        let slab = slab.load(Ordering::Acquire);
        // SAFETY: slabs are leaked; null only while being published.
        (!slab.is_null()).then(|| unsafe { &*slab })
    })
}

/// Where cells stand in every slab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Index(u32);

impl Index {
    /// As a number that is never 0.
    pub(crate) fn to_bits(self) -> u32 {
        self.0 + 1
    }

    /// From such a number.
    #[inline]
    pub(crate) fn from_bits(bits: u32) -> Option<Self> {
        bits.checked_sub(1).map(Self)
    }

    /// Changes the current thread's cell; false if it has none.
    #[inline]
    pub(crate) fn update(self, change: impl FnOnce(u64) -> u64) -> bool {
        let Some(page) = page(self) else {
            return false;
        };
        change_cell(&page[self.cell()], change);
        true
    }

    /// Counts a sample in the cell at `bucket` and adds it to the sum in the
    /// cell at `sum`; false if the current thread has no cells.
    #[inline]
    pub(crate) fn record(self, bucket: usize, sum: usize, value: f64) -> bool {
        let Some(page) = page(self) else {
            return false;
        };
        change_cell(&page[(self.cell() + bucket) % PAGE], |count| count + 1);
        change_cell(&page[(self.cell() + sum) % PAGE], |bits| {
            (f64::from_bits(bits) + value).to_bits()
        });
        true
    }
    #[inline]
    fn page(self) -> usize {
        self.0 as usize / PAGE % PAGES
    }

    #[inline]
    fn cell(self) -> usize {
        self.0 as usize % PAGE
    }
}

/// Only the current thread writes the cell: no locked operation.
#[inline]
fn change_cell(cell: &AtomicU64, change: impl FnOnce(u64) -> u64) {
    cell.store(change(cell.load(Ordering::Relaxed)), Ordering::Relaxed);
}

/// Consecutive cells in every slab, until they are dropped.
#[derive(Debug)]
pub(crate) struct Cells {
    first: Index,
    len: usize,
}

impl Cells {
    /// Reserves `len` cells, all zero; none are left after four million.
    pub(crate) fn reserve(len: usize) -> Option<Self> {
        let mut space = space();
        let first = match space.free.get_mut(len).and_then(Vec::pop) {
            Some(first) => first,
            None => space.take(len)?,
        };
        Some(Self { first, len })
    }

    /// Where the first one stands.
    #[inline]
    pub(crate) fn first(&self) -> Index {
        self.first
    }

    /// Every thread's value of one cell.
    pub(crate) fn read(&self, offset: usize) -> impl Iterator<Item = u64> {
        let (page, cell) = (self.first.page(), self.first.cell() + offset);
        slabs().filter_map(move |slab| {
            let page = slab.pages[page].load(Ordering::Acquire);
            // SAFETY: pages are leaked, never freed.
            let page = unsafe { page.as_ref() }?;
            Some(page[cell % PAGE].load(Ordering::Relaxed))
        })
    }
}

impl Drop for Cells {
    /// Nothing can hold the index any more: the cells are cleared for whoever
    /// reserves them next.
    fn drop(&mut self) {
        for slab in slabs() {
            let page = slab.pages[self.first.page()].load(Ordering::Acquire);
            if !page.is_null() {
                // SAFETY: pages are leaked, never freed. No thread updates
                // these cells, since no handle names them.
                let page = unsafe { &*page };
                for offset in 0..self.len {
                    page[(self.first.cell() + offset) % PAGE].store(0, Ordering::Relaxed);
                }
            }
        }
        let mut space = space();
        if space.free.len() <= self.len {
            space.free.resize_with(self.len + 1, Vec::new);
        }
        space.free[self.len].push(self.first);
    }
}

/// Which indices are in use.
struct Space {
    next: usize,
    /// Freed runs by their length.
    free: Vec<Vec<Index>>,
}

fn space() -> MutexGuard<'static, Space> {
    SPACE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Space {
    /// A run that does not cross a page.
    fn take(&mut self, len: usize) -> Option<Index> {
        if self.next % PAGE + len > PAGE {
            self.next = self.next.next_multiple_of(PAGE);
        }
        let first = self.next;
        if len > PAGE || first + len > PAGE * PAGES {
            return None;
        }
        self.next += len;
        u32::try_from(first).ok().map(Index)
    }
}
