//! What a series costs: one copy of its labels, whatever they are.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use caxton_instrument::Catalog;
use caxton_instrument::prelude::*;
use caxton_instrument::recorder::{Registry, Value};
use metrics::{Key, Label, Level, Metadata, Recorder};

static LIVE: AtomicUsize = AtomicUsize::new(0);
static CALLS: AtomicUsize = AtomicUsize::new(0);

struct Counting;

// SAFETY: memory is the system's.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.fetch_add(1, Ordering::Relaxed);
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

#[derive(LabelValue, Clone, Copy)]
#[expect(dead_code, reason = "keys name its values as text")]
enum Performative {
    Request,
    Inform,
    Refuse,
    Failure,
}

#[derive(LabelSet)]
struct Labels {
    performative: Performative,
    urgent: bool,
    #[label(max_values = 12_500)]
    agent_type: Text,
}

/// Mail.
#[derive(MetricSet)]
#[metric_set(namespace = "mailer")]
struct Mail {
    /// Messages that were sent.
    #[metric(max_series = 200_000)]
    messages_sent: Counter<Labels>,
    /// Time to send one message.
    #[metric(unit = seconds, max_series = 200_000)]
    send_duration: Histogram<Labels>,
}

const METADATA: Metadata<'_> = Metadata::new("memory", Level::INFO, None);

fn key(name: &'static str, series: usize) -> Key {
    let performative = Performative::VALUES[series % 4];
    let urgent = if (series / 4).is_multiple_of(2) {
        "false"
    } else {
        "true"
    };
    let agent_type = format!("agent-type-{}", series / 8);
    let labels = vec![
        Label::from_static_parts("performative", performative),
        Label::from_static_parts("urgent", urgent),
        Label::new("agent_type", agent_type),
    ];
    Key::from_parts(name, labels)
}

/// Bytes that the registry keeps for each of `count` series, apart from the
/// cells of the threads that update them: none is updated.
fn bytes_a_series(count: usize, register: impl Fn(&Registry, usize)) -> usize {
    let registry = Registry::new(&Catalog::collect().expect("the declarations hold"));
    // What a thread keeps to itself.
    register(&registry, count);
    register(&registry, count);
    let before = LIVE.load(Ordering::Relaxed);
    (0..count).for_each(|series| register(&registry, series));
    // Also what the first reader would leave behind.
    drop(registry.families());
    (LIVE.load(Ordering::Relaxed) - before) / count
}

#[test]
fn a_series_keeps_no_labels_of_its_own() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let counter = bytes_a_series(99_992, |registry, series| {
        let key = key("mailer_messages_sent_total", series);
        drop(registry.register_counter(&key, &METADATA));
    });
    println!("{counter} bytes a counter");
    assert!(counter <= COUNTER, "{counter}");

    let histogram = bytes_a_series(9_992, |registry, series| {
        let key = key("mailer_send_duration_seconds", series);
        drop(registry.register_histogram(&key, &METADATA));
    });
    println!("{histogram} bytes a histogram");
    assert!(histogram <= HISTOGRAM, "{histogram}");

    let foreign = bytes_a_series(9_992, |registry, series| {
        let key = key("foreign_total", series);
        drop(registry.register_counter(&key, &METADATA));
    });
    println!("{foreign} bytes a foreign counter");
    assert!(foreign <= FOREIGN, "{foreign}");
}

/// A typed handle and a key meet in one series.
#[test]
fn keys_name_declared_series() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let registry = Registry::new(&Catalog::collect().expect("the declarations hold"));
    let mail = Mail::new_in(Arc::new(registry.clone()));
    let labels = Labels::of(Performative::Request, true, "agent-type-0");
    mail.messages_sent.at(&labels).increment(1);
    mail.send_duration.at(&labels).record(1);
    // Series 4 of eight: urgent, and the first performative.
    let key = key("mailer_messages_sent_total", 4);
    registry.register_counter(&key, &METADATA).increment(2);
    let families = registry.families();
    let mail = |name: &str| {
        let family = families.iter().find(|family| family.name() == name);
        let series = family.expect("it was updated").series();
        series.map(|series| series.value()).collect::<Vec<_>>()
    };
    assert_eq!(mail("mailer_messages_sent_total"), [Value::Counter(3)]);
    assert_eq!(mail("mailer_send_duration_seconds").len(), 1);
}

/// The cell, two words of the allocation, one of the text, and a place in the
/// order.
const COUNTER: usize = 85;
const HISTOGRAM: usize = 200;
/// The text in addition, and a place in the table by labels.
const FOREIGN: usize = 185;

#[test]
fn a_macro_that_is_met_again_allocates_nothing() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let registry = Registry::new(&Catalog::collect().expect("the declarations hold"));
    let allocations = metrics::with_local_recorder(&registry, || {
        let update = || {
            metrics::counter!("foreign_total", "b" => "1", "a" => "2").increment(1);
            metrics::gauge!("foreign_level").set(1.0);
            metrics::histogram!("foreign_seconds", "a" => "x").record(0.5);
        };
        (0..3).for_each(|_| update());
        let round = || {
            let before = CALLS.load(Ordering::Relaxed);
            (0..1_000).for_each(|_| update());
            CALLS.load(Ordering::Relaxed) - before
        };
        // The harness has threads that allocate too, now and then.
        (0..20).map(|_| round()).min()
    });
    assert_eq!(allocations, Some(0));
}
