//! Exemplars, apart from the series they belong to: most have none.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::{Bucket, Exemplar};
use crate::recorder::slab::{Index, PAGES};

/// By the index of a series, one for each of its buckets. An index is not used
/// again before the cells of its series were freed, and these with them.
///
/// An update only tries the lock. A reader holds it while it copies what one
/// series has.
static KEPT: Mutex<Kept> = Mutex::new(HashMap::with_hasher(FixedState::with_seed(0)));

type Kept = HashMap<Index, Box<[Option<Exemplar>]>, FixedState>;

/// How many series of each page have any, so that a reader asks for no other.
static SERIES: [AtomicU32; PAGES] = [const { AtomicU32::new(0) }; PAGES];

fn lock() -> MutexGuard<'static, Kept> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps an exemplar in the place of the one before; false while another
/// thread is here, or this one is already.
pub(super) fn keep(bucket: &Bucket, exemplar: Exemplar) -> bool {
    let mut kept = match KEPT.try_lock() {
        Ok(kept) => kept,
        Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        Err(TryLockError::WouldBlock) => return false,
    };
    let exemplars = kept.entry(bucket.series).or_insert_with(|| {
        SERIES[bucket.series.page()].fetch_add(1, Ordering::Relaxed);
        vec![None; bucket.of].into()
    });
    if let Some(place) = exemplars.get_mut(bucket.at) {
        *place = Some(exemplar);
    }
    true
}

/// Copies what a series has; empty when it has none.
pub(crate) fn read(index: Index, into: &mut Vec<Option<Exemplar>>) {
    into.clear();
    if SERIES[index.page()].load(Ordering::Relaxed) == 0 {
        return;
    }
    if let Some(exemplars) = lock().get(&index) {
        into.extend_from_slice(exemplars);
    }
}

/// Frees what a series has whose cells are freed.
pub(crate) fn forget(index: Index) {
    if SERIES[index.page()].load(Ordering::Relaxed) == 0 {
        return;
    }
    let forgotten = lock().remove(&index);
    if forgotten.is_some() {
        SERIES[index.page()].fetch_sub(1, Ordering::Relaxed);
    }
    // Dropped only here, without the lock.
    drop(forgotten);
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::exemplar::TraceContext;
    use crate::recorder::bounds::Bounds;
    use crate::recorder::cells::HistogramCell;

    #[test]
    fn a_series_that_is_freed_takes_its_exemplars_along() {
        let exemplar = Exemplar {
            trace: TraceContext::new([1; 16], [2; 8]),
            value: 0.5,
            at: SystemTime::now(),
        };
        // Bounds that no other test has, for an index that is used again.
        let bounds: Vec<f64> = (0..777).map(f64::from).collect();
        let bounds = Bounds::new(&bounds);
        let mut found = Vec::new();
        let mut indices = Vec::new();
        for _ in 0..100 {
            let cell = HistogramCell::new(&bounds).expect("cells are left");
            let index = cell.index();
            read(index, &mut found);
            assert_eq!(found, []);
            while !keep(&Bucket::of(index, &bounds, 3), exemplar) {}
            read(index, &mut found);
            assert_eq!(found.len(), 778);
            assert_eq!(found[3], Some(exemplar));
            assert_eq!(found.iter().flatten().count(), 1);
            drop(cell);
            read(index, &mut found);
            assert_eq!(found, []);
            assert!(!lock().contains_key(&index));
            indices.push(index);
        }
        indices.dedup();
        assert_eq!(indices.len(), 1, "the cells were used again");
    }
}
