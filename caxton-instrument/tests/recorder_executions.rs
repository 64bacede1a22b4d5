//! Executions under a literal agent type, over our own recorder, installed
//! bare while threads already run.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic::{catch_unwind, set_hook};
use std::sync::Barrier;
use std::thread;

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

/// What a metric has, by status.
fn by_status(registry: &Registry, name: &str) -> BTreeMap<String, u64> {
    let families = registry.families();
    let family = families.iter().find(|family| family.name() == name);
    let series = family.expect("it was updated").series();
    series
        .map(|series| {
            let mut labels = String::new();
            series.write_labels(&mut labels);
            let (_, status) = labels.split_once("status=").unwrap_or_default();
            let count = match series.value() {
                Value::Counter(count) => count,
                Value::Histogram(value) => value.count(),
                Value::Gauge(value) => value.to_bits(),
                other => panic!("{other:?}"),
            };
            (status.trim_matches('"').to_owned(), count)
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
            thread::sleep(std::time::Duration::from_millis(10));
            found = by_status(&registry, name);
        }
        assert_eq!(found, expected, "{name}");
    }
    let active = by_status(&registry, "caxton_agent_executions_active");
    assert_eq!(active.into_values().collect::<Vec<_>>(), [0]);
}
