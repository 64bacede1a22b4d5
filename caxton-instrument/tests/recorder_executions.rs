//! Executions under a literal agent type, over our own recorder, installed
//! bare while threads already run.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic::{catch_unwind, set_hook};
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use caxton_instrument::prelude::*;
use caxton_instrument::recorder::{Registry, Value};
use caxton_instrument::{Catalog, install};

#[instrument_agent(agent_type = "tester", skip_span)]
fn work(how: u32) -> Result<(), &'static str> {
    match how % 3 {
        0 => Ok(()),
        1 => Err("no"),
        _ => panic!("it was told to"),
    }
}

#[instrument_agent(agent_type = "sleeper", skip_span)]
fn sleep(milliseconds: u64) {
    thread::sleep(Duration::from_millis(milliseconds));
}

/// Works when its thread's locals end.
struct Late(Cell<bool>);

impl Drop for Late {
    fn drop(&mut self) {
        if self.0.get() {
            let _ = (work(0), work(1));
        }
    }
}

thread_local! {
    static LATE: Late = const { Late(Cell::new(false)) };
}

/// What a metric has of the tester, by status.
fn by_status(registry: &Registry, name: &str) -> BTreeMap<String, u64> {
    let families = registry.families();
    let family = families.iter().find(|family| family.name() == name);
    let series = family.expect("it was updated").series();
    series
        .filter_map(|series| {
            let mut labels = String::new();
            series.write_labels(&mut labels);
            if !labels.contains("tester") {
                return None;
            }
            let (_, status) = labels.split_once("status=").unwrap_or_default();
            let count = match series.value() {
                Value::Counter(count) => count,
                Value::Histogram(value) => value.count(),
                Value::Gauge(value) => value.to_bits(),
                other => panic!("{other:?}"),
            };
            Some((status.trim_matches('"').to_owned(), count))
        })
        .collect()
}

/// One test: a program has one recorder.
#[test]
fn each_execution_is_counted_once_under_its_status() {
    set_hook(Box::new(|_| {}));
    // Nobody takes it.
    let _ = work(0);
    let registry = Registry::new(&Catalog::collect().expect("the declarations hold"));
    let start = Barrier::new(5);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                LATE.with(|late| late.0.set(true));
                start.wait();
                for how in 0..3_000 {
                    let _ = catch_unwind(|| work(how));
                }
            });
        }
        install(registry.clone()).expect("the first install");
        start.wait();
    });
    // A scope does not wait for its threads' locals to end.
    let expected = [("error", 4_004), ("ok", 4_004), ("panicked", 4_000)]
        .map(|(status, count)| (status.to_owned(), count))
        .into();
    for name in [
        "caxton_agent_executions_total",
        "caxton_agent_execution_duration_seconds",
    ] {
        let mut found = by_status(&registry, name);
        for _ in 0..1_000 {
            if found == expected {
                break;
            }
            thread::sleep(Duration::from_millis(10));
            found = by_status(&registry, name);
        }
        assert_eq!(found, expected, "{name}");
    }
    let active = by_status(&registry, "caxton_agent_executions_active");
    assert_eq!(active.into_values().collect::<Vec<_>>(), [0]);
    each_falls_where_its_own_duration_does(&registry);
}

/// The bounds and the value of the sleeper's series.
fn of_sleeper(registry: &Registry, name: &str) -> (Vec<f64>, Value) {
    let families = registry.families();
    let family = families.iter().find(|family| family.name() == name);
    let found = family.expect("it was updated").series().find(|series| {
        let mut labels = String::new();
        series.write_labels(&mut labels);
        labels.contains("sleeper")
    });
    let found = found.expect("the sleeper slept");
    (found.bounds().to_vec(), found.value())
}

fn each_falls_where_its_own_duration_does(registry: &Registry) {
    for _ in 0..12 {
        for milliseconds in [0, 0, 30, 30] {
            sleep(milliseconds);
        }
    }
    let active = of_sleeper(registry, "caxton_agent_executions_active");
    assert_eq!(active.1, Value::Gauge(0.0));
    let executions = of_sleeper(registry, "caxton_agent_executions_total");
    assert_eq!(executions.1, Value::Counter(48));
    let name = "caxton_agent_execution_duration_seconds";
    let (bounds, Value::Histogram(value)) = of_sleeper(registry, name) else {
        panic!("a histogram");
    };
    assert_eq!(value.count(), 48);
    let at_most = bounds.partition_point(|bound| *bound <= 0.025);
    let soon: u64 = value.buckets[..at_most].iter().sum();
    // A busy machine lets what should take no time wait.
    assert!((12..=24).contains(&soon), "{soon} of {:?}", value.buckets);
}
