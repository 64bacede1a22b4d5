//! Executions whose end is not where or as their start was: on another thread,
//! under a recorder, a source of traces or a value of the gauge that came
//! meanwhile. Each is counted once all the same, and active no more.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread;

use caxton_instrument::prelude::*;
use caxton_instrument::recorder::{Registry, Value};
use caxton_instrument::{Catalog, exemplar, install};
use metrics::{Key, Label, Level, Metadata};

/// Executions that ended by now, and those of them that panicked.
static ENDED: AtomicU64 = AtomicU64::new(0);
static PANICKED: AtomicU64 = AtomicU64::new(0);

fn ended(count: u64) {
    ENDED.fetch_add(count, Ordering::Relaxed);
}

type Outcome = Result<(), &'static str>;
type Work = Pin<Box<dyn Future<Output = Outcome> + Send>>;

fn outcome(how: u32) -> Outcome {
    match how % 3 {
        0 => Ok(()),
        1 => Err("no"),
        _ => panic!("it was told to"),
    }
}

#[instrument_agent(agent_type = "ender", skip_span)]
fn call(how: u32) -> Outcome {
    outcome(how)
}

#[instrument_agent(agent_type = "ender")]
fn call_in_span(how: u32) -> Outcome {
    outcome(how)
}

#[instrument_agent(agent_type = "ender")]
async fn wait(how: u32) -> Outcome {
    Twice(0).await;
    outcome(how)
}

#[instrument_agent(agent_type = "ender", skip_span)]
fn boxed(how: u32) -> Work {
    Box::pin(async move {
        Twice(0).await;
        outcome(how)
    })
}

/// Ready when it is polled for the third time.
struct Twice(u32);

impl Future for Twice {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        self.0 += 1;
        if self.0 > 2 {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

/// Polls once; `None` if it ended, which a panic does as well.
fn poll(mut work: Work) -> Option<Work> {
    let poll = || {
        work.as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_pending()
    };
    let is_pending = catch_unwind(AssertUnwindSafe(poll)).unwrap_or(false);
    is_pending.then_some(work)
}

/// Polls so often, each time on another thread, and drops what is left.
fn drive(mut work: Work, polls: u32) {
    for _ in 0..polls {
        let polled = thread::spawn(move || poll(work)).join();
        match polled.expect("panics are caught") {
            Some(left) => work = left,
            None => return,
        }
    }
}

/// Every form of a function, ended in every way.
fn each(how: u32) {
    let _ = catch_unwind(|| call(how));
    let _ = catch_unwind(|| call_in_span(how));
    ended(2);
    for polls in 0..4 {
        drive(Box::pin(wait(how)), polls);
        drive(boxed(how), polls);
        // What is never polled does not run.
        ended(if polls > 0 { 2 } else { 0 });
    }
    if how % 3 == 2 {
        PANICKED.fetch_add(4, Ordering::Relaxed);
    }
}

fn on_threads() {
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..30).for_each(each));
        }
    });
}

/// Begun, and not ended.
fn begun() -> Work {
    poll(Box::pin(wait(0))).expect("it waits twice")
}

/// Polls to the end.
fn end(work: Work) {
    let mut left = Some(work);
    while let Some(work) = left {
        left = poll(work);
    }
    ended(1);
}

fn check(registry: &Registry, when: &str, set: f64) {
    let (mut executions, mut durations, mut active, mut panicked) = (0, 0, 0.0, 0);
    for family in registry.families() {
        for series in family.series() {
            let mut labels = String::new();
            series.write_labels(&mut labels);
            if labels.contains("ender") {
                match series.value() {
                    Value::Counter(count) => {
                        executions += count;
                        panicked += if labels.contains("panicked") {
                            count
                        } else {
                            0
                        };
                    }
                    Value::Histogram(value) => durations += value.count(),
                    Value::Gauge(level) => active += level,
                    other => panic!("{other:?}"),
                }
            }
        }
    }
    let ended = ENDED.load(Ordering::Relaxed);
    assert_eq!((executions, durations), (ended, ended), "{when}");
    assert_eq!(active, set, "{when}");
    assert_eq!(panicked, PANICKED.load(Ordering::Relaxed), "{when}");
}

/// One test: a program has one recorder.
#[test]
fn each_is_counted_once_whatever_came_meanwhile() {
    set_hook(Box::new(|_| {}));
    let before_install = begun();
    let registry = Registry::new(&Catalog::collect().expect("the declarations hold"));
    install(registry.clone()).expect("the first install");
    drop(before_install);
    ended(1);
    check(&registry, "installed meanwhile", 0.0);
    each(2);
    on_threads();
    check(&registry, "on threads", 0.0);

    // On this thread, which has cells for all by then.
    end(begun());
    let (to_end, to_drop) = (begun(), begun());
    for operation in ["call", "wait"] {
        let labels = vec![
            Label::new("agent_type", "ender"),
            Label::new("operation", operation),
        ];
        let key = Key::from_parts("caxton_agent_executions_active", labels);
        let metadata = Metadata::new("ends", Level::INFO, None);
        metrics::with_recorder(|recorder| recorder.register_gauge(&key, &metadata).set(100.0));
    }
    end(to_end);
    drop(to_drop);
    ended(1);
    check(&registry, "a gauge that was set", 198.0);
    (0..4).for_each(|_| assert!(call(0).is_ok()));
    ended(4);
    on_threads();
    check(&registry, "a gauge that stays set", 198.0);

    let before_source = begun();
    let source: exemplar::TraceSource = |_| {
        let _ = call(0);
        ended(1);
        None
    };
    exemplar::set_trace_source(source).expect("the first source");
    drop(before_source);
    ended(1);
    on_threads();
    check(&registry, "a source of traces that is measured", 198.0);
}
