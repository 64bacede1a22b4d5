//! A link that is set once, in one word, since every series has one: which of
//! its two kinds it is stands in a bit that is 0 in any pointer to either.

use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::ptr::null_mut;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

use crate::link::Connection;

/// What fits one word that is not 0.
pub(crate) trait Word: Sized {
    fn into_word(self) -> *mut ();

    /// # Safety
    /// The word comes from `into_word`, and of all that are made of it one is
    /// dropped.
    unsafe fn from_word(word: *mut ()) -> Self;
}

/// Set if a connection is not to a cell.
const OTHER: usize = 1;

impl<C, O> Word for Connection<C, O> {
    fn into_word(self) -> *mut () {
        // A pointer to it leaves the bit to us; one to an `Arc`'s content does
        // where the counts in front of it are.
        const { assert!(align_of::<O>() > OTHER) };
        match self {
            Self::Cell(cell) => Arc::into_raw(cell).cast_mut().cast(),
            Self::Other(other) => Box::into_raw(other)
                .cast::<()>()
                .map_addr(|address| address | OTHER),
        }
    }

    #[inline(always)]
    unsafe fn from_word(word: *mut ()) -> Self {
        if word.addr() & OTHER == 0 {
            // SAFETY: the caller's promise.
            Self::Cell(unsafe { Arc::from_raw(word.cast_const().cast()) })
        } else {
            let other = word.map_addr(|address| address & !OTHER);
            // SAFETY: the caller's promise.
            Self::Other(unsafe { Box::from_raw(other.cast()) })
        }
    }
}

/// The place of a link.
pub(crate) struct Kept<L: Word> {
    word: AtomicPtr<()>,
    of: PhantomData<L>,
}

/// A link where it is kept.
pub(crate) struct Borrowed<'a, L: Word>(ManuallyDrop<L>, PhantomData<&'a Kept<L>>);

impl<L: Word> Deref for Borrowed<'_, L> {
    type Target = L;

    #[inline(always)]
    fn deref(&self) -> &L {
        &self.0
    }
}

impl<L: Word> Kept<L> {
    pub(crate) const fn new() -> Self {
        Self {
            word: AtomicPtr::new(null_mut()),
            of: PhantomData,
        }
    }

    #[inline(always)]
    pub(crate) fn get(&self) -> Option<Borrowed<'_, L>> {
        let word = self.word.load(Ordering::Acquire);
        if word.is_null() {
            return None;
        }
        // SAFETY: `set` made it; it is dropped with this place, and not here.
        let link = ManuallyDrop::new(unsafe { L::from_word(word) });
        Some(Borrowed(link, PhantomData))
    }

    /// Keeps the link, unless there is one; tells whether it does.
    pub(crate) fn set(&self, link: L) -> bool {
        let word = link.into_word();
        let (set, fail) = (Ordering::AcqRel, Ordering::Acquire);
        let is_set = self.word.compare_exchange(null_mut(), word, set, fail);
        if is_set.is_err() {
            // SAFETY: it is still ours.
            drop(unsafe { L::from_word(word) });
        }
        is_set.is_ok()
    }
}

impl<L: Word> Drop for Kept<L> {
    fn drop(&mut self) {
        let word = *self.word.get_mut();
        if !word.is_null() {
            // SAFETY: `set` made it, and nobody borrows it any more.
            drop(unsafe { L::from_word(word) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorder::stored::Stored;

    type Place = Kept<Connection<u64, Arc<()>>>;

    #[test]
    fn the_first_one_stays_and_each_is_dropped_once() {
        let held = Arc::new(());
        let place = Place::new();
        assert!(place.get().is_none());
        let other = || Connection::Other(Box::new(Arc::clone(&held)));
        assert!(place.set(other()));
        assert!(!place.set(other()));
        assert_eq!(Arc::strong_count(&held), 2);
        for _ in 0..2 {
            let link = place.get().expect("it was set");
            assert!(matches!(&*link, Connection::Other(found) if Arc::ptr_eq(found, &held)));
        }
        assert_eq!(Arc::strong_count(&held), 2);
        drop(place);
        assert_eq!(Arc::strong_count(&held), 1);
    }

    #[test]
    fn a_cell_is_told_from_another() {
        let cell = Stored::for_test(7_u64);
        let place = Place::new();
        assert!(place.set(Connection::Cell(Arc::clone(&cell))));
        let link = place.get().expect("it was set");
        assert!(matches!(&*link, Connection::Cell(found) if Arc::ptr_eq(found, &cell)));
        assert_eq!(Arc::strong_count(&cell), 2);
        drop(place);
        assert_eq!(Arc::strong_count(&cell), 1);
    }
}
