//! Where cells stand, and what an update does to them.

use std::ptr;

use super::super::sync::{AtomicU32, AtomicU64, Ordering, PAGE, constant};
use super::{Page, SHARED, Slab, current};

/// Where cells stand in every slab, or nowhere. Its page is one of a slab's:
/// [`Space::take`](super::Space::take) alone makes others than the two below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Index(pub(super) u32);

impl Index {
    pub(crate) const NONE: Self = Self(0);

    /// In the place of a series that ended, for ever: nowhere either.
    pub(crate) const ENDED: Self = Self(1);

    /// Whether it names any.
    pub(crate) fn has_cells(self) -> bool {
        self.page() != 0
    }

    /// Which one it is: 22 bits.
    pub(crate) fn number(self) -> u32 {
        self.0
    }

    /// Adds to the current thread's cell; false if it has none yet.
    #[inline(always)]
    pub(crate) fn add(self, n: u64) -> bool {
        let Some(page) = self.own_page() else {
            return false;
        };
        change(&page[self.cell(0)], |count| count.wrapping_add(n));
        true
    }

    /// The current thread's cell, if it has one yet, with the shared one.
    #[inline(always)]
    pub(crate) fn own_cell(self) -> Option<OwnCell> {
        let slab = current()?;
        let page = slab.page(self, Ordering::Relaxed)?;
        // SAFETY: it is made before any index on the page is given out, and
        // never freed.
        let shared = unsafe { &*SHARED.place_of_page(self).load(Ordering::Relaxed) };
        Some(OwnCell {
            slab,
            own: &page[self.cell(0)],
            shared: &shared[self.cell(0)],
        })
    }

    /// Adds to the current thread's cell at `offset`, which holds a float.
    #[inline(always)]
    pub(super) fn add_float(self, offset: usize, value: f64) -> bool {
        let Some(page) = self.own_page() else {
            return false;
        };
        change_float(&page[self.cell(offset)], value);
        true
    }

    /// Records a sample in the current thread's cells of a histogram, and tells
    /// its bucket: that of the thread's sample before if it `is_in` it, so that
    /// the processor can go on before it knows the sample, else the one that
    /// `find` finds. `None` if the thread has no cells yet, or nothing is found.
    ///
    /// # Safety
    /// The index names no cells, or those of a histogram that has the bucket
    /// which is found.
    #[inline(always)]
    pub(crate) unsafe fn record(
        self,
        value: f64,
        is_in: impl FnOnce(usize) -> bool,
        find: impl FnOnce() -> Option<usize>,
    ) -> Option<usize> {
        let page = self.own_page()?;
        // SAFETY: the caller's promise.
        let last = unsafe { self.cell_in(page, LAST_BUCKET) };
        #[expect(clippy::cast_possible_truncation, reason = "it is a bucket")]
        let mut bucket = last.load(Ordering::Relaxed) as usize;
        if !is_in(bucket) {
            bucket = find()?;
            last.store(bucket as u64, Ordering::Relaxed);
        }
        // SAFETY: it was found, now or before, or is 0, which every histogram
        // has.
        unsafe { self.add_sample(page, bucket, value) };
        Some(bucket)
    }

    /// # Safety
    /// The index names the cells of a histogram that has the bucket.
    #[inline(always)]
    unsafe fn add_sample(self, page: &Page, bucket: usize, value: f64) {
        // SAFETY: the caller's promise.
        unsafe {
            change_float(self.cell_in(page, SUM), value);
            let count = self.cell_in(page, BUCKETS + bucket);
            change(count, |count| count.wrapping_add(1));
        }
    }

    /// # Safety
    /// More than `offset` cells were reserved at this index.
    #[inline(always)]
    unsafe fn cell_in(self, page: &Page, offset: usize) -> &AtomicU64 {
        debug_assert!(self.cell(0) + offset < PAGE, "it crosses a page");
        // SAFETY: the cells of one index are on one page.
        unsafe { page.get_unchecked(self.cell(0) + offset) }
    }

    /// The current thread's page, if it has it already.
    #[inline(always)]
    fn own_page(self) -> Option<&'static Page> {
        current()?.page(self, Ordering::Relaxed)
    }

    #[inline(always)]
    pub(crate) fn page(self) -> usize {
        self.0 as usize / PAGE
    }

    #[inline(always)]
    pub(super) fn cell(self, offset: usize) -> usize {
        (self.0 as usize + offset) % PAGE
    }
}

/// What a histogram's cells are: the sum of its samples, the bucket that the
/// thread's sample before fell into, and the counts of the buckets.
pub(super) const SUM: usize = 0;
const LAST_BUCKET: usize = 1;
pub(super) const BUCKETS: usize = 2;

/// A cell of one thread, found once for what is added and taken back, and the
/// one that every thread may change. Both are as long as somebody keeps the
/// index.
#[derive(Clone, Copy)]
pub(crate) struct OwnCell {
    slab: &'static Slab,
    own: &'static AtomicU64,
    shared: &'static AtomicU64,
}

impl OwnCell {
    /// Whether it is the current thread's, which then may change it.
    #[inline(always)]
    pub(crate) fn is_current(self) -> bool {
        current().is_some_and(|slab| ptr::eq(slab, self.slab))
    }

    /// Adds to the current thread's cell; false if the shared one holds
    /// anything.
    #[inline(always)]
    pub(crate) fn add_unless_shared(self, n: u64) -> bool {
        if self.shared.load(Ordering::Acquire) != 0 {
            return false;
        }
        change(self.own, |count| count.wrapping_add(n));
        true
    }
}

/// Where a handle keeps an [`Index`].
#[derive(Debug, Default)]
pub(crate) struct Place(AtomicU32);

impl Place {
    constant! {
        pub(crate) fn new() -> Self {
            Self(AtomicU32::new(Index::NONE.0))
        }
    }

    #[inline(always)]
    pub(crate) fn get(&self) -> Index {
        // Whoever finds an index finds its cells cleared.
        Index(self.0.load(Ordering::Acquire))
    }

    /// Puts an index, unless [`Index::ENDED`] is here; tells what was.
    pub(crate) fn put(&self, index: Index) -> Index {
        let (set, fetch) = (Ordering::AcqRel, Ordering::Acquire);
        let before = self.0.fetch_update(set, fetch, |before| {
            (Index(before) != Index::ENDED).then_some(index.0)
        });
        Index(before.unwrap_or_else(|before| before))
    }
}

/// Only the current thread writes the cell: no locked operation.
#[inline(always)]
fn change(cell: &AtomicU64, change: impl FnOnce(u64) -> u64) {
    cell.store(change(cell.load(Ordering::Relaxed)), Ordering::Relaxed);
}

#[inline(always)]
fn change_float(cell: &AtomicU64, value: f64) {
    change(cell, |bits| (f64::from_bits(bits) + value).to_bits());
}
