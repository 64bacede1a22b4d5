//! Labels and names of other crates that come and go leave nothing behind
//! where idle series are evicted, and more of them than fit are taken.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use caxton_instrument::Catalog;
use caxton_instrument::recorder::{IdleEviction, Registry};

struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);

// SAFETY: the system's allocator, counted.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// One test at a time: they count what the process has.
static ALONE: Mutex<()> = Mutex::new(());

fn setup() -> Registry {
    let catalog = Catalog::collect().expect("the declarations hold");
    Registry::with_idle_eviction(&catalog, IdleEviction::after(Duration::ZERO))
}

const ROUNDS: usize = if cfg!(debug_assertions) { 10 } else { 400 };
const SERIES: usize = 2_000;

/// Bytes that are there after so many rounds of series that do not come again.
fn bytes_after(registry: &Registry, rounds: usize, emit: impl Fn(usize)) -> usize {
    for round in 0..rounds {
        metrics::with_local_recorder(registry, || {
            (0..SERIES).for_each(|n| emit(round * SERIES + n));
        });
        // Seen, then idle; what this thread remembered of them goes later.
        (0..3).for_each(|_| drop(registry.families()));
    }
    assert_eq!(registry.refused(), 0);
    LIVE.load(Ordering::Relaxed)
}

#[test]
fn labels_come_and_go() {
    let _alone = ALONE.lock().expect("no panic");
    let registry = setup();
    let emit = |n: usize| {
        // Some of them as often as it takes to be remembered.
        for _ in 0..=n % 4 {
            let labels = [("id", n.to_string()), ("quote", "\"".repeat(n % 5))];
            metrics::counter!("churn_total", &labels).increment(1);
            metrics::histogram!("churn_seconds", &labels).record(0.5);
        }
    };
    let before = bytes_after(&registry, 4, emit);
    let after = bytes_after(&registry, ROUNDS, |n| emit(n + 10_000_000));
    let grown = after.saturating_sub(before);
    println!("{grown} bytes more after {} series", ROUNDS * SERIES * 2);
    assert!(grown < 200_000, "{grown}");
}

#[test]
fn names_come_and_go() {
    let _alone = ALONE.lock().expect("no panic");
    let registry = setup();
    let emit = |n: usize| {
        let name = format!("churn_{n}_total");
        metrics::describe_counter!(name.clone(), "");
        metrics::counter!(name).increment(1);
    };
    let before = bytes_after(&registry, 4, emit);
    let after = bytes_after(&registry, ROUNDS, |n| emit(n + 10_000_000));
    let grown = after.saturating_sub(before);
    println!("{grown} bytes more after {} names", ROUNDS * SERIES);
    assert!(grown < 200_000, "{grown}");
}

/// Help texts stay for as many names as may be described at all.
#[test]
fn described_names_are_bounded() {
    let _alone = ALONE.lock().expect("no panic");
    let registry = setup();
    let emit = |n: usize| {
        let name = format!("described_{n}_total");
        metrics::counter!(name.clone()).increment(1);
        metrics::describe_counter!(name, "What it counts.");
    };
    let before = bytes_after(&registry, 12, emit);
    let after = bytes_after(&registry, ROUNDS, |n| emit(n + 10_000_000));
    let grown = after.saturating_sub(before);
    println!("{grown} bytes more after {} descriptions", ROUNDS * SERIES);
    assert!(grown < 200_000, "{grown}");
}
