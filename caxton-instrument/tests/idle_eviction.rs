//! Idle series: who sees them, when they are removed, and that no update is
//! lost. Nothing waits: with an idle time of zero, a series is idle as soon as
//! it reads the same for two readers in a row.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};

use caxton_instrument::prelude::*;
use caxton_instrument::recorder::{IdleEviction, Registry, Value};
use caxton_instrument::{Catalog, MetricKind, SharedRecorder};

#[derive(LabelSet)]
struct Labels {
    urgent: bool,
    #[label(max_values = 5)]
    queue: Text,
}

#[derive(LabelSet)]
struct Version {
    #[label(max_values = 1)]
    version: Text,
}

/// Mail.
#[derive(MetricSet)]
#[metric_set(namespace = "mailer")]
struct Mail {
    /// Messages that were sent.
    messages_sent: Counter<Labels>,
    /// Messages that wait.
    messages_waiting: Gauge,
    /// Time to send one message.
    #[metric(unit = seconds, buckets = [0.1, 1.0])]
    send_duration: Histogram,
    /// What runs.
    build: Info<Version>,
}

const AT_ONCE: IdleEviction = IdleEviction::after(Duration::ZERO);

fn setup(eviction: IdleEviction) -> (Registry, Mail) {
    let catalog = Catalog::collect().expect("the declarations hold");
    let registry = Registry::with_idle_eviction(&catalog, eviction);
    let shared: SharedRecorder = Arc::new(registry.clone());
    (registry, Mail::new_in(shared))
}

/// Every series but the facade's own that a reader gets, as lines.
fn read(registry: &Registry) -> Vec<String> {
    let families = registry.families();
    let of_others = families
        .iter()
        .filter(|family| !family.name().starts_with("caxton_instrument_"));
    let line = |name: &str, series: caxton_instrument::recorder::Series<'_>| {
        let mut labels = String::new();
        series.write_labels(&mut labels);
        let value = match series.value() {
            Value::Counter(value) => value.to_string(),
            Value::Gauge(value) => value.to_string(),
            Value::Histogram(value) => value.count().to_string(),
            _ => panic!("another type"),
        };
        format!("{name}{{{labels}}} {value}")
    };
    of_others
        .flat_map(|family| family.series().map(|series| line(family.name(), series)))
        .collect()
}

/// When each series began that a reader gets.
fn created(registry: &Registry) -> Vec<SystemTime> {
    let families = registry.families();
    let of_others = families
        .iter()
        .filter(|family| !family.name().starts_with("caxton_instrument_"));
    of_others
        .flat_map(|family| family.series().map(|series| series.created()))
        .collect()
}

#[test]
fn a_kept_handle_is_never_silenced() {
    let (registry, mail) = setup(AT_ONCE);
    let sent = mail.messages_sent.at(&Labels::of(true, "a")).bind();
    let foreign = metrics::with_local_recorder(&registry, || metrics::counter!("foreign_total"));
    for n in 1..=3 {
        sent.increment(1);
        mail.messages_sent.at(&Labels::of(true, "b")).increment(1);
        mail.send_duration.record(0.5);
        foreign.increment(1);
        let shown = [
            format!("foreign_total{{}} {n}"),
            format!(r#"mailer_messages_sent_total{{urgent="true",queue="a"}} {n}"#),
            format!(r#"mailer_messages_sent_total{{urgent="true",queue="b"}} {n}"#),
            format!("mailer_send_duration_seconds{{}} {n}"),
        ];
        assert_eq!(read(&registry), shown);
        // One of them alone changes.
        mail.messages_sent.at(&Labels::of(true, "b")).increment(0);
        sent.increment(0);
        for _ in 0..3 {
            assert_eq!(read(&registry), [""; 0]);
        }
    }
    sent.increment(1);
    let alone = r#"mailer_messages_sent_total{urgent="true",queue="a"} 4"#;
    assert_eq!(read(&registry), [alone]);
}

#[test]
fn what_nothing_can_update_begins_anew() {
    let (registry, _) = setup(AT_ONCE);
    let emit = || {
        metrics::with_local_recorder(&registry, || {
            metrics::counter!("foreign_total", "quote" => "a\"\\\nb").increment(5);
            metrics::histogram!("foreign_seconds").record(1);
            metrics::counter!("mailer_messages_sent_total", "urgent" => "true", "queue" => "z")
                .increment(5);
        });
    };
    // On a thread of its own each time, with which what it remembers goes.
    let emit = || {
        thread::scope(|scope| scope.spawn(emit).join()).expect("no panic");
    };
    let shown = [
        "foreign_seconds{} 1",
        r#"foreign_total{quote="a\"\\\nb"} 5"#,
        r#"mailer_messages_sent_total{urgent="true",queue="z"} 5"#,
    ];
    emit();
    assert_eq!(read(&registry), shown);
    assert_eq!(read(&registry), [""; 0]);
    emit();
    assert_eq!(read(&registry), shown, "they begin at 0");
    assert_eq!(read(&registry), [""; 0]);
    emit();
    let before = created(&registry);
    assert_eq!(created(&registry), []);
    thread::sleep(Duration::from_millis(2));
    emit();
    let after = created(&registry);
    assert_eq!((before.len(), after.len()), (3, 3));
    assert!(
        before
            .iter()
            .zip(&after)
            .all(|(before, after)| before < after),
        "{before:?} {after:?}"
    );
}

#[test]
fn a_name_may_come_back_as_another_type() {
    let (registry, _) = setup(AT_ONCE);
    metrics::with_local_recorder(&registry, || metrics::counter!("either").increment(1));
    assert_eq!(read(&registry), ["either{} 1"]);
    assert_eq!(read(&registry), [""; 0]);
    metrics::with_local_recorder(&registry, || metrics::histogram!("either").record(0.5));
    assert_eq!(read(&registry), ["either{} 1"]);
    assert_eq!(registry.refused(), 0);
}

#[test]
fn gauges_and_facts_stay_unless_asked() {
    let (registry, mail) = setup(AT_ONCE);
    mail.messages_waiting.set(3);
    mail.build.set(&Version::of("1"));
    let lines = [
        "mailer_build_info{version=\"1\"} 1",
        "mailer_messages_waiting{} 3",
    ];
    for _ in 0..3 {
        assert_eq!(read(&registry), lines);
    }

    let (registry, mail) = setup(AT_ONCE.of(&[MetricKind::Gauge, MetricKind::Info]));
    mail.messages_waiting.set(3);
    mail.build.set(&Version::of("1"));
    mail.send_duration.record(0.5);
    let shown = read(&registry);
    assert_eq!(shown.len(), 3);
    for _ in 0..3 {
        assert_eq!(
            read(&registry),
            [&*shown[0], &*shown[2]],
            "facts and histograms"
        );
    }
    mail.messages_waiting.add(1);
    assert_eq!(read(&registry)[1], "mailer_messages_waiting{} 4");
}

/// What was added to a gauge will be taken away, by whoever registers it then.
#[test]
fn a_gauge_that_is_added_to_is_removed_at_zero_only() {
    let (registry, _) = setup(AT_ONCE.of(&[MetricKind::Gauge]));
    let change = |by: f64| {
        metrics::with_local_recorder(&registry, || metrics::gauge!("in_flight").increment(by));
    };
    change(2.0);
    assert_eq!(read(&registry), ["in_flight{} 2"]);
    assert_eq!(read(&registry), [""; 0]);
    change(-1.0);
    assert_eq!(read(&registry), ["in_flight{} 1"]);
    change(-1.0);
    assert_eq!(read(&registry), ["in_flight{} 0"]);
    assert_eq!(read(&registry), [""; 0]);
    change(1.0);
    assert_eq!(read(&registry), ["in_flight{} 1"]);
}

/// A total that something else counts would be counted again.
#[test]
fn a_stated_total_is_hidden_and_not_removed() {
    let (registry, _) = setup(AT_ONCE);
    let state = |total| {
        metrics::with_local_recorder(&registry, || {
            metrics::counter!("stated_total").absolute(total);
        });
    };
    state(100);
    let first = created(&registry);
    assert_eq!(first.len(), 1);
    assert_eq!(read(&registry), [""; 0]);
    thread::sleep(Duration::from_millis(2));
    state(100);
    assert_eq!(read(&registry), [""; 0]);
    state(101);
    assert_eq!(created(&registry), first);
}

#[test]
fn nothing_is_idle_before_its_time() {
    let (registry, mail) = setup(IdleEviction::after(Duration::from_millis(100)));
    mail.messages_sent.at(&Labels::of(true, "a")).increment(1);
    metrics::with_local_recorder(&registry, || {
        metrics::counter!("foreign_total").increment(1);
    });
    let first = std::time::Instant::now();
    let mut seen = 0;
    while read(&registry).len() == 2 {
        seen += 1;
        assert!(first.elapsed() < Duration::from_secs(60));
        thread::sleep(Duration::from_millis(5));
    }
    assert!(
        first.elapsed() >= Duration::from_millis(100),
        "after {seen} readings"
    );
    assert_eq!(read(&registry), [""; 0]);
}

/// Without the option series stay, whatever happens.
#[test]
fn it_is_off_by_default() {
    let registry = Registry::new(&Catalog::collect().expect("the declarations hold"));
    metrics::with_local_recorder(&registry, || {
        metrics::counter!("foreign_total").increment(1);
    });
    for _ in 0..3 {
        assert_eq!(read(&registry), ["foreign_total{} 1"]);
    }
}

/// A thread that remembers a series would keep it for ever.
#[test]
fn remembered_series_are_removed_once_they_are_not_used() {
    let (registry, _) = setup(AT_ONCE);
    let emit = |id: &'static str| {
        metrics::with_local_recorder(&registry, || {
            for _ in 0..4 {
                metrics::counter!("foreign_total", "id" => id).increment(1);
            }
        });
    };
    emit("gone");
    emit("stays");
    assert_eq!(read(&registry).len(), 2);
    // Idle, and held by what this thread remembers; it is asked to forget.
    assert_eq!(read(&registry), [""; 0]);
    emit("stays");
    assert_eq!(read(&registry), [r#"foreign_total{id="stays"} 8"#]);
    assert_eq!(read(&registry), [""; 0]);
    emit("gone");
    assert_eq!(
        read(&registry),
        [r#"foreign_total{id="gone"} 4"#],
        "it was removed"
    );
}

/// Lives of one label's series: what those that are over came to, and what the
/// current one reads.
#[derive(Default)]
struct Lives {
    over: u64,
    current: u64,
    count: u64,
}

impl Lives {
    /// Each bit is counted once, so that a life only gets more of them, and
    /// none that an earlier one had.
    fn read(&mut self, value: u64) {
        if self.current == 0 || value & self.current != self.current {
            self.over |= self.current;
            self.count += 1;
        }
        assert_eq!(self.over & value, 0, "counted twice");
        self.current = value;
    }
}

const THREADS: usize = 8;
const IDS: usize = if cfg!(debug_assertions) {
    4_000
} else {
    100_000
};
const BITS: u32 = 12;

/// Each id is counted in powers of two by two threads, each time through a
/// handle of its own.
fn count_ids(registry: &Registry, mail: &Mail, kept: &metrics::Counter, thread: usize) {
    for n in 0..IDS / THREADS {
        let id = format!("{}-{n}", thread / 2);
        metrics::with_local_recorder(registry, || {
            for bit in (0..BITS).filter(|bit| *bit as usize % 2 == thread % 2) {
                metrics::counter!("churn_total", "id" => id.clone()).increment(1 << bit);
                if bit % 5 == 0 {
                    thread::yield_now();
                }
            }
        });
        mail.messages_sent.at(&Labels::of(true, "a")).increment(1);
        kept.increment(1);
    }
}

/// Reads until it read twice after `done`.
fn watch(registry: &Registry, done: &AtomicBool) -> (HashMap<String, Lives>, [u64; 2]) {
    let mut ids: HashMap<String, Lives> = HashMap::new();
    let mut kept = [0, 0];
    let mut rounds_after = 0;
    while rounds_after < 2 {
        rounds_after += usize::from(done.load(Ordering::Acquire));
        let families = registry.families();
        for family in &families {
            for series in family.series() {
                let Value::Counter(value) = series.value() else {
                    continue;
                };
                let last = match family.name() {
                    "churn_total" => {
                        let id = series.labels().next().expect("an id").1.to_string();
                        ids.entry(id).or_default().read(value);
                        continue;
                    }
                    "kept_total" => &mut kept[0],
                    "mailer_messages_sent_total" => &mut kept[1],
                    _ => continue,
                };
                assert!(*last <= value, "{last} then {value}");
                *last = value;
            }
        }
    }
    (ids, kept)
}

/// Threads register, update and drop, while readers evict all the time. What
/// the series of an id read in all their lives is everything that was counted.
#[test]
fn no_update_is_lost_across_eviction() {
    for readers in [1, 3] {
        let (registry, mail) = setup(AT_ONCE);
        let kept = metrics::with_local_recorder(&registry, || metrics::counter!("kept_total"));
        let done = AtomicBool::new(false);
        let seen: Vec<_> = thread::scope(|scope| {
            let readers: Vec<_> = (0..readers)
                .map(|_| scope.spawn(|| watch(&registry, &done)))
                .collect();
            let threads: Vec<_> = (0..THREADS)
                .map(|thread| {
                    let (registry, mail, kept) = (&registry, &mail, &kept);
                    scope.spawn(move || count_ids(registry, mail, kept, thread))
                })
                .collect();
            for thread in threads {
                thread.join().expect("no panic");
            }
            done.store(true, Ordering::Release);
            readers
                .into_iter()
                .map(|reader| reader.join().expect("no panic"))
                .collect()
        });
        let (mut bits, mut lives) = (HashMap::<_, u64>::new(), 0);
        let mut last = [0, 0];
        for (ids, kept) in &seen {
            for (id, life) in ids {
                *bits.entry(id).or_default() |= life.over | life.current;
                lives += life.count;
            }
            // A change is for the reader that finds it.
            last = [last[0].max(kept[0]), last[1].max(kept[1])];
        }
        let ids = IDS / THREADS * THREADS / 2;
        assert_eq!(bits.len(), ids);
        let incomplete = bits.values().filter(|bits| **bits != (1 << BITS) - 1);
        assert_eq!(incomplete.count(), 0, "of {ids}");
        println!("{ids} ids in {lives} series, {readers} readers");
        assert!(lives > ids as u64, "some were removed in between");
        assert_eq!(last, [(IDS / THREADS * THREADS) as u64; 2]);
        assert_eq!(registry.refused(), 0);
    }
}
