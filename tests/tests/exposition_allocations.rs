//! A scrape allocates a few times, however many series there are.
#![allow(clippy::expect_used, reason = "a test says what it expects")]
#![allow(unsafe_code, reason = "an allocator that counts")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;

use caxton_instrument::prelude::*;
use caxton_instrument::recorder::Registry;
use caxton_instrument::{Catalog, SharedRecorder};
use caxton_instrument_export::exposition::{Escaping, Exposition, Format, Representation};

thread_local! {
    /// Of this thread: the harness has others.
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

// SAFETY: everything is passed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[derive(LabelSet)]
struct Cellar {
    #[label(max_values = 5_000)]
    cellar: Text,
}

/// A winery.
#[derive(MetricSet)]
#[metric_set(namespace = "winery")]
struct Winery {
    /// Bottles filled.
    #[metric(max_series = 5_000)]
    bottles: Counter<Cellar>,
    /// Air in a cellar.
    #[metric(unit = celsius, max_series = 5_000)]
    cellar_air: Gauge<Cellar>,
    /// Time in the cask.
    #[metric(unit = seconds, max_series = 5_000)]
    ripening: Histogram<Cellar>,
    /// Time between two visits to a cellar.
    #[metric(unit = seconds, native, max_series = 5_000)]
    unattended: Histogram<Cellar>,
}

#[test]
fn a_scrape_of_many_series_allocates_as_one_of_few() {
    let catalog = Catalog::collect().expect("the declarations hold");
    let registry = Registry::new(&catalog);
    let exposition = Exposition::new(&catalog, registry.clone());
    let recorder: SharedRecorder = Arc::new(registry);
    let winery = Winery::new_in(Arc::clone(&recorder));
    let mut filled = 0;
    let mut fill = |upto: usize| {
        for cellar in filled..upto {
            let labels = cellar.to_string();
            let labels = Cellar::of(&labels);
            winery.bottles.at(&labels).increment(1);
            winery.cellar_air.at(&labels).set(11.5);
            winery.ripening.at(&labels).record(0.3);
            // Cells of hundreds of buckets: of a few cellars.
            if cellar % 25 == 0 {
                winery.unattended.at(&labels).record(3_600);
            }
        }
        // Other crates have histograms too, and names of any kind.
        for family in filled / 50..upto / 50 {
            metrics::with_local_recorder(&recorder, || {
                metrics::histogram!(format!("foreign_{family}")).record(1.0);
            });
        }
        for cellar in filled..upto {
            metrics::with_local_recorder(&recorder, || {
                metrics::gauge!("foreign.level", "cellar.id" => cellar.to_string()).set(1.0);
            });
        }
        filled = upto;
    };
    let asked = [
        Format::Text.into(),
        Format::OpenMetrics.into(),
        Format::Protobuf.into(),
        Representation::new(Format::Text1, Escaping::AllowUtf8),
        Representation::new(Format::OpenMetrics, Escaping::AllowUtf8),
        Representation::new(Format::Protobuf, Escaping::Values),
    ];
    for (asked, from) in asked.into_iter().zip((50..).step_by(800)) {
        fill(from);
        let few = allocations_of_the_second(&exposition, asked);
        fill(from + 750);
        let many = allocations_of_the_second(&exposition, asked);
        assert_eq!(few, many, "{asked:?}");
        println!("{few} allocations for {asked:?}");
        assert!(few < 24, "{asked:?}: {few}");
    }
}

/// The first one also sorts new series and learns how much text there is.
fn allocations_of_the_second(exposition: &Exposition, asked: Representation) -> usize {
    let _ = exposition.render(asked);
    let before = ALLOCATIONS.get();
    let text = exposition.render(asked);
    let count = ALLOCATIONS.get() - before;
    let name = b"winery_ripening_seconds";
    assert!(text.windows(name.len()).any(|window| window == name));
    count
}
