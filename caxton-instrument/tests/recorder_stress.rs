//! The recorder under threads that come and go: exact totals, readings that
//! never go back. In a release build one billion updates:
//!
//! ```text
//! cargo test --release -p caxton-instrument --test recorder_stress
//! ```

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Barrier, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;

use caxton_instrument::prelude::*;
use caxton_instrument::recorder::{Family, Registry, Series, Value};
use caxton_instrument::{Catalog, SharedRecorder, install};
use metrics::{Key, Metadata, Recorder};

/// Threads at one time.
const LANES: u64 = 64;

/// Threads after each other in each lane.
const GENERATIONS: u64 = if cfg!(debug_assertions) { 20 } else { 125 };

/// Updates of one thread, without what its locals update when they end.
const UPDATES: u64 = if cfg!(debug_assertions) {
    1_000
} else {
    125_000
};

#[derive(LabelSet)]
struct Agent {
    #[label(max_values = 100)]
    agent_id: Text,
}

/// Mail.
#[derive(MetricSet)]
#[metric_set(namespace = "mailer")]
struct Mail {
    /// Messages that were sent.
    messages_sent: Counter,
    /// Messages that were received.
    messages_received: Counter,
    /// Messages that were routed.
    messages_routed: Counter<Agent>,
    /// Messages that were passed on.
    messages_passed: Counter<Agent>,
    /// Messages that were dropped.
    messages_dropped: Counter,
    /// Messages that wait.
    messages_waiting: Gauge,
    /// Size of one message.
    #[metric(unit = bytes, buckets = [1.0, 2.0, 4.0])]
    message_size: Histogram,
    /// Memory of one agent.
    #[metric(unit = bytes)]
    agent_memory: Gauge<Agent>,
}

/// Installed bare: typed handles update the cells themselves.
static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    let registry = Registry::new(&Catalog::collect().expect("the declarations hold"));
    install(registry.clone()).expect("nothing else is installed");
    registry
});

/// One test at a time: each wants all slabs and both processors for itself.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    LazyLock::force(&REGISTRY);
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn family(registry: &Registry, name: &str) -> Family {
    let mut families = registry.families().into_iter();
    let family = families.find(|family| family.name() == name);
    family.expect("it was updated")
}

fn only(family: &Family) -> Series<'_> {
    family.series().next().expect("one at least")
}

fn total(series: Series<'_>) -> u64 {
    match series.value() {
        Value::Counter(total) => total,
        other => panic!("a counter: {other:?}"),
    }
}

fn buckets(series: Series<'_>) -> (Vec<u64>, f64) {
    match series.value() {
        Value::Histogram(value) => (value.buckets, value.sum),
        other => panic!("a histogram: {other:?}"),
    }
}

fn level(series: Series<'_>) -> f64 {
    match series.value() {
        Value::Gauge(level) => level,
        other => panic!("a gauge: {other:?}"),
    }
}

/// Updates once more when its thread's locals end.
struct Late(Cell<bool>);

impl Drop for Late {
    fn drop(&mut self) {
        if self.0.get() {
            let mail = Mail::global();
            mail.messages_sent.increment(1);
            mail.message_size.record(8);
            mail.messages_waiting.sub(1);
            mail.messages_routed
                .at(&Agent::of("planner-1"))
                .increment(1);
        }
    }
}

thread_local! {
    /// There before the thread has a slab: it ends after the slab was given back.
    static BEFORE: Late = const { Late(Cell::new(false)) };
    static AFTER: Late = const { Late(Cell::new(false)) };
}

/// Reads until `done`, and checks that nothing goes back.
fn watch(done: &AtomicBool, counter: Series<'_>, histogram: Series<'_>) -> u64 {
    let (mut reads, mut last, mut last_buckets) = (0, 0, vec![0; 4]);
    while !done.load(Ordering::Acquire) {
        let now = total(counter);
        assert!(last <= now, "{last} then {now}");
        last = now;
        let (now, _) = buckets(histogram);
        let rise = last_buckets.iter().zip(&now).all(|(last, now)| last <= now);
        assert!(rise, "{last_buckets:?} then {now:?}");
        last_buckets = now;
        reads += 1;
    }
    reads
}

/// One billion updates in a release build: 8,000 threads, 64 at a time, each
/// with updates after its slab was given back.
#[test]
fn threads_that_come_and_go_lose_nothing() {
    let _alone = alone();
    let mail = Mail::global();
    mail.messages_sent.increment(0);
    mail.messages_waiting.add(0);
    mail.message_size.record(0);
    mail.messages_routed
        .at(&Agent::of("planner-1"))
        .increment(0);
    let [sent, size, waiting, routed] = [
        "mailer_messages_sent_total",
        "mailer_message_size_bytes",
        "mailer_messages_waiting",
        "mailer_messages_routed_total",
    ]
    .map(|name| family(&REGISTRY, name));
    let [sent, size, waiting, routed] = [&sent, &size, &waiting, &routed].map(only);
    let done = AtomicBool::new(false);
    let reads = thread::scope(|scope| {
        let watching = scope.spawn(|| watch(&done, sent, size));
        let lanes: Vec<_> = (0..LANES).map(|_| scope.spawn(|| one_lane(mail))).collect();
        for lane in lanes {
            lane.join().expect("no panic");
        }
        done.store(true, Ordering::Release);
        watching.join().expect("no panic")
    });
    assert!(reads > 0);

    let threads = LANES * GENERATIONS;
    assert_eq!(total(sent), threads * (UPDATES / 2 + 2));
    let each = threads * (UPDATES / 8);
    assert_eq!(total(routed), each + threads * 2);
    let (counts, sum) = buckets(size);
    // The first sample, and two late ones of each thread.
    assert_eq!(counts, [each + 1, each, 0, threads * 2]);
    assert_eq!(sum, (each + each * 2 + threads * 16) as f64);
    assert_eq!(level(waiting), 0.0);
}

fn one_lane(mail: &'static Mail) {
    for _ in 0..GENERATIONS {
        // Joined, not scoped: a scope does not wait for destructors of locals.
        let thread = thread::spawn(move || {
            BEFORE.with(|late| late.0.set(true));
            // What the late ones take away.
            mail.messages_waiting.add(2);
            AFTER.with(|late| late.0.set(true));
            for _ in 0..UPDATES / 8 {
                mail.messages_sent.increment(1);
                mail.messages_waiting.add(1);
                mail.messages_sent.increment(1);
                mail.message_size.record(1);
                mail.messages_sent.increment(1);
                mail.messages_waiting.sub(1);
                mail.messages_sent.increment(1);
                mail.message_size.record(2);
                mail.messages_routed
                    .at(&Agent::of("planner-1"))
                    .increment(1);
            }
        });
        thread.join().expect("no panic");
    }
}

/// What is called when its thread's locals end.
struct Last(RefCell<Option<Box<dyn FnOnce()>>>);

impl Drop for Last {
    fn drop(&mut self) {
        if let Some(last) = self.0.take() {
            last();
        }
    }
}

thread_local! {
    static LAST: Last = const { Last(RefCell::new(None)) };
}

/// A thread whose slab another one has by then, and which still has what it kept
/// of open labels.
#[test]
fn a_thread_that_ends_keeps_no_cells() {
    const EACH: u64 = 1_000_000;
    let _alone = alone();
    let count = || {
        let labels = Agent::of("planner-2");
        Mail::global().messages_passed.at(&labels).increment(1);
    };
    let (ending, taken) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let first = {
        let (ending, taken) = (Arc::clone(&ending), Arc::clone(&taken));
        thread::spawn(move || {
            // Made and then looked up, before there is a slab: what the thread keeps
            // ends after it.
            for _ in 0..2 {
                drop(
                    Mail::global()
                        .messages_passed
                        .at(&Agent::of("planner-2"))
                        .bind(),
                );
            }
            LAST.with(|last| {
                last.0.replace(Some(Box::new(move || {
                    ending.wait();
                    taken.wait();
                    (0..EACH).for_each(|_| count());
                })));
            });
            (0..4).for_each(|_| count());
        })
    };
    let second = thread::spawn(move || {
        ending.wait();
        count();
        taken.wait();
        (0..EACH).for_each(|_| count());
    });
    first.join().expect("no panic");
    second.join().expect("no panic");
    let passed = family(&REGISTRY, "mailer_messages_passed_total");
    assert_eq!(total(only(&passed)), 2 * EACH + 5);
}

/// More threads than slabs, on stacks that hold neither a slab nor much else.
#[test]
fn threads_beyond_the_slabs_share_cells() {
    const THREADS: u64 = 1_100;
    let _alone = alone();
    let received = &Mail::global().messages_received;
    received.increment(0);
    let all_live = Arc::new(Barrier::new(usize::try_from(THREADS).expect("few")));
    let threads: Vec<_> = (0..THREADS)
        .map(|_| {
            let all_live = Arc::clone(&all_live);
            thread::Builder::new()
                .stack_size(32 << 10)
                .spawn(move || {
                    received.increment(1);
                    all_live.wait();
                    received.increment(1);
                })
                .expect("a thread")
        })
        .collect();
    for thread in threads {
        thread.join().expect("no panic");
    }
    let received = family(&REGISTRY, "mailer_messages_received_total");
    assert_eq!(total(only(&received)), THREADS * 2);
}

/// A reader that learns of another's reading does not read less.
#[test]
fn readers_in_an_order_see_rising_totals() {
    let _alone = alone();
    let dropped = &Mail::global().messages_dropped;
    dropped.increment(0);
    let family = family(&REGISTRY, "mailer_messages_dropped_total");
    let series = only(&family);
    let seen = AtomicU64::new(0);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Acquire) {
                    let before = seen.load(Ordering::Acquire);
                    let now = total(series);
                    assert!(before <= now, "{before} then {now}");
                    seen.fetch_max(now, Ordering::AcqRel);
                }
            });
        }
        for _ in 0..200 {
            let writers = [1, 2]
                .map(|_| thread::spawn(move || (0..1_000).for_each(|_| dropped.increment(1))));
            for writer in writers {
                writer.join().expect("no panic");
            }
        }
        done.store(true, Ordering::Release);
    });
    assert_eq!(total(series), 400_000);
}

/// The same threads, with their slabs, update what stands where the series of
/// a registry that is gone stood.
#[test]
fn a_place_that_is_used_again_starts_from_zero() {
    const ROUNDS: usize = if cfg!(debug_assertions) { 200 } else { 2_000 };
    let _alone = alone();
    let catalog = Catalog::collect().expect("the declarations hold");
    let round = Barrier::new(5);
    let current: Mutex<Option<(metrics::Counter, metrics::Histogram)>> = Mutex::default();
    let metadata = Metadata::new("stress", metrics::Level::INFO, None);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..ROUNDS {
                    round.wait();
                    let handles = current.lock().expect("no panic").clone();
                    let (counter, histogram) = handles.expect("set before the round");
                    for _ in 0..100 {
                        counter.increment(1);
                        histogram.record(0.5);
                    }
                    drop((counter, histogram));
                    round.wait();
                }
            });
        }
        for at in 0..ROUNDS {
            let registry = Registry::new(&catalog);
            // In another order each time, so that places change hands.
            let other = (at % 2 == 0)
                .then(|| registry.register_counter(&Key::from_name("other_total"), &metadata));
            let handles = (
                registry.register_counter(&Key::from_name("foreign_total"), &metadata),
                registry.register_histogram(&Key::from_name("foreign_seconds"), &metadata),
            );
            let [counter, histogram] =
                ["foreign_total", "foreign_seconds"].map(|name| family(&registry, name));
            let [counter, histogram] = [&counter, &histogram].map(only);
            assert_eq!(total(counter), 0);
            assert_eq!(buckets(histogram).0.iter().sum::<u64>(), 0);
            *current.lock().expect("no panic") = Some(handles);
            round.wait();
            round.wait();
            current.lock().expect("no panic").take();
            assert_eq!(total(counter), 400);
            assert_eq!(buckets(histogram).0.iter().sum::<u64>(), 400);
            assert_eq!(buckets(histogram).1, 200.0);
            drop(other);
        }
    });
}

/// What was set replaces what was added; nobody reads the sum of both.
#[test]
fn setting_a_gauge_is_one_step() {
    const ROUNDS: usize = if cfg!(debug_assertions) { 500 } else { 5_000 };
    let _alone = alone();
    let catalog = Catalog::collect().expect("the declarations hold");
    for _ in 0..ROUNDS {
        let registry = Registry::new(&catalog);
        let shared: SharedRecorder = Arc::new(registry.clone());
        let mail = Mail::new_in(shared);
        mail.messages_waiting.add(1_000);
        let waiting = family(&registry, "mailer_messages_waiting");
        let waiting = only(&waiting);
        thread::scope(|scope| {
            scope.spawn(|| {
                mail.messages_waiting.set(1_000_000);
                mail.messages_waiting.add(1);
            });
            let mut last = 0.0;
            while last < 1_000_001.0 {
                last = level(waiting);
                assert!(
                    [1_000.0, 1_000_000.0, 1_000_001.0].contains(&last),
                    "{last}"
                );
            }
        });
    }
}

/// As a counter of one word: a total raises it, increments come on top.
#[test]
fn a_stated_total_and_increments_mix() {
    let _alone = alone();
    let registry = Registry::new(&Catalog::collect().expect("the declarations hold"));
    let shared: SharedRecorder = Arc::new(registry.clone());
    let mail = Mail::new_in(shared);
    mail.messages_sent.increment(3);
    mail.messages_sent.absolute(10);
    mail.messages_sent.increment(1);
    let sent = family(&registry, "mailer_messages_sent_total");
    let sent = only(&sent);
    assert_eq!(total(sent), 11);
    mail.messages_sent.absolute(11);
    mail.messages_sent.absolute(5);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for n in 0..1_000 {
                    mail.messages_sent.absolute(n);
                    mail.messages_sent.increment(1);
                }
            });
        }
    });
    let total = total(sent);
    assert!((4_011..=4_999 + 11).contains(&total), "{total}");
}

/// Readers see names and labels in order while series come and go.
#[test]
fn snapshots_are_in_order_while_entities_come_and_go() {
    const ENTITIES: u64 = if cfg!(debug_assertions) {
        2_000
    } else {
        50_000
    };
    let _alone = alone();
    let memory = &Mail::global().agent_memory;
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Acquire) {
                let families = REGISTRY.families();
                assert!(families.is_sorted_by(|a, b| a.name() < b.name()));
                for family in &families {
                    assert!(
                        family
                            .series()
                            .is_sorted_by(|a, b| a.labels().lt(b.labels()))
                    );
                    for series in family.series() {
                        if family.name() == "mailer_agent_memory_bytes" {
                            let level = level(series);
                            assert!([0.0, 1.0, 3.0].contains(&level), "{level}");
                        }
                    }
                }
            }
        });
        let lanes: Vec<_> = (0..4_u64)
            .map(|lane| {
                scope.spawn(move || {
                    for n in 0..ENTITIES {
                        let id = format!("{lane}/{n}");
                        let entity = memory.at(&Agent::of(&id)).entity();
                        entity.add(1);
                        entity.add(2);
                    }
                })
            })
            .collect();
        for lane in lanes {
            lane.join().expect("no panic");
        }
        done.store(true, Ordering::Release);
    });
    let left = REGISTRY
        .families()
        .iter()
        .any(|family| family.name() == "mailer_agent_memory_bytes");
    assert!(!left, "every entity ended");
}
