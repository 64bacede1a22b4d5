//! Which samples are exemplars: sampled ones, a few in each interval, spread
//! over all buckets.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::cell::Cell;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use caxton_instrument::exemplar::{self, Exemplar, TraceContext};
use caxton_instrument::prelude::*;
use caxton_instrument::recorder::{Family, Registry, Value};
use caxton_instrument::{Catalog, install};
use tracing::Span;

#[derive(LabelSet)]
struct Desk {
    #[label(max_values = 600)]
    desk: Text,
}

/// A library.
#[derive(MetricSet)]
#[metric_set(namespace = "library")]
struct Library {
    /// Time to find a book.
    #[metric(unit = seconds, buckets = [0.1, 1.0, 10.0])]
    search_duration: Histogram,
    /// Time at a desk.
    #[metric(unit = seconds, buckets = [1.0])]
    desk_duration: Histogram<Desk>,
    /// Time a book is lent.
    #[metric(unit = seconds, native)]
    loan_duration: Histogram,
    /// Books that were lost.
    books_lost: Counter,
    /// Time to put a book back.
    #[metric(unit = seconds, buckets = [1.0])]
    shelving_duration: Histogram,
    /// Time that the source takes.
    #[metric(unit = seconds, buckets = [1.0])]
    asking_duration: Histogram,
    /// Time on a thread of its own.
    #[metric(unit = seconds, buckets = [1.0])]
    thread_duration: Histogram,
}

thread_local! {
    /// What the source says on this thread.
    static CURRENT: Cell<Option<u8>> = const { Cell::new(None) };
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

fn trace(number: u8) -> TraceContext {
    TraceContext::new([number; 16], [number; 8])
}

/// Updates a metric itself, as one that counts what it does.
fn source(_: &Span) -> Option<TraceContext> {
    ASKED.set(ASKED.get() + 1);
    Library::global().asking_duration.record(0.5);
    CURRENT.get().map(trace)
}

/// Interval, source and recorder are those of the process: one test at a time,
/// each from a new interval.
fn alone() -> (MutexGuard<'static, ()>, &'static Registry) {
    static ALONE: Mutex<()> = Mutex::new(());
    static REGISTRY: OnceLock<Registry> = OnceLock::new();
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let registry = REGISTRY.get_or_init(|| {
        let registry = Registry::new(&Catalog::collect().expect("the declarations hold"));
        install(registry.clone()).expect("the first install");
        // Before there is a source an interval is none.
        exemplar::next_interval();
        CURRENT.set(Some(1));
        Library::global().search_duration.record(0.5);
        Library::global().books_lost.increment_with_exemplar(1);
        assert_eq!(of(&registry, "library_search_duration_seconds"), []);
        assert_eq!(of(&registry, "library_books_lost_total"), []);
        assert_eq!(ASKED.get(), 0);
        exemplar::set_trace_source(source).expect("the first source");
        assert!(exemplar::set_trace_source(source).is_err());
        registry
    });
    exemplar::next_interval();
    CURRENT.set(None);
    ASKED.set(0);
    (alone, registry)
}

fn family(registry: &Registry, name: &str) -> Option<Family> {
    let mut families = registry.families().into_iter();
    families.find(|family| family.name() == name)
}

/// The exemplars of the first series.
fn of(registry: &Registry, name: &str) -> Vec<Option<Exemplar>> {
    let mut exemplars = Vec::new();
    let family = family(registry, name).expect("it was updated");
    let series = family.series().next().expect("a family has series");
    series.exemplars(&mut exemplars);
    exemplars
}

fn said(exemplars: &[Option<Exemplar>]) -> Vec<Option<(u8, f64)>> {
    let said = |exemplar: &Exemplar| (exemplar.trace.trace_id[0], exemplar.value);
    let all = exemplars.iter().map(|exemplar| exemplar.as_ref().map(said));
    all.collect()
}

#[test]
fn each_bucket_has_the_first_sampled_one_of_an_interval() {
    let (_alone, registry) = alone();
    let search = &Library::global().search_duration;
    let name = "library_search_duration_seconds";
    // Not sampled.
    search.record(0.3);
    assert_eq!(of(registry, name), []);

    let before = SystemTime::now();
    CURRENT.set(Some(2));
    search.record(0.4);
    search.bind().record(0.1);
    search.record(99);
    CURRENT.set(Some(3));
    for _ in 0..1_000 {
        search.record(0.6);
    }
    let found = of(registry, name);
    let expected = [Some((2, 0.1)), Some((2, 0.4)), None, Some((2, 99.0))];
    assert_eq!(said(&found), expected);
    let at = found[1].expect("it was said").at;
    assert!(before <= at && at <= SystemTime::now(), "{at:?}");
    assert_eq!(found[1].expect("it was said").trace, trace(2));
    assert_eq!(ASKED.get(), 4);

    exemplar::next_interval();
    search.time(|| std::thread::sleep(Duration::from_millis(110)));
    let found = said(&of(registry, name));
    assert_eq!(found[1].map(|(trace, _)| trace), Some(3), "{found:?}");
    // What is not replaced stays.
    assert_eq!((found[0], found[3]), (expected[0], expected[3]));
}

#[test]
fn a_rare_trace_is_searched_for_a_while() {
    let (_alone, registry) = alone();
    let desk = Library::global().desk_duration.at(&Desk::of("rare")).bind();
    let exemplars = || {
        let family = family(registry, "library_desk_duration_seconds").expect("updated");
        let mut exemplars = Vec::new();
        for series in family.series() {
            let mut labels = String::new();
            series.write_labels(&mut labels);
            if labels == "desk=\"rare\"" {
                series.exemplars(&mut exemplars);
            }
        }
        said(&exemplars)
    };
    for _ in 0..63 {
        desk.record(0.5);
    }
    CURRENT.set(Some(4));
    desk.record(0.6);
    assert_eq!(exemplars(), [Some((4, 0.6)), None]);
    assert_eq!(ASKED.get(), 64);

    // 64 times and no more, until the next scrape.
    exemplar::next_interval();
    CURRENT.set(None);
    for _ in 0..64 {
        desk.record(0.5);
    }
    CURRENT.set(Some(5));
    for _ in 0..100 {
        desk.record(0.7);
    }
    assert_eq!(exemplars(), [Some((4, 0.6)), None]);
    assert_eq!(ASKED.get(), 128);
    exemplar::next_interval();
    desk.record(0.8);
    assert_eq!(exemplars(), [Some((5, 0.8)), None]);
}

#[test]
fn a_thread_offers_so_many_and_each_in_its_turn() {
    let (_alone, registry) = alone();
    CURRENT.set(Some(6));
    let desks: Vec<_> = (0..500)
        .map(|desk| {
            let labels = desk.to_string();
            Library::global()
                .desk_duration
                .at(&Desk::of(&labels))
                .bind()
        })
        .collect();
    let with_exemplar = || {
        let family = family(registry, "library_desk_duration_seconds").expect("updated");
        let mut exemplars = Vec::new();
        let has_both = |series: &caxton_instrument::recorder::Series<'_>| {
            series.exemplars(&mut exemplars);
            exemplars.iter().flatten().count() == 2
        };
        family.series().filter(has_both).count()
    };
    let round = || {
        ASKED.set(0);
        for _ in 0..3 {
            for desk in &desks {
                desk.record(0.5);
                desk.record(5);
            }
        }
        ASKED.get()
    };
    let asked = round();
    assert!((128..=256).contains(&asked), "{asked}");
    // Those that come last in each interval wait longest.
    for _ in 0..600 {
        exemplar::next_interval();
        let asked = round();
        assert!((128..=256).contains(&asked), "{asked}");
    }
    assert!(with_exemplar() >= 500, "{}", with_exemplar());
}

#[test]
fn a_counter_has_one_where_it_is_asked_for() {
    let (_alone, registry) = alone();
    let lost = &Library::global().books_lost;
    let name = "library_books_lost_total";
    CURRENT.set(Some(7));
    lost.increment(1);
    lost.bind().increment(1);
    assert_eq!(ASKED.get(), 0);
    lost.increment_with_exemplar(3);
    assert_eq!(said(&of(registry, name)), [Some((7, 3.0))]);
    exemplar::next_interval();
    CURRENT.set(Some(8));
    lost.bind().increment_with_exemplar(2);
    assert_eq!(said(&of(registry, name)), [Some((8, 2.0))]);
    let value = family(registry, name).and_then(|family| Some(family.series().next()?.value()));
    // And one before there was a source.
    assert_eq!(value, Some(Value::Counter(8)));
}

#[test]
fn a_native_histogram_has_one_for_each_classic_bucket() {
    let (_alone, registry) = alone();
    let loan = &Library::global().loan_duration;
    CURRENT.set(Some(9));
    for value in [0.0, 1.0, 1.05, 3.9, 1e9] {
        loan.record(value);
    }
    let native = Library::LOAN_DURATION
        .descriptor()
        .native
        .expect("declared so");
    let bounds = native.classic_bounds();
    let found = said(&of(registry, "library_loan_duration_seconds"));
    assert_eq!(found.len(), bounds.len() + 1);
    for (at, found) in found.iter().enumerate() {
        let Some((_, value)) = *found else { continue };
        assert!(
            bounds.get(at).is_none_or(|bound| value <= *bound),
            "{at} {value}"
        );
        assert!(at == 0 || value > bounds[at - 1], "{at} {value}");
    }
    let values: Vec<f64> = found.iter().flatten().map(|(_, value)| *value).collect();
    assert_eq!(values, [0.0, 1.0, 1.05, 1e9]);
}

#[test]
fn a_source_that_updates_metrics_is_not_asked_about_them() {
    let (_alone, registry) = alone();
    let count = || {
        let family = family(registry, "library_asking_duration_seconds")?;
        match family.series().next()?.value() {
            Value::Histogram(value) => Some(value.count()),
            _ => None,
        }
    };
    let before = count().unwrap_or(0);
    CURRENT.set(Some(10));
    Library::global().shelving_duration.record(0.5);
    assert_eq!(ASKED.get(), 1);
    assert_eq!(count(), Some(before + 1));
    assert_eq!(of(registry, "library_asking_duration_seconds"), []);
}

#[test]
fn threads_that_end_leave_their_exemplars() {
    struct Late;

    impl Drop for Late {
        fn drop(&mut self) {
            // After the other locals of the thread, or before them.
            Library::global().thread_duration.record(7);
        }
    }

    thread_local! {
        static LATE: Late = const { Late };
    }

    let (_alone, registry) = alone();
    let thread = std::thread::spawn(|| {
        LATE.with(|_| ());
        CURRENT.set(Some(11));
        Library::global().thread_duration.record(0.5);
    });
    thread.join().expect("no panic");
    let found = said(&of(registry, "library_thread_duration_seconds"));
    assert_eq!(found, [Some((11, 0.5)), Some((11, 7.0))]);

    // From many at once: one stays, whole.
    exemplar::next_interval();
    std::thread::scope(|scope| {
        for number in 20..28 {
            scope.spawn(move || {
                CURRENT.set(Some(number));
                for _ in 0..1_000 {
                    Library::global()
                        .thread_duration
                        .record(f64::from(number) / 100.0);
                    exemplar::next_interval();
                }
            });
        }
        for _ in 0..1_000 {
            let found = of(registry, "library_thread_duration_seconds");
            let exemplar = found[0].expect("there was one");
            let number = exemplar.trace.trace_id[0];
            assert_eq!(exemplar.trace, trace(number));
            assert!(number == 11 || exemplar.value == f64::from(number) / 100.0);
        }
    });
}

#[test]
fn behind_a_recorder_of_ones_own_there_are_none() {
    let (_alone, _) = alone();
    CURRENT.set(Some(12));
    let registry = Registry::new(&Catalog::collect().expect("the declarations hold"));
    let library = Library::new_in(Arc::new(registry.clone()));
    library.search_duration.record(0.5);
    library.books_lost.increment_with_exemplar(1);
    assert_eq!(of(&registry, "library_search_duration_seconds"), []);
    assert_eq!(of(&registry, "library_books_lost_total"), []);
}
