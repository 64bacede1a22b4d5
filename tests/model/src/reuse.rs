//! An index that was freed starts from zero with its next holder.

use loom::sync::{Arc, Mutex};
use metrics::CounterFn;

use crate::cells::CounterCell;
use crate::sync::{check, end_locals, thread};

/// Two holders of a counter, the last of which frees it; a third thread takes
/// new ones, of which one stands where the old one stood.
#[test]
fn an_index_is_reused_without_its_counts() {
    check(2, || {
        let old = Arc::new(CounterCell::new().expect("cells are left"));
        old.increment(100);
        let holder = {
            let old = Arc::clone(&old);
            thread(move || {
                old.increment(1000);
                drop(old);
                let new = CounterCell::new().expect("cells are left");
                assert_eq!(new.value(), 0);
                new.increment(1);
                assert_eq!(new.value(), 1);
                new
            })
        };
        drop(old);
        let new = CounterCell::new().expect("cells are left");
        assert_eq!(new.value(), 0);
        new.increment(2);
        let other = holder.join().expect("no panic");
        assert_eq!(new.value(), 2);
        assert_eq!(other.value(), 1);
    });
}

/// The slab in which the old holder counted is adopted while the index is
/// freed, and the adopter is given the new holder by a third thread.
#[test]
fn an_index_is_reused_while_its_slab_is_adopted() {
    check(2, || {
        let old = Arc::new(CounterCell::new().expect("cells are left"));
        assert_eq!(old.value(), 0);
        let first = {
            let old = Arc::clone(&old);
            thread(move || old.increment(1000))
        };
        let place: Arc<Mutex<Option<Arc<CounterCell>>>> = Arc::new(Mutex::new(None));
        let adopter = {
            let place = Arc::clone(&place);
            thread(move || {
                let given = place.lock().expect("no panic").clone();
                if let Some(new) = given {
                    new.increment(1);
                    return 1;
                }
                0
            })
        };
        first.join().expect("no panic");
        drop(old);
        let new = Arc::new(CounterCell::new().expect("cells are left"));
        *place.lock().expect("no panic") = Some(Arc::clone(&new));
        new.increment(2);
        end_locals();
        let counted = adopter.join().expect("no panic");
        assert_eq!(new.value(), 2 + counted);
    });
}
