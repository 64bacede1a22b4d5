//! Exemplars of series that are evicted: they go with their series, and no other
//! one that takes its place has them; a series that was only hidden shows its own
//! again.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use caxton_instrument::__private::Scope;
use caxton_instrument::exemplar::{self, TraceContext};
use caxton_instrument::prelude::*;
use caxton_instrument::recorder::{IdleEviction, Registry};
use caxton_instrument::{Catalog, install};
use proptest::prelude::*;
use tracing::Span;

#[derive(LabelSet)]
struct Desk {
    #[label(max_values = 10)]
    desk: Text,
}

/// A library. Both histograms have as many cells, so that a series of one may
/// take the place of one of the other.
#[derive(MetricSet)]
#[metric_set(namespace = "library")]
struct Library {
    /// Books that were lost.
    books_lost: Counter<Desk>,
    /// Time to find a book.
    #[metric(unit = seconds, buckets = [1.0])]
    search_duration: Histogram<Desk>,
    /// Time to put a book back.
    #[metric(unit = seconds, buckets = [1.0])]
    shelving_duration: Histogram<Desk>,
}

thread_local! {
    /// The trace of what happens on this thread.
    static CURRENT: Cell<Option<u8>> = const { Cell::new(None) };
}

fn source(_: &Span) -> Option<TraceContext> {
    let number = CURRENT.get()?;
    Some(TraceContext::new([number; 16], [number; 8]))
}

/// Recorder and source are those of the process: one test at a time.
fn alone() -> (MutexGuard<'static, ()>, &'static Registry) {
    static ALONE: Mutex<()> = Mutex::new(());
    static REGISTRY: OnceLock<Registry> = OnceLock::new();
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let registry = REGISTRY.get_or_init(|| {
        let catalog = Catalog::collect().expect("the declarations hold");
        let at_once = IdleEviction::after(Duration::ZERO);
        let registry = Registry::with_idle_eviction(&catalog, at_once);
        install(registry.clone()).expect("the first install");
        exemplar::set_trace_source(source).expect("the first source");
        registry
    });
    // What another test left is gone after two readings.
    read(registry);
    read(registry);
    (alone, registry)
}

/// A set in the program's recorder that ends with its handles, as the global one
/// does not.
fn library() -> Library {
    Library::build(&Scope::global())
}

/// One change of a series.
#[derive(Debug, Clone, Copy)]
struct Update {
    /// Which metric of the set.
    metric: usize,
    desk: usize,
    /// Of a histogram: above the bound.
    is_slow: bool,
    trace: Option<u8>,
}

impl Update {
    /// On a thread of its own, with which what it remembers of series goes.
    fn run(self, library: &Library) {
        exemplar::next_interval();
        thread::scope(|scope| {
            let run = || {
                CURRENT.set(self.trace);
                let desk = self.desk.to_string();
                let desk = Desk::of(&desk);
                let seconds = if self.is_slow { 2.0 } else { 0.5 };
                match self.metric {
                    0 => library.books_lost.at(&desk).increment_with_exemplar(1),
                    1 => library.search_duration.at(&desk).record(seconds),
                    _ => library.shelving_duration.at(&desk).record(seconds),
                }
            };
            scope.spawn(run).join().expect("no panic");
        });
    }

    fn series(self) -> (usize, usize) {
        (self.metric, self.desk)
    }
}

const NAMES: [&str; 3] = [
    "library_books_lost_total",
    "library_search_duration_seconds",
    "library_shelving_duration_seconds",
];

/// The traces of a series' exemplars, by bucket.
type Traces = Vec<Option<u8>>;

/// The series that a reader gets, by metric and desk, with their exemplars.
fn read(registry: &Registry) -> BTreeMap<(usize, usize), Traces> {
    let mut found = BTreeMap::new();
    let mut exemplars = Vec::new();
    for family in registry.families() {
        let Some(metric) = NAMES.iter().position(|name| *name == family.name()) else {
            continue;
        };
        for series in family.series() {
            let desk = series
                .labels()
                .next()
                .expect("a desk")
                .1
                .to_string()
                .parse();
            series.exemplars(&mut exemplars);
            let traces = exemplars.iter();
            let traces = traces.map(|it| it.map(|it| it.trace.trace_id[0]));
            found.insert((metric, desk.expect("a number")), traces.collect());
        }
    }
    found
}

#[test]
fn a_series_in_the_place_of_an_evicted_one_has_none_of_its_exemplars() {
    let (_alone, registry) = alone();
    let slow = |metric, trace| Update {
        metric,
        desk: 1,
        is_slow: true,
        trace,
    };
    let first = library();
    for metric in 0..3 {
        slow(metric, Some(1)).run(&first);
    }
    let of_one = |traces: [&[Option<u8>]; 3]| {
        let traces = traces.into_iter().enumerate();
        traces
            .map(|(metric, it)| ((metric, 1), it.to_vec()))
            .collect()
    };
    let shown: BTreeMap<_, Traces> = of_one([&[Some(1)], &[None, Some(1)], &[None, Some(1)]]);
    assert_eq!(read(registry), shown);

    // Idle, but something may still update it: it comes back with its own.
    assert_eq!(read(registry), BTreeMap::new());
    for metric in 0..3 {
        slow(metric, None).run(&first);
    }
    assert_eq!(read(registry), shown);

    // Idle, and nothing can update it any more: what comes is new.
    drop(first);
    assert_eq!(read(registry), BTreeMap::new());
    let second = library();
    for metric in 0..3 {
        slow(metric, None).run(&second);
    }
    assert_eq!(read(registry), of_one([&[], &[], &[]]));
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Update(Update),
    /// A reader comes.
    Read,
    /// All handles end, and others take their place.
    Begin,
}

fn step() -> impl Strategy<Value = Step> {
    let update = (0..3_usize, 0..4_usize, any::<bool>(), any::<Option<u8>>());
    let update = update.prop_map(|(metric, desk, is_slow, trace)| {
        Step::Update(Update {
            metric,
            desk,
            is_slow,
            // An id is never all zeroes.
            trace: trace.map(|trace| trace.max(1)),
        })
    });
    prop_oneof![6 => update, 4 => Just(Step::Read), 1 => Just(Step::Begin)]
}

/// A series as it has to be.
#[derive(Default)]
struct Expected {
    traces: Traces,
    /// It changed since the last reader came.
    is_new: bool,
    /// By the current handles.
    is_held: bool,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever happens, a reader gets those series that changed, each with the
    /// exemplars of its own life.
    #[test]
    fn exemplars_live_as_long_as_their_series(
        steps in proptest::collection::vec(step(), 1..60),
    ) {
        let (_alone, registry) = alone();
        let mut library = library();
        let mut expected: BTreeMap<_, Expected> = BTreeMap::new();
        for step in steps {
            match step {
                Step::Update(update) => {
                    update.run(&library);
                    let series = expected.entry(update.series()).or_default();
                    series.is_new = true;
                    series.is_held = true;
                    if update.trace.is_some() {
                        let is_histogram = update.metric > 0;
                        series.traces.resize(1 + usize::from(is_histogram), None);
                        let bucket = usize::from(is_histogram && update.is_slow);
                        series.traces[bucket] = update.trace;
                    }
                }
                Step::Read => {
                    let found = read(registry);
                    let shown = expected.iter().filter(|(_, series)| series.is_new);
                    let shown: BTreeMap<_, _> =
                        shown.map(|(at, series)| (*at, series.traces.clone())).collect();
                    prop_assert_eq!(found, shown);
                    expected.retain(|_, series| {
                        std::mem::take(&mut series.is_new) || series.is_held
                    });
                }
                Step::Begin => {
                    library = self::library();
                    for series in expected.values_mut() {
                        series.is_held = false;
                    }
                }
            }
        }
    }
}
