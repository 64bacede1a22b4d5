//! Memory that one thread writes and every thread reads.
//!
//! An update is a plain load and store of a cell that only the current thread
//! writes; a read sums the cells of one index over all slabs. A slab outlives
//! its thread and is adopted by the next one, with all its counts: nothing is
//! ever folded into another cell, so a reader sees each count exactly once and
//! a counter never goes back.
//!
//! Memory: cells in use times the largest number of threads that were alive
//! at once and updated them, in pages of 8 KiB.

use std::cell::Cell;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Cells in one page.
const PAGE: usize = 1024;

/// Pages of one slab: four million cells.
const PAGES: usize = 4096;

/// Slabs of a process. Threads beyond that use shared cells.
const SLABS: usize = 1024;

type Page = [AtomicU64; PAGE];

/// The cells of one thread at a time.
struct Slab {
    taken: AtomicBool,
    pages: [AtomicPtr<Page>; PAGES],
}

static SLAB_LIST: [AtomicPtr<Slab>; SLABS] = [const { AtomicPtr::new(null_mut()) }; SLABS];
static SLAB_COUNT: AtomicUsize = AtomicUsize::new(0);

/// What a thread knows of its slab.
#[derive(Clone, Copy)]
enum Current {
    /// It has not asked yet.
    Unknown,
    Slab(&'static Slab),
    /// It has none: too many threads, or it is being torn down.
    None,
}

thread_local! {
    // Without a destructor, so that it can be read from other destructors.
    static CURRENT: Cell<Current> = const { Cell::new(Current::Unknown) };
    static RELEASE: Release = const { Release };
}

/// Gives the thread's slab to the next thread when this one ends.
struct Release;

impl Drop for Release {
    fn drop(&mut self) {
        if let Current::Slab(slab) = CURRENT.replace(Current::None) {
            slab.taken.store(false, Ordering::Release);
        }
    }
}

/// The current thread's page for `index`, if it can have one.
#[inline]
fn page(index: Index) -> Option<&'static Page> {
    if let Current::Slab(slab) = CURRENT.get() {
        let page = slab.pages[index.page()].load(Ordering::Relaxed);
        if !page.is_null() {
            // SAFETY: pages are leaked, never freed, and written by their own
            // thread, which is this one, or handed over with the slab.
            return Some(unsafe { &*page });
        }
    }
    slow_page(index)
}

#[cold]
fn slow_page(index: Index) -> Option<&'static Page> {
    let slab = match CURRENT.get() {
        Current::Slab(slab) => slab,
        Current::None => return None,
        Current::Unknown => {
            let slab = RELEASE.try_with(|_| adopt()).ok().flatten();
            CURRENT.set(slab.map_or(Current::None, Current::Slab));
            slab?
        }
    };
    let entry = &slab.pages[index.page()];
    let mut page = entry.load(Ordering::Relaxed);
    if page.is_null() {
        page = Box::into_raw(Box::new([const { AtomicU64::new(0) }; PAGE]));
        entry.store(page, Ordering::Release);
    }
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
    let slab: &'static Slab = Box::leak(Box::new(Slab {
        taken: AtomicBool::new(true),
        pages: [const { AtomicPtr::new(null_mut()) }; PAGES],
    }));
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
struct Index(u32);

impl Index {
    #[inline]
    fn page(self) -> usize {
        self.0 as usize / PAGE % PAGES
    }

    #[inline]
    fn cell(self) -> usize {
        self.0 as usize % PAGE
    }
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

    /// Changes the current thread's cell; false if it has none.
    #[inline]
    pub(crate) fn update(&self, offset: usize, change: impl FnOnce(u64) -> u64) -> bool {
        let Some(page) = page(self.first) else {
            return false;
        };
        let cell = &page[(self.first.cell() + offset) % PAGE];
        cell.store(change(cell.load(Ordering::Relaxed)), Ordering::Relaxed);
        true
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

static SPACE: Mutex<Space> = Mutex::new(Space {
    next: 0,
    free: Vec::new(),
});

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
