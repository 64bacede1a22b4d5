//! No sample is lost or counted twice, and no bucket goes back.

use loom::sync::Arc;
use metrics::HistogramFn;

use crate::bounds::Bounds;
use crate::cells::HistogramCell;
use crate::sync::{check, thread_then};

fn histogram() -> Arc<HistogramCell> {
    let histogram = Arc::new(HistogramCell::new(&Bounds::new(&[1.0])).expect("cells are left"));
    assert_eq!(histogram.value().count(), 0);
    histogram
}

#[test]
fn samples_of_threads_that_end_are_kept() {
    check(2, || {
        let histogram = histogram();
        let threads = [1.0, 2.0].map(|sample| {
            let (main, late) = (Arc::clone(&histogram), Arc::clone(&histogram));
            thread_then(move || main.record(sample), move || late.record(sample))
        });
        for thread in threads {
            thread.join().expect("no panic");
        }
        let value = histogram.value();
        assert_eq!(value.buckets, [2, 2]);
        assert_eq!(value.sum, 6.0);
    });
}

#[test]
fn buckets_rise_between_two_reads() {
    check(2, || {
        let histogram = histogram();
        let (main, late) = (Arc::clone(&histogram), Arc::clone(&histogram));
        let writer = thread_then(move || main.record(1.0), move || late.record(2.0));
        let first = histogram.value().buckets;
        let second = histogram.value().buckets;
        let rise = first.iter().zip(&second).all(|(a, b)| a <= b);
        assert!(rise, "{first:?} then {second:?}");
        writer.join().expect("no panic");
        assert_eq!(histogram.value().buckets, [1, 1]);
    });
}
