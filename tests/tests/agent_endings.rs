//! How an execution ends: exactly one status, whatever happens and whenever.

// A test fails by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used)]
// Each form is written out.
#![allow(clippy::manual_async_fn)]

mod agent_parts;

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use agent_parts::{Lab, block_on, poll, wait};
use caxton_instrument::AgentMetrics;
use caxton_instrument::prelude::*;

const STEPS: usize = 4;

type Work<'a> = Pin<Box<dyn Future<Output = Result<usize, String>> + Send + 'a>>;

/// Waits at each step, and panics or fails before the step it is told to.
async fn steps(panic_at: Option<usize>, fail_at: Option<usize>) -> Result<usize, String> {
    for step in 0..=STEPS {
        assert!(panic_at != Some(step), "told to");
        if fail_at == Some(step) {
            return Err("told to".to_owned());
        }
        if step < STEPS {
            wait(1).await;
        }
    }
    Ok(STEPS)
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
async fn plain(
    metrics: Arc<AgentMetrics>,
    panic_at: Option<usize>,
    fail_at: Option<usize>,
) -> Result<usize, String> {
    let _ = &metrics;
    steps(panic_at, fail_at).await
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn block(
    metrics: Arc<AgentMetrics>,
    panic_at: Option<usize>,
    fail_at: Option<usize>,
) -> impl Future<Output = Result<usize, String>> + Send {
    async move {
        let _ = &metrics;
        steps(panic_at, fail_at).await
    }
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn opaque(
    metrics: Arc<AgentMetrics>,
    panic_at: Option<usize>,
    fail_at: Option<usize>,
) -> impl Future<Output = Result<usize, String>> + Send {
    let _ = &metrics;
    steps(panic_at, fail_at)
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn aliased(
    metrics: Arc<AgentMetrics>,
    panic_at: Option<usize>,
    fail_at: Option<usize>,
) -> Work<'static> {
    let _ = &metrics;
    Box::pin(steps(panic_at, fail_at))
}

struct Boxed;

#[async_trait::async_trait]
trait Run {
    async fn run(
        &self,
        metrics: Arc<AgentMetrics>,
        panic_at: Option<usize>,
        fail_at: Option<usize>,
    ) -> Result<usize, String>;
}

#[async_trait::async_trait]
impl Run for Boxed {
    #[instrument_agent(agent_type = "tester", metrics = metrics)]
    async fn run(
        &self,
        metrics: Arc<AgentMetrics>,
        panic_at: Option<usize>,
        fail_at: Option<usize>,
    ) -> Result<usize, String> {
        let _ = &metrics;
        steps(panic_at, fail_at).await
    }
}

type Made = Box<dyn Fn(Arc<AgentMetrics>, Option<usize>, Option<usize>) -> Work<'static>>;

/// Each way to write the same function, by operation.
fn forms() -> Vec<(&'static str, Made)> {
    vec![
        ("plain", Box::new(|m, p, f| Box::pin(plain(m, p, f)))),
        ("block", Box::new(|m, p, f| Box::pin(block(m, p, f)))),
        ("opaque", Box::new(|m, p, f| Box::pin(opaque(m, p, f)))),
        ("aliased", Box::new(|m, p, f| aliased(m, p, f))),
        (
            "run",
            Box::new(|m, p, f| Box::pin(async move { Boxed.run(m, p, f).await })),
        ),
    ]
}

#[test]
fn dropped_after_any_number_of_polls() {
    for (operation, make) in forms() {
        for polls in 0..=STEPS + 1 {
            let lab = Lab::new();
            let mut future = make(Arc::clone(&lab.metrics), None, None);
            for n in 1..=polls {
                assert_eq!(
                    poll(future.as_mut()).is_ready(),
                    n == STEPS + 1,
                    "{operation}, poll {n}"
                );
                let under_way = if n == STEPS + 1 { 0.0 } else { 1.0 };
                assert!(
                    (lab.active(operation) - under_way).abs() < f64::EPSILON,
                    "{operation}, poll {n}"
                );
            }
            drop(future);
            lab.assert(
                operation,
                match polls {
                    0 => [0, 0, 0, 0],
                    n if n <= STEPS => [0, 0, 1, 0],
                    _ => [1, 0, 0, 0],
                },
            );
        }
    }
}

#[test]
fn panics_at_any_step() {
    for (operation, make) in forms() {
        for step in 0..=STEPS {
            let lab = Lab::new();
            let future = make(Arc::clone(&lab.metrics), Some(step), None);
            assert!(catch_unwind(AssertUnwindSafe(|| block_on(future))).is_err());
            lab.assert(operation, [0, 0, 0, 1]);
        }
    }
}

#[test]
fn a_panicked_future_that_is_kept_counts_once() {
    for (operation, make) in forms() {
        let lab = Lab::new();
        let mut future = make(Arc::clone(&lab.metrics), Some(1), None);
        assert!(poll(future.as_mut()).is_pending());
        assert!(catch_unwind(AssertUnwindSafe(|| poll(future.as_mut()))).is_err());
        lab.assert(operation, [0, 0, 0, 1]);
        drop(future);
        lab.assert(operation, [0, 0, 0, 1]);
    }
}

#[test]
fn fails_at_any_step() {
    for (operation, make) in forms() {
        for step in 0..=STEPS {
            let lab = Lab::new();
            let mut future = make(Arc::clone(&lab.metrics), None, Some(step));
            let result = loop {
                if let Poll::Ready(result) = poll(future.as_mut()) {
                    break result;
                }
            };
            assert!(result.is_err());
            // A finished future that is still there counts no more.
            lab.assert(operation, [0, 1, 0, 0]);
            drop(future);
            lab.assert(operation, [0, 1, 0, 0]);
        }
    }
}

#[test]
fn dropped_while_something_else_panics_is_cancelled() {
    for (operation, make) in forms() {
        for polls in 1..=STEPS {
            let lab = Lab::new();
            let caught = catch_unwind(AssertUnwindSafe(|| {
                let mut future = make(Arc::clone(&lab.metrics), None, None);
                for _ in 0..polls {
                    assert!(poll(future.as_mut()).is_pending());
                }
                panic!("not the future's");
            }));
            assert!(caught.is_err());
            lab.assert(operation, [0, 0, 1, 0]);
        }
    }
}

/// Runs `then` when it is dropped.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

#[test]
fn finished_while_something_else_panics_is_ok() {
    let lab = Lab::new();
    let caught = catch_unwind(AssertUnwindSafe(|| {
        let _run = OnDrop(|| {
            assert_eq!(
                block_on(plain(Arc::clone(&lab.metrics), None, None)),
                Ok(STEPS)
            );
            assert_eq!(sync(&lab.metrics, Ending::Ok), Ok(()));
        });
        panic!("not the future's");
    }));
    assert!(caught.is_err());
    lab.assert("plain", [1, 0, 0, 0]);
    lab.assert("sync", [1, 0, 0, 0]);
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
async fn outer(metrics: Arc<AgentMetrics>, panic_at: Option<usize>) -> Result<usize, String> {
    wait(1).await;
    let inner = plain(Arc::clone(&metrics), panic_at, None).await;
    wait(1).await;
    inner
}

#[test]
fn nested_executions_end_together() {
    for polls in 1..=STEPS + 2 {
        let lab = Lab::new();
        {
            let mut future = std::pin::pin!(outer(Arc::clone(&lab.metrics), None));
            for _ in 0..polls {
                assert!(poll(future.as_mut()).is_pending());
            }
        }
        lab.assert("outer", [0, 0, 1, 0]);
        lab.assert(
            "plain",
            match polls {
                1 => [0, 0, 0, 0],
                n if n <= STEPS + 1 => [0, 0, 1, 0],
                _ => [1, 0, 0, 0],
            },
        );
    }
    let lab = Lab::new();
    let future = outer(Arc::clone(&lab.metrics), Some(2));
    assert!(catch_unwind(AssertUnwindSafe(|| block_on(future))).is_err());
    lab.assert("outer", [0, 0, 0, 1]);
    lab.assert("plain", [0, 0, 0, 1]);
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
async fn raced(metrics: &AgentMetrics) {
    let _ = metrics;
    // A panic that the function itself catches is not its end.
    let mut inner = Box::pin(async { panic!("caught") });
    let caught = poll_fn(|context| {
        Poll::Ready(catch_unwind(AssertUnwindSafe(|| inner.as_mut().poll(context))).is_err())
    })
    .await;
    assert!(caught);
    wait(1).await;
}

#[test]
fn a_panic_caught_inside_is_none() {
    let lab = Lab::new();
    block_on(raced(&lab.metrics));
    lab.assert("raced", [1, 0, 0, 0]);
    {
        let mut future = std::pin::pin!(raced(&lab.metrics));
        assert!(poll(future.as_mut()).is_pending());
    }
    lab.assert("raced", [1, 0, 1, 0]);
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
async fn bad_drop(metrics: &AgentMetrics) {
    let _ = metrics;
    let _bomb = OnDrop(|| panic!("in a destructor"));
    wait(9).await;
}

#[test]
fn a_destructor_that_panics_in_a_dropped_future_is_cancelled() {
    let lab = Lab::new();
    let mut future = Box::pin(bad_drop(&lab.metrics));
    assert!(poll(future.as_mut()).is_pending());
    assert!(catch_unwind(AssertUnwindSafe(|| drop(future))).is_err());
    lab.assert("bad_drop", [0, 0, 1, 0]);
}

#[derive(Clone, Copy)]
enum Ending {
    Ok,
    Error,
    Panic,
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn sync(metrics: &AgentMetrics, ending: Ending) -> Result<(), &'static str> {
    let _ = metrics;
    match ending {
        Ending::Ok => Ok(()),
        Ending::Error => Err("told to"),
        Ending::Panic => panic!("told to"),
    }
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn makes_closure(metrics: &AgentMetrics, panic: bool) -> impl Fn(u32) -> u32 + use<> {
    let _ = metrics;
    assert!(!panic, "told to");
    |n| n + 1
}

#[instrument_agent(agent_type = "tester", metrics = metrics, ok_if = |_| panic!("in the condition"))]
fn bad_condition(metrics: &AgentMetrics) -> u32 {
    let _ = metrics;
    1
}

#[instrument_agent(agent_type = "tester", metrics = metrics, error_if = |_| panic!("in the condition"))]
async fn bad_condition_async(metrics: &AgentMetrics) -> u32 {
    let _ = metrics;
    wait(1).await;
    1
}

#[test]
fn synchronous_functions() {
    let lab = Lab::new();
    assert!(sync(&lab.metrics, Ending::Ok).is_ok());
    assert!(sync(&lab.metrics, Ending::Error).is_err());
    assert!(catch_unwind(AssertUnwindSafe(|| sync(&lab.metrics, Ending::Panic))).is_err());
    lab.assert("sync", [1, 1, 0, 1]);
    assert_eq!(makes_closure(&lab.metrics, false)(1), 2);
    assert!(catch_unwind(AssertUnwindSafe(|| makes_closure(&lab.metrics, true))).is_err());
    lab.assert("makes_closure", [1, 0, 0, 1]);
}

#[test]
fn a_condition_that_panics_is_the_functions_own() {
    let lab = Lab::new();
    assert!(catch_unwind(AssertUnwindSafe(|| bad_condition(&lab.metrics))).is_err());
    assert!(
        catch_unwind(AssertUnwindSafe(|| block_on(bad_condition_async(
            &lab.metrics
        ))))
        .is_err()
    );
    lab.assert("bad_condition", [0, 0, 0, 1]);
    lab.assert("bad_condition_async", [0, 0, 0, 1]);
}

#[test]
fn the_duration_starts_at_the_first_poll() {
    let lab = Lab::new();
    let future = plain(Arc::clone(&lab.metrics), None, None);
    std::thread::sleep(std::time::Duration::from_millis(200));
    block_on(future).unwrap();
    let labels = AgentLabels::of("tester", "plain", Status::Ok);
    let samples = lab
        .recorder
        .histogram(AgentMetrics::EXECUTION_DURATION, &labels);
    assert_eq!(samples.count, 1);
    assert!(samples.sum < 0.15, "{samples:?}");
}

#[test]
fn many_threads_leave_nothing_behind() {
    let lab = Lab::new();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let lab = &lab;
            scope.spawn(move || {
                for n in 0..200 {
                    let mut future = Box::pin(plain(Arc::clone(&lab.metrics), None, None));
                    for _ in 0..(n + thread) % (STEPS + 2) {
                        let _ = poll(future.as_mut());
                    }
                }
            });
        }
    });
    let [ok, error, cancelled, panicked] = lab.counts("plain");
    // 1600 futures, each number of polls from 0 to STEPS + 1 in turn.
    assert_eq!((error, panicked), (0, 0));
    assert!(
        ok.abs_diff(1600 / 6) <= 8 && cancelled.abs_diff(1600 * 4 / 6) <= 8,
        "{ok} {cancelled}"
    );
    assert!(lab.active("plain").abs() < f64::EPSILON);
}
