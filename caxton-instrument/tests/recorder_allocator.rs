//! An allocator that counts its calls: each count is kept, though the recorder
//! asks for memory while it counts.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use caxton_instrument::Catalog;
use caxton_instrument::recorder::{Registry, Value};
use metrics::{Key, Level, Metadata, Recorder};

static COUNTER: OnceLock<metrics::Counter> = OnceLock::new();
static EXPECTED: AtomicU64 = AtomicU64::new(0);

struct Counting;

// SAFETY: memory is the system's.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promise.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

fn count() {
    if let Some(counter) = COUNTER.get() {
        EXPECTED.fetch_add(1, Ordering::Relaxed);
        counter.increment(1);
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn an_allocator_can_count_its_calls() {
    let registry = Registry::new(&Catalog::collect().expect("nothing is declared"));
    let metadata = Metadata::new("allocator", Level::INFO, None);
    let counter = registry.register_counter(&Key::from_name("allocations_total"), &metadata);
    let families = registry.families();
    let family = families
        .iter()
        .find(|family| family.name() == "allocations_total");
    let series = family.and_then(|family| family.series().next());
    let series = series.expect("it is registered");
    assert!(COUNTER.set(counter).is_ok());
    for _ in 0..100 {
        let threads: Vec<_> = (0..8)
            .map(|n| thread::spawn(move || vec![n; 100].len()))
            .collect();
        for thread in threads {
            assert_eq!(thread.join().expect("no panic"), 100);
        }
    }
    // The test harness may ask for memory at the same time.
    let agrees = (0..1_000).any(|_| {
        let value = series.value();
        let Value::Counter(total) = value else {
            panic!("a counter: {value:?}");
        };
        total > 800 && total == EXPECTED.load(Ordering::Relaxed)
    });
    assert!(agrees, "{:?} of {EXPECTED:?}", series.value());
}
