//! What stands in order, and can be kept as it was for nothing: a list of
//! chunks, of which a change copies the one that it touches, if a reader still
//! has it.
//!
//! It is never sorted as a whole. One series more among 100,000 is a search and
//! a move within one chunk; a reader takes the list as it stands.

use std::cmp::Ordering;
use std::slice;
use std::sync::Arc;

use super::prefetch::prefetch;

/// Items of one chunk, at most.
const CHUNK: usize = 128;

type Chunk<T> = Arc<Vec<Arc<T>>>;

/// Items in the order that [`find`](Self::find) is asked for.
#[derive(Debug)]
pub(super) struct Ordered<T>(Arc<Vec<Chunk<T>>>);

/// Where an item stands, or would.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    chunk: usize,
    at: usize,
}

impl<T> Clone for Ordered<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T: Ahead> Ordered<T> {
    pub(super) fn iter(&self) -> Iter<'_, T> {
        Iter {
            chunks: self.0.iter(),
            items: slice::Iter::default(),
        }
    }
}

impl<T> Ordered<T> {
    /// The items, to keep.
    pub(super) fn shared(&self) -> impl Iterator<Item = &Arc<T>> {
        self.0.iter().flat_map(|chunk| chunk.iter())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn get(&self, place: Place) -> Option<&Arc<T>> {
        self.0.get(place.chunk)?.get(place.at)
    }

    /// The items that are kept; chunks of which all are stay shared.
    pub(super) fn filtered(&self, mut keep: impl FnMut(&Arc<T>) -> bool) -> Self {
        let mut kept = Vec::with_capacity(CHUNK);
        let mut chunks = Vec::with_capacity(self.0.len());
        for chunk in &*self.0 {
            kept.clear();
            kept.extend(chunk.iter().enumerate().map(|(at, item)| {
                if let Some(item) = chunk.get(at + FAR) {
                    prefetch(&**item);
                }
                keep(item)
            }));
            if !kept.contains(&false) {
                chunks.push(Arc::clone(chunk));
            } else if kept.contains(&true) {
                let items = chunk.iter().zip(&kept).filter(|(_, kept)| **kept);
                chunks.push(Arc::new(items.map(|(item, _)| Arc::clone(item)).collect()));
            }
        }
        Self(Arc::new(chunks))
    }

    /// Where the item stands that `compare` calls equal; if there is none,
    /// where it would be inserted.
    pub(super) fn find(&self, compare: impl Fn(&T) -> Ordering) -> Result<Place, Place> {
        let begins_before = |chunk: &Chunk<T>| match chunk.first() {
            Some(first) => compare(first) != Ordering::Greater,
            None => true,
        };
        let chunk = self.0.partition_point(begins_before).saturating_sub(1);
        let found = match self.0.get(chunk) {
            Some(items) => items.binary_search_by(|item| compare(item)),
            None => Err(0),
        };
        match found {
            Ok(at) => Ok(Place { chunk, at }),
            Err(at) => Err(Place { chunk, at }),
        }
    }

    pub(super) fn insert(&mut self, place: Place, item: Arc<T>) {
        let chunks = Arc::make_mut(&mut self.0);
        let is_last = place.chunk + 1 >= chunks.len();
        let Some(chunk) = chunks.get_mut(place.chunk) else {
            chunks.push(Arc::new(vec![item]));
            return;
        };
        let chunk = Arc::make_mut(chunk);
        if chunk.len() < CHUNK {
            insert(chunk, place.at, item);
        } else if is_last && place.at == CHUNK {
            // What comes in order leaves full chunks behind.
            chunks.push(Arc::new(vec![item]));
        } else {
            let mut right = chunk.split_off(CHUNK / 2);
            chunk.shrink_to_fit();
            match place.at.checked_sub(CHUNK / 2) {
                Some(at) => insert(&mut right, at, item),
                None => insert(chunk, place.at, item),
            }
            chunks.insert(place.chunk + 1, Arc::new(right));
        }
    }

    pub(super) fn remove(&mut self, place: Place) -> Option<Arc<T>> {
        self.get(place)?;
        let chunks = Arc::make_mut(&mut self.0);
        let chunk = Arc::make_mut(chunks.get_mut(place.chunk)?);
        let item = chunk.remove(place.at);
        if chunk.is_empty() {
            chunks.remove(place.chunk);
        } else if chunk.len() <= CHUNK / 4 {
            chunk.shrink_to(CHUNK / 4);
            merge(chunks, place.chunk);
            merge(chunks, place.chunk.saturating_sub(1));
        }
        Some(item)
    }
}

/// Steps ahead at which an item is asked for, and what it refers to.
const FAR: usize = 12;
const NEAR: usize = 6;

/// What refers to memory that its reader needs.
pub(super) trait Ahead {
    /// Asks for that memory.
    fn prefetch_parts(&self);
}

/// All items, in order.
#[derive(Debug)]
pub(super) struct Iter<'a, T> {
    chunks: slice::Iter<'a, Chunk<T>>,
    items: slice::Iter<'a, Arc<T>>,
}

impl<'a, T> Iter<'a, T> {
    /// The item that comes `steps` after the next one, if it is near.
    #[inline]
    fn ahead(&self, steps: usize) -> Option<&'a T> {
        let items = self.items.as_slice();
        let item = match steps.checked_sub(items.len()) {
            None => items.get(steps),
            Some(steps) => self.chunks.as_slice().first()?.get(steps),
        };
        item.map(Arc::as_ref)
    }
}

impl<'a, T: Ahead> Iterator for Iter<'a, T> {
    type Item = &'a T;

    #[inline]
    fn next(&mut self) -> Option<&'a T> {
        if let Some(item) = self.ahead(FAR) {
            prefetch(item);
        }
        if let Some(item) = self.ahead(NEAR) {
            item.prefetch_parts();
        }
        loop {
            if let Some(item) = self.items.next() {
                return Some(item);
            }
            self.items = self.chunks.next()?.iter();
        }
    }
}

/// As `Vec::insert`, with room for half as many more and never above a chunk.
fn insert<T>(chunk: &mut Vec<Arc<T>>, at: usize, item: Arc<T>) {
    if chunk.len() == chunk.capacity() {
        let more = (chunk.len() / 2).max(3).min(CHUNK - chunk.len());
        chunk.reserve_exact(more);
    }
    chunk.insert(at, item);
}

/// Takes the next chunk into this one, where both are small.
fn merge<T>(chunks: &mut Vec<Chunk<T>>, at: usize) {
    let small = chunks
        .get(at..at + 2)
        .is_some_and(|two| two.iter().map(|chunk| chunk.len()).sum::<usize>() <= CHUNK / 2);
    if small {
        let next = chunks.remove(at + 1);
        if let Some(chunk) = chunks.get_mut(at) {
            Arc::make_mut(chunk).extend(next.iter().map(Arc::clone));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    impl Ahead for u64 {
        fn prefetch_parts(&self) {}
    }

    fn items(ordered: &Ordered<u64>) -> Vec<u64> {
        ordered.iter().copied().collect()
    }

    /// Against a set of the standard library; a reader keeps what it took.
    #[test]
    fn it_is_a_sorted_set_whose_copies_stay() {
        let mut ordered = Ordered::<u64>::default();
        let mut expected = BTreeSet::new();
        let mut random = 1_u64;
        let mut kept = (ordered.clone(), Vec::new());
        for step in 0..60_000_u64 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            // Grows, then shrinks, twice.
            let grows = step % 30_000 < 15_000;
            let item = if step % 7 == 0 { step } else { random >> 50 };
            match ordered.find(|other| other.cmp(&item)) {
                Ok(place) if !grows => {
                    assert!(expected.remove(&item));
                    assert_eq!(ordered.remove(place).as_deref(), Some(&item));
                }
                Err(place) if grows => {
                    assert!(expected.insert(item));
                    ordered.insert(place, Arc::new(item));
                }
                Ok(_) => assert!(expected.contains(&item)),
                Err(_) => assert!(!expected.contains(&item)),
            }
            if step % 1_000 == 0 {
                assert_eq!(items(&kept.0), kept.1);
                assert!(expected.iter().eq(ordered.iter()));
                kept = (ordered.clone(), items(&ordered));
                let even = ordered.filtered(|item| **item % 2 == 0);
                assert!(
                    expected
                        .iter()
                        .filter(|item| **item % 2 == 0)
                        .eq(even.iter())
                );
            }
        }
        for item in expected {
            let place = ordered.find(|other| other.cmp(&item)).expect("it is there");
            ordered.remove(place);
        }
        assert!(ordered.is_empty());
    }

    #[test]
    fn chunks_stay_well_filled() {
        let mut ordered = Ordered::<u64>::default();
        for item in 0..10_000_u64 {
            let place = ordered.find(|other| other.cmp(&item)).expect_err("new");
            ordered.insert(place, Arc::new(item));
        }
        assert_eq!(ordered.0.len(), 10_000_usize.div_ceil(CHUNK));
        for item in (0..10_000).filter(|item| item % 100 != 0) {
            let place = ordered.find(|other| other.cmp(&item)).expect("it is there");
            ordered.remove(place);
        }
        assert_eq!(ordered.iter().count(), 100);
        assert!(ordered.0.len() <= 8, "{}", ordered.0.len());
    }
}
