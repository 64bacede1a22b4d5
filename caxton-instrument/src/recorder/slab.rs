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
use std::ptr::{from_ref, null_mut};
use std::sync::PoisonError;

use super::sync::{
    AtomicBool, AtomicPtr, AtomicU64, AtomicUsize, Mutex, MutexGuard, Ordering, PAGE, SLABS,
    forget_cells, forget_exemplars, nulls, process_wide, thread_local, zeroed,
};

// Where it is from here, for the model checker as well.
#[path = "slab/index.rs"]
mod index;

use index::{BUCKETS, SUM};
pub(crate) use index::{Index, Own, OwnCell, OwnCells, OwnCount, Place};

pub(crate) use super::sync::PAGES;

type Page = [AtomicU64; PAGE];

/// The cells of one thread at a time. The page at 0 stays null: an index there
/// names no cells.
struct Slab {
    pages: [AtomicPtr<Page>; PAGES],
    taken: AtomicBool,
}

process_wide! {
    SLAB_LIST: [AtomicPtr<Slab>; SLABS] = nulls();
    SLAB_COUNT: AtomicUsize = AtomicUsize::new(0);
    // For threads without a slab, which add to its cells atomically. Neither this
    // one nor the next is in the list, and both are zero bytes, which a program's
    // file does not have to hold.
    SHARED: Slab = Slab { pages: nulls(), taken: AtomicBool::new(false) };
    // In the place of the slab that a thread does not have: it never has a page,
    // so that an update tests for a page alone.
    NO_SLAB: Slab = Slab { pages: nulls(), taken: AtomicBool::new(false) };
    SPACE: Mutex<Space> = Mutex::new(Space { next: PAGE, free: Vec::new() });
}

thread_local! {
    // Without destructors, so that they can be read from other destructors.
    /// The thread's slab; `NO_SLAB` before it has one, and once it gave it back.
    static CURRENT: Cell<*const Slab> = const { Cell::new(from_ref::<Slab>(&NO_SLAB)) };
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
        forget_cells();
        if let Some(slab) = take_current() {
            slab.taken.store(false, Ordering::Release);
        }
    }
}

/// The current thread's page for `index`, made if it can have one.
#[cold]
#[inline(never)]
fn claim(index: Index) -> Option<&'static Page> {
    // The thread has no slab, and does not ask for one, while it asks for
    // memory: an allocator that counts its calls would come back here.
    let may_adopt = MAY_ADOPT.replace(false);
    let slab = match take_current() {
        Some(slab) => slab,
        None if may_adopt => RELEASE.try_with(|_| adopt()).ok().flatten()?,
        None => return None,
    };
    let page = slab.page(index, Ordering::Relaxed);
    let page = page.unwrap_or_else(|| slab.add_page(index));
    CURRENT.set(slab);
    Some(page)
}

/// The thread's slab, or one without pages. Its pages are written by their own
/// thread, which is this one, or were handed over with the slab.
#[inline(always)]
fn current() -> &'static Slab {
    // Not `get` or `with`, which the standard library does not let a caller
    // inline across units of code generation.
    match CURRENT.try_with(Cell::get) {
        // SAFETY: slabs are leaked, never freed.
        Ok(slab) => unsafe { &*slab },
        Err(_) => &NO_SLAB,
    }
}

/// The thread's slab, which it then no longer has.
fn take_current() -> Option<&'static Slab> {
    let none = from_ref::<Slab>(&NO_SLAB);
    let slab = CURRENT.replace(none);
    // SAFETY: slabs are leaked, never freed.
    (slab != none).then(|| unsafe { &*slab })
}

impl Slab {
    /// The page of `index`, if there is one.
    #[inline(always)]
    fn page(&self, index: Index, order: Ordering) -> Option<&'static Page> {
        // SAFETY: pages are leaked, never freed.
        unsafe { self.place_of_page(index).load(order).as_ref() }
    }

    #[inline(always)]
    fn place_of_page(&self, index: Index) -> &AtomicPtr<Page> {
        debug_assert!(index.page() < PAGES, "{index:?} is on no page");
        // SAFETY: every index is on one of them, see `Index`.
        unsafe { self.pages.get_unchecked(index.page()) }
    }

    fn add_page(&self, index: Index) -> &'static Page {
        // SAFETY: zeroes are zero bytes.
        let new = unsafe { zeroed(|| std::array::from_fn(|_| AtomicU64::new(0))) };
        let new = Box::into_raw(new);
        let place = self.place_of_page(index);
        // Only the shared slab's place can be taken meanwhile.
        match place.compare_exchange(null_mut(), new, Ordering::AcqRel, Ordering::Acquire) {
            // SAFETY: leaked from here on.
            Ok(_) => unsafe { &*new },
            Err(page) => {
                // SAFETY: it was not published; the other one is never freed.
                unsafe {
                    drop(Box::from_raw(new));
                    &*page
                }
            }
        }
    }
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
            pages: nulls(),
            taken: AtomicBool::new(false),
        })
    });
    slab.taken.store(true, Ordering::Relaxed);
    SLAB_LIST[at].store(from_ref(slab).cast_mut(), Ordering::Release);
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

/// Adds to a float that every thread may change.
fn add_shared_float(cell: &AtomicU64, value: f64) {
    let _ = cell.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |bits| {
        Some((f64::from_bits(bits) + value).to_bits())
    });
}

/// Consecutive cells in every slab, until they are dropped.
#[derive(Debug)]
pub(crate) struct Cells {
    first: Index,
    len: u32,
}

impl Cells {
    /// Reserves `len` cells, all zero; none are left after four million.
    pub(crate) fn reserve(len: usize) -> Option<Self> {
        let mut space = space();
        let first = match space.free.get_mut(len).and_then(Vec::pop) {
            Some(first) => first,
            None => space.take(len)?,
        };
        let len = u32::try_from(len).ok()?;
        Some(Self { first, len })
    }

    /// Where the first one stands.
    #[inline]
    pub(crate) fn first(&self) -> Index {
        self.first
    }

    /// Adds to the first cell.
    #[inline]
    pub(crate) fn add(&self, n: u64) {
        if !self.first.add(n) {
            self.claim_and(
                |index| index.add(n),
                |shared| {
                    shared[self.first.cell(0)].fetch_add(n, Ordering::Relaxed);
                },
            );
        }
    }

    /// Adds to the thread's first cell; false if it can have none.
    pub(crate) fn add_own(&self, n: u64) -> bool {
        self.first.add(n) || (claim(self.first).is_some() && self.first.add(n))
    }

    /// Adds to the cell at `offset`, which holds a float.
    #[inline]
    pub(crate) fn add_float(&self, offset: usize, value: f64) {
        if !self.first.add_float(offset, value) {
            self.claim_and(
                |index| index.add_float(offset, value),
                |shared| add_shared_float(&shared[self.first.cell(offset)], value),
            );
        }
    }

    /// Records a sample in the cells of a histogram, if it has the bucket.
    pub(crate) fn record(&self, bucket: usize, value: f64) {
        if BUCKETS + bucket >= self.len as usize {
            return;
        }
        let own = |index: Index| {
            // SAFETY: they are a histogram's, and it was just compared.
            unsafe {
                let cells = Own::current().histogram(index);
                cells.map(|cells| cells.add(bucket, value)).is_some()
            }
        };
        if !own(self.first) {
            self.claim_and(own, |shared| {
                add_shared_float(&shared[self.first.cell(SUM)], value);
                shared[self.first.cell(BUCKETS + bucket)].fetch_add(1, Ordering::Relaxed);
            });
        }
    }

    /// The cells of a histogram with so many buckets.
    pub(crate) fn reserve_histogram(buckets: usize) -> Option<Self> {
        Self::reserve(BUCKETS + buckets)
    }

    /// Every part of a histogram's sum.
    pub(crate) fn read_sum(&self) -> impl Iterator<Item = f64> {
        self.read(SUM).map(f64::from_bits)
    }

    /// Every part of what one of its buckets counted.
    pub(crate) fn read_bucket(&self, bucket: usize) -> impl Iterator<Item = u64> {
        self.read(BUCKETS + bucket)
    }

    /// Updates the thread's own cells once it has them, else the shared ones.
    #[cold]
    #[inline(never)]
    fn claim_and(&self, own: impl FnOnce(Index) -> bool, shared: impl FnOnce(&Page)) {
        if claim(self.first).is_none() || !own(self.first) {
            shared(self.shared_page());
        }
    }

    /// A cell of those that all threads without a slab change.
    pub(crate) fn shared(&self, offset: usize) -> &'static AtomicU64 {
        &self.shared_page()[self.first.cell(offset)]
    }

    fn shared_page(&self) -> &'static Page {
        let page = SHARED.page(self.first, Ordering::Acquire);
        page.unwrap_or_else(|| SHARED.add_page(self.first))
    }

    /// What threads hold in their own slabs of one cell.
    pub(crate) fn read_own(&self, offset: usize) -> impl Iterator<Item = u64> {
        let (index, cell) = (self.first, self.first.cell(offset));
        slabs().filter_map(move |slab| {
            let page = slab.page(index, Ordering::Acquire)?;
            Some(page[cell].load(Ordering::Relaxed))
        })
    }

    /// Every part of one cell's value.
    pub(crate) fn read(&self, offset: usize) -> impl Iterator<Item = u64> {
        let shared = &self.shared_page()[self.first.cell(offset)];
        self.read_own(offset)
            .chain([shared.load(Ordering::Relaxed)])
    }
}

impl Drop for Cells {
    /// Nothing can hold the index any more: the cells are cleared for whoever
    /// reserves them next.
    fn drop(&mut self) {
        forget_exemplars(self.first);
        let len = self.len as usize;
        let shared: &'static Slab = &SHARED;
        for slab in slabs().chain([shared]) {
            // No thread updates these cells, since no handle names them.
            if let Some(page) = slab.page(self.first, Ordering::Acquire) {
                for offset in 0..len {
                    page[self.first.cell(offset)].store(0, Ordering::Relaxed);
                }
            }
        }
        let mut space = space();
        if space.free.len() <= len {
            space.free.resize_with(len + 1, Vec::new);
        }
        space.free[len].push(self.first);
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
        debug_assert!(len > 0, "an index names a cell");
        if self.next % PAGE + len > PAGE {
            self.next = self.next.next_multiple_of(PAGE);
        }
        let first = self.next;
        if len > PAGE || first + len > PAGE * PAGES {
            return None;
        }
        let index = Index(u32::try_from(first).ok()?);
        if SHARED.page(index, Ordering::Relaxed).is_none() {
            // Now and not when it is needed, which may be while memory is
            // asked for.
            SHARED.add_page(index);
        }
        self.next += len;
        Some(index)
    }
}
