//! No update is lost, and no counter goes back.

use loom::sync::Arc;
use metrics::CounterFn;

use crate::cells::CounterCell;
use crate::sync::{AtomicU64, Ordering, check, end_locals, thread, thread_then};

fn counter() -> Arc<CounterCell> {
    let counter = Arc::new(CounterCell::new().expect("cells are left"));
    assert_eq!(counter.value(), 0);
    counter
}

/// A thread that ends, and one that may adopt its slab.
#[test]
fn a_slab_is_handed_over_with_its_counts() {
    check(3, || {
        let counter = counter();
        let threads = [1, 10].map(|n| {
            let counter = Arc::clone(&counter);
            thread(move || {
                counter.increment(n);
                counter.increment(n);
            })
        });
        let first = counter.value();
        let second = counter.value();
        assert!(first <= second, "{first} then {second}");
        for thread in threads {
            thread.join().expect("no panic");
        }
        assert_eq!(counter.value(), 22);
    });
}

#[test]
fn two_threads_do_not_adopt_one_slab() {
    check(3, || {
        let counter = counter();
        counter.increment(100);
        end_locals();
        let threads = [1, 10].map(|n| {
            let counter = Arc::clone(&counter);
            thread(move || {
                counter.increment(n);
                counter.increment(n);
            })
        });
        for thread in threads {
            thread.join().expect("no panic");
        }
        assert_eq!(counter.value(), 122);
    });
}

/// Three threads, two slabs.
#[test]
fn threads_without_a_slab_count_in_the_shared_cell() {
    check(2, || {
        let counter = counter();
        counter.increment(100);
        let threads = [1, 10].map(|n| {
            let counter = Arc::clone(&counter);
            thread(move || {
                counter.increment(n);
                counter.increment(n);
            })
        });
        for thread in threads {
            thread.join().expect("no panic");
        }
        assert_eq!(counter.value(), 122);
    });
}

#[test]
fn updates_after_the_slab_was_released_are_kept() {
    check(3, || {
        let counter = counter();
        let threads = [1, 10].map(|n| {
            let (main, late) = (Arc::clone(&counter), Arc::clone(&counter));
            thread_then(move || main.increment(n), move || late.increment(n))
        });
        for thread in threads {
            thread.join().expect("no panic");
        }
        assert_eq!(counter.value(), 22);
    });
}

/// A reader that learns of another's reading does not read less.
#[test]
fn readers_in_an_order_see_rising_totals() {
    check(2, || {
        let counter = counter();
        let seen = Arc::new(AtomicU64::new(0));
        let writer = {
            let counter = Arc::clone(&counter);
            thread_then(
                {
                    let counter = Arc::clone(&counter);
                    move || counter.increment(1)
                },
                move || counter.increment(1),
            )
        };
        let reader = {
            let (counter, seen) = (Arc::clone(&counter), Arc::clone(&seen));
            thread(move || seen.store(counter.value(), Ordering::Release))
        };
        let before = seen.load(Ordering::Acquire);
        let now = counter.value();
        assert!(before <= now, "{before} then {now}");
        writer.join().expect("no panic");
        reader.join().expect("no panic");
        assert_eq!(counter.value(), 2);
    });
}

/// As a counter of one word would: a total raises it once, what is counted
/// meanwhile or later comes on top.
#[test]
fn a_stated_total_and_increments_mix() {
    check(2, || {
        let counter = counter();
        let stating = [10, 10].map(|total| {
            let counter = Arc::clone(&counter);
            thread(move || counter.absolute(total))
        });
        counter.increment(1);
        let first = counter.value();
        for thread in stating {
            thread.join().expect("no panic");
        }
        let value = counter.value();
        assert!(first <= value, "{first} then {value}");
        assert!(value == 10 || value == 11, "{value}");
        counter.absolute(5);
        counter.increment(1);
        assert_eq!(counter.value(), value + 1);
        counter.absolute(20);
        assert_eq!(counter.value(), 20);
    });
}
