//! A gauge is what some order of its changes makes it.

use loom::sync::Arc;
use metrics::GaugeFn;

use crate::cells::{GaugeCell, add_to_gauge};
use crate::sync::{check, end_locals, thread, thread_then};

fn gauge() -> Arc<GaugeCell> {
    let gauge = Arc::new(GaugeCell::new().expect("cells are left"));
    assert_eq!(gauge.value(), 0.0);
    gauge
}

#[test]
fn setting_replaces_what_was_added() {
    check(3, || {
        let gauge = gauge();
        gauge.increment(5.0);
        let setter = {
            let gauge = Arc::clone(&gauge);
            thread(move || {
                gauge.set(10.0);
                gauge.increment(1.0);
            })
        };
        let seen = [gauge.value(), gauge.value()];
        assert!(
            [
                [5.0, 5.0],
                [5.0, 10.0],
                [5.0, 11.0],
                [10.0, 10.0],
                [10.0, 11.0],
                [11.0, 11.0]
            ]
            .contains(&seen),
            "{seen:?}"
        );
        setter.join().expect("no panic");
        gauge.decrement(1.0);
        assert_eq!(gauge.value(), 10.0);
    });
}

#[test]
fn adding_falls_before_or_after_setting() {
    check(3, || {
        let gauge = gauge();
        let adders = [1.0, 2.0].map(|n| {
            let (main, late) = (Arc::clone(&gauge), Arc::clone(&gauge));
            thread_then(move || main.increment(n), move || late.increment(n * 4.0))
        });
        gauge.set(100.0);
        for adder in adders {
            adder.join().expect("no panic");
        }
        // Of each adder nothing, the second change, or both.
        let value = gauge.value();
        let sums = [0.0, 4.0, 5.0].map(|a| [0.0, 8.0, 10.0].map(|b| 100.0 + a + b));
        assert!(sums.as_flattened().contains(&value), "{value}");
    });
}

/// As a typed handle adds: to the thread's cell while the gauge is not set.
#[test]
fn a_value_that_was_seen_set_is_added_to() {
    check(3, || {
        let gauge = gauge();
        gauge.increment(5.0);
        let setter = {
            let gauge = Arc::clone(&gauge);
            thread(move || gauge.set(100.0))
        };
        let seen = gauge.value();
        if !add_to_gauge(gauge.index(), 1.0) {
            gauge.increment(1.0);
        }
        setter.join().expect("no panic");
        let value = gauge.value();
        if seen == 5.0 {
            // Before it was set, or after.
            assert!([100.0, 101.0].contains(&value), "{value}");
        } else {
            assert_eq!((seen, value), (100.0, 101.0));
        }
    });
}

#[test]
fn ups_and_downs_on_different_threads_cancel() {
    check(2, || {
        let gauge = gauge();
        end_locals();
        gauge.increment(1.0);
        let threads = [1, 2].map(|_| {
            let gauge = Arc::clone(&gauge);
            thread(move || {
                gauge.increment(2.0);
                gauge.decrement(1.0);
            })
        });
        for thread in threads {
            thread.join().expect("no panic");
        }
        gauge.decrement(3.0);
        assert_eq!(gauge.value(), 0.0);
    });
}
