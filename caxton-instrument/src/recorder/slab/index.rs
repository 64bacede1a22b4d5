//! Where cells stand, and what an update does to them.

use std::cell::Cell;
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
        let cell = Own::current().cell(self);
        cell.map(|cell| cell.add(n)).is_some()
    }

    /// The current thread's cell, if it has one yet, with the shared one.
    #[inline(always)]
    pub(crate) fn own_cell(self) -> Option<OwnCell> {
        let slab = Own::current();
        let own = slab.cell(self)?;
        Some(OwnCell {
            slab: slab.0,
            own,
            // SAFETY: it names the cell above.
            shared: unsafe { self.shared() },
        })
    }

    /// The cell that every thread may change.
    ///
    /// # Safety
    /// The index names cells.
    #[inline(always)]
    unsafe fn shared(self) -> &'static AtomicU64 {
        // SAFETY: the page is made before any index on it is given out, and
        // never freed.
        let page: &Page = unsafe { &*SHARED.place_of_page(self).load(Ordering::Relaxed) };
        &page[self.cell(0)]
    }

    /// Adds to the current thread's cell at `offset`, which holds a float.
    #[inline(always)]
    pub(super) fn add_float(self, offset: usize, value: f64) -> bool {
        let Some(page) = Own::current().page(self) else {
            return false;
        };
        change_float(&page[self.cell(offset)], value);
        true
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

/// What a histogram's cells are: the sum of its samples, the bucket where the
/// thread's next duration is looked for first, and the counts of the buckets.
pub(super) const SUM: usize = 0;
const KEPT_BUCKET: usize = 1;
pub(super) const BUCKETS: usize = 2;

/// What the current thread has, found once for more than one update. Not to be
/// kept beyond them: another thread may have it then.
#[derive(Clone, Copy)]
pub(crate) struct Own(&'static Slab);

impl Own {
    #[inline(always)]
    pub(crate) fn current() -> Self {
        Self(current())
    }

    /// The first cell at an index, unless it has none there.
    #[inline(always)]
    pub(crate) fn cell(self, index: Index) -> Option<OwnCount> {
        Some(OwnCount(&self.page(index)?[index.cell(0)]))
    }

    /// The same of a gauge that nobody set.
    #[inline(always)]
    pub(crate) fn cell_unless_shared(self, index: Index) -> Option<OwnCount> {
        let cell = self.cell(index)?;
        // SAFETY: it names the cell above.
        let shared = unsafe { index.shared() };
        (shared.load(Ordering::Acquire) == 0).then_some(cell)
    }

    /// The cells of a histogram, unless it has none there.
    ///
    /// # Safety
    /// The index names no cells, or those of a histogram.
    #[inline(always)]
    pub(crate) unsafe fn histogram(self, index: Index) -> Option<OwnHistogram> {
        let page = self.page(index)?;
        Some(OwnHistogram { page, index })
    }

    #[inline(always)]
    fn page(self, index: Index) -> Option<&'static Page> {
        self.0.page(index, Ordering::Relaxed)
    }
}

/// A cell with whole numbers that only the current thread writes.
#[derive(Clone, Copy)]
pub(crate) struct OwnCount(&'static AtomicU64);

impl OwnCount {
    #[inline(always)]
    pub(crate) fn add(self, n: u64) {
        change(self.0, |count| count.wrapping_add(n));
    }
}

/// Where the first cells at a few indices are, of a thread that has them: all on
/// one page.
pub(crate) struct OwnCells {
    page: Cell<Option<&'static Page>>,
    /// Which indices; [`NOT_KEPT`] where there is none.
    indices: [Cell<u32>; NEAR],
    /// Where on the page, apart: what is found here does not wait for what the
    /// index is compared with.
    on_page: [Cell<u16>; NEAR],
}

/// As many as make an entry of them a line of the processor's cache.
const NEAR: usize = 4;

/// No index: those have 22 bits.
const NOT_KEPT: u32 = u32::MAX;

impl OwnCells {
    /// The cell, if it was kept and its series still has this index.
    ///
    /// # Safety
    /// It was forgotten once, and kept on this thread, which has not given its
    /// cells back.
    #[inline(always)]
    pub(crate) unsafe fn get(&self, at: usize, index: Index) -> Option<OwnCount> {
        if self.indices.get(at)?.get() != index.0 {
            return None;
        }
        // SAFETY: where an index is kept, a page and a place on it are.
        let page: &'static Page = unsafe { self.page.get().unwrap_unchecked() };
        let on_page = usize::from(self.on_page.get(at)?.get());
        // SAFETY: as above.
        Some(OwnCount(unsafe { page.get_unchecked(on_page) }))
    }

    /// Keeps the current thread's cell at an index, if it has one, on the page
    /// of those that are kept.
    pub(crate) fn keep(&self, at: usize, index: Index) {
        let Some(page) = Own::current().page(index) else {
            return;
        };
        let is_here = self.page.get().is_none_or(|kept| ptr::eq(kept, page));
        if let (true, Some(kept), Some(on_page)) =
            (is_here, self.indices.get(at), self.on_page.get(at))
            && let Ok(cell) = u16::try_from(index.cell(0))
        {
            self.page.set(Some(page));
            on_page.set(cell);
            kept.set(index.0);
        }
    }

    pub(crate) fn forget(&self) {
        self.page.set(None);
        for index in &self.indices {
            index.set(NOT_KEPT);
        }
    }

    pub(crate) fn copy(&self, from: &Self) {
        self.page.set(from.page.get());
        for at in 0..NEAR {
            self.indices[at].set(from.indices[at].get());
            self.on_page[at].set(from.on_page[at].get());
        }
    }
}

/// The cells of a histogram that only the current thread writes.
#[derive(Clone, Copy)]
pub(crate) struct OwnHistogram {
    page: &'static Page,
    index: Index,
}

impl OwnHistogram {
    /// The bucket that was kept last, or the first one.
    #[inline(always)]
    pub(crate) fn kept_bucket(self) -> usize {
        // SAFETY: every histogram has the cell.
        let bucket = unsafe { self.cell(KEPT_BUCKET) }.load(Ordering::Relaxed);
        #[expect(clippy::cast_possible_truncation, reason = "it is a bucket")]
        let bucket = bucket as usize;
        bucket
    }

    /// # Safety
    /// The histogram has the bucket.
    #[inline(always)]
    pub(crate) unsafe fn keep_bucket(self, bucket: usize) {
        // SAFETY: as above.
        unsafe { self.cell(KEPT_BUCKET) }.store(bucket as u64, Ordering::Relaxed);
    }

    /// # Safety
    /// The histogram has the bucket.
    #[inline(always)]
    pub(crate) unsafe fn add(self, bucket: usize, value: f64) {
        // SAFETY: the caller's promise.
        unsafe {
            change_float(self.cell(SUM), value);
            OwnCount(self.cell(BUCKETS + bucket)).add(1);
        }
    }

    /// # Safety
    /// The histogram has more than `offset` cells.
    #[inline(always)]
    unsafe fn cell(self, offset: usize) -> &'static AtomicU64 {
        let at = self.index.cell(0) + offset;
        debug_assert!(at < PAGE, "it crosses a page");
        // SAFETY: the cells of one index are on one page.
        unsafe { self.page.get_unchecked(at) }
    }
}

/// A cell of one thread, found once for what is added and taken back, and the
/// one that every thread may change. Both are as long as somebody keeps the
/// index.
#[derive(Clone, Copy)]
pub(crate) struct OwnCell {
    slab: &'static Slab,
    own: OwnCount,
    shared: &'static AtomicU64,
}

impl OwnCell {
    /// Whether it is the current thread's, which then may change it.
    #[inline(always)]
    pub(crate) fn is_current(self) -> bool {
        ptr::eq(current(), self.slab)
    }

    /// Adds to the current thread's cell; false if the shared one holds
    /// anything.
    #[inline(always)]
    pub(crate) fn add_unless_shared(self, n: u64) -> bool {
        if self.shared.load(Ordering::Acquire) != 0 {
            return false;
        }
        self.own.add(n);
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
