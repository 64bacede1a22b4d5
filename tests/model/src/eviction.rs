//! An idle counter is taken out only with what readers saw of it.
//!
//! The count of references is that of `std::sync::Arc`, written out, since the
//! recorder asks for it and `loom`'s own does not tell with which ordering.

use loom::sync::atomic::fence;
use loom::sync::{Arc, Mutex};
use metrics::CounterFn;

use crate::cells::CounterCell;
use crate::sync::{AtomicUsize, Ordering, check, thread};

struct Series {
    cell: CounterCell,
    references: AtomicUsize,
}

type Family = Arc<Mutex<Option<Arc<Series>>>>;

/// Registers, counts and drops the handle; false if the series is gone.
fn count(family: &Family, n: u64) -> bool {
    let Some(series) = family.lock().expect("no panic").as_ref().map(|series| {
        series.references.fetch_add(1, Ordering::Relaxed);
        Arc::clone(series)
    }) else {
        return false;
    };
    series.cell.increment(n);
    series.references.fetch_sub(1, Ordering::Release);
    true
}

#[test]
fn what_is_taken_out_was_seen() {
    check(2, || {
        let series = Arc::new(Series {
            cell: CounterCell::new().expect("cells are left"),
            references: AtomicUsize::new(1),
        });
        let family: Family = Arc::new(Mutex::new(Some(Arc::clone(&series))));
        let threads = [1, 10].map(|n| {
            let family = Arc::clone(&family);
            thread(move || if count(&family, n) { n } else { 0 })
        });
        // A reader sees it, and later looks again.
        let seen = series.cell.value();
        let gone = {
            let mut family = family.lock().expect("no panic");
            let is_held = series.references.load(Ordering::Relaxed) != 1;
            let may_go = !is_held && {
                fence(Ordering::Acquire);
                series.cell.value() == seen
            };
            may_go.then(|| family.take()).flatten().is_some()
        };
        let counted: u64 = threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .sum();
        assert_eq!(series.cell.value(), counted);
        if gone {
            assert_eq!(counted, seen, "counted and never seen");
        }
    });
}
