//! Samples between two scrapes take no memory.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::sync::Arc;

use caxton_instrument::Catalog;
use caxton_instrument::prelude::*;
use caxton_instrument::recorder::Registry;
use caxton_instrument_export::exposition::Exposition;

/// A counting house.
#[derive(MetricSet)]
#[metric_set(namespace = "house")]
struct House {
    /// Time to count one coin.
    #[metric(unit = seconds)]
    count_duration: Histogram,
}

/// As samples, these would be 80 MB.
const SAMPLES: u32 = 10_000_000;

/// Noise of the allocator and the test harness.
const BOUND: u64 = 4 << 20;

#[test]
fn ten_million_samples_take_no_memory() {
    let catalog = Catalog::collect().expect("the declarations hold");
    let registry = Registry::new(&catalog);
    let exposition = Exposition::new(&catalog, registry.clone());
    let house = House::new_in(Arc::new(registry));
    let duration = house.count_duration.bind();
    duration.record(0.5);
    let _ = exposition.text();

    let before = resident();
    for n in 1..SAMPLES {
        duration.record(f64::from(n % 16));
    }
    let grown = resident().saturating_sub(before);
    assert!(grown < BOUND, "{grown} bytes");

    let text = exposition.text();
    let count = format!("house_count_duration_seconds_count {SAMPLES}\n");
    assert!(text.contains(&count), "{text}");
    let grown = resident().saturating_sub(before);
    assert!(grown < BOUND, "{grown} bytes after the scrape");
}

/// Bytes of this process in memory.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux tells");
    let pages: u64 = statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse().ok())
        .expect("a number of pages");
    // The unit is a page, of 4 KiB nearly everywhere; larger ones only make
    // the bound wider.
    pages * 4096
}
