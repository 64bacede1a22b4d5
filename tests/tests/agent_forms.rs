//! `#[instrument_agent]` on every form of function: it compiles, returns what
//! the function returns, and counts each execution once.

// A test fails by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used)]
// Each form is written out.
#![allow(clippy::manual_async_fn, clippy::multiple_bound_locations)]

mod agent_parts;

use std::fmt::{Debug, Display};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use agent_parts::{Lab, block_on, wait};
use caxton_instrument::AgentMetrics;
use caxton_instrument::prelude::*;

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
type LocalBoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;
type Work<'a> = Pin<Box<dyn Future<Output = Result<u32, String>> + Send + 'a>>;
type LocalWork<'a> = Pin<Box<dyn Future<Output = Result<u32, String>> + 'a>>;

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn free(metrics: &AgentMetrics, n: u32) -> u32 {
    let _ = metrics;
    n + 1
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn nothing(metrics: &AgentMetrics) {
    let _ = metrics;
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
async fn free_async(metrics: &AgentMetrics, n: u32) -> u32 {
    let _ = metrics;
    wait(2).await;
    n + 1
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
async fn nothing_async(metrics: &AgentMetrics) {
    let _ = metrics;
    wait(1).await;
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn question_mark(metrics: &AgentMetrics, text: &str) -> Result<u32, std::num::ParseIntError> {
    let _ = metrics;
    let n: u32 = text.parse()?;
    if n == 7 {
        return Ok(70);
    }
    Ok(n)
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
async fn question_mark_async(
    metrics: &AgentMetrics,
    text: &str,
) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
    let _ = metrics;
    wait(1).await;
    let n: u32 = text.parse()?;
    wait(1).await;
    Ok(n)
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn destructured((a, b): (u32, u32), [c, ..]: [u32; 3], metrics: &AgentMetrics) -> u32 {
    let _ = metrics;
    a + b + c
}

struct Point {
    x: u32,
    y: u32,
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
async fn destructured_async(
    Point { x, y }: Point,
    _: u32,
    mut n: u32,
    metrics: Arc<AgentMetrics>,
) -> u32 {
    let _ = &metrics;
    n += x;
    n + y
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn generic<T: Debug + Clone, const N: usize>(metrics: &AgentMetrics, value: T) -> [T; N]
where
    T: PartialEq,
{
    let _ = metrics;
    std::array::from_fn(|_| value.clone())
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
async fn generic_async<T, E>(metrics: &AgentMetrics, value: Result<T, E>) -> Result<T, E> {
    let _ = metrics;
    wait(1).await;
    value
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn impl_argument(
    metrics: &AgentMetrics,
    value: impl Display,
    then: impl FnOnce(String) -> usize,
) -> usize {
    let _ = metrics;
    then(value.to_string())
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn impl_return(metrics: &AgentMetrics, n: u32) -> impl Iterator<Item = u32> + use<> {
    let _ = metrics;
    (0..n).filter(|n| n % 2 == 0)
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn impl_closure(metrics: &AgentMetrics, n: usize) -> impl Fn(&str) -> usize + use<> {
    let _ = metrics;
    let m = n + 1;
    move |text| text.len() + m
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
async fn impl_return_async(metrics: &AgentMetrics) -> Option<impl Display + use<>> {
    let _ = metrics;
    Some(5)
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn impl_future<'a>(
    metrics: &'a AgentMetrics,
    text: &'a str,
) -> impl Future<Output = Result<u32, String>> + Send + 'a {
    let text = text.trim();
    async move {
        let _ = metrics;
        wait(2).await;
        if text.is_empty() {
            return Err("empty".to_owned());
        }
        Ok(1)
    }
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn impl_future_elsewhere(
    metrics: &AgentMetrics,
    n: u32,
) -> impl Future<Output = Option<u32>> + use<> {
    if n == 0 {
        return futures_like::either(false, n);
    }
    let _ = metrics;
    futures_like::either(true, n)
}

mod futures_like {
    use std::future::Future;

    pub(super) fn either(some: bool, n: u32) -> impl Future<Output = Option<u32>> {
        async move {
            super::wait(1).await;
            some.then_some(n)
        }
    }
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn aliased_box(metrics: &AgentMetrics, fail: bool) -> Work<'_> {
    if fail {
        return Box::pin(std::future::ready(Err("early".to_owned())));
    }
    Box::pin(async move {
        let _ = metrics;
        wait(2).await;
        Ok(1)
    })
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn aliased_local_box(metrics: &AgentMetrics) -> LocalWork<'_> {
    let shared = std::rc::Rc::new(1);
    Box::pin(async move {
        let _ = metrics;
        wait(1).await;
        Ok(*shared)
    })
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn boxed_future(metrics: &AgentMetrics) -> BoxFuture<'_, Result<u32, String>> {
    Box::pin(async move {
        let _ = metrics;
        wait(1).await;
        Ok(1)
    })
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn local_boxed_future(metrics: &AgentMetrics) -> LocalBoxFuture<'_, Result<u32, String>> {
    Box::pin(async move {
        let _ = metrics;
        wait(1).await;
        Err("always".into())
    })
}

/// # Safety
///
/// `text` points at a byte.
#[instrument_agent(agent_type = "tester", metrics = metrics)]
unsafe fn not_safe(metrics: &AgentMetrics, text: *const u8) -> u8 {
    let _ = metrics;
    unsafe { *text }
}

/// # Safety
///
/// `text` points at a byte.
#[instrument_agent(agent_type = "tester", metrics = metrics)]
async unsafe fn not_safe_async(metrics: &AgentMetrics, text: *const u8) -> u8 {
    let _ = metrics;
    unsafe { *text }
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
extern "C" fn external(metrics: &AgentMetrics, n: i32) -> i32 {
    let _ = metrics;
    -n
}

#[instrument_agent(agent_type = "tester", metrics = metrics, operation = "renamed")]
fn r#type(metrics: &AgentMetrics) -> (u32, u32) {
    let _ = metrics;
    (1, 2)
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn r#match(metrics: &AgentMetrics) {
    let _ = metrics;
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn never(metrics: &AgentMetrics) -> ! {
    let _ = metrics;
    panic!("as it says")
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
async fn never_async(metrics: &AgentMetrics) -> ! {
    let _ = metrics;
    loop {
        wait(1).await;
    }
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn recursive(metrics: &AgentMetrics, n: u64) -> u64 {
    if n == 0 {
        1
    } else {
        n * recursive(metrics, n - 1)
    }
}

#[test]
fn free_functions() {
    let lab = Lab::new();
    assert_eq!(free(&lab.metrics, 1), 2);
    nothing(&lab.metrics);
    assert_eq!(block_on(free_async(&lab.metrics, 1)), 2);
    block_on(nothing_async(&lab.metrics));
    for operation in ["free", "nothing", "free_async", "nothing_async"] {
        lab.assert(operation, [1, 0, 0, 0]);
    }
}

#[test]
fn early_returns_and_question_marks() {
    let lab = Lab::new();
    assert_eq!(question_mark(&lab.metrics, "7"), Ok(70));
    assert_eq!(question_mark(&lab.metrics, "8"), Ok(8));
    assert!(question_mark(&lab.metrics, "x").is_err());
    assert_eq!(
        block_on(question_mark_async(&lab.metrics, "8")).ok(),
        Some(8)
    );
    assert!(block_on(question_mark_async(&lab.metrics, "x")).is_err());
    lab.assert("question_mark", [2, 1, 0, 0]);
    lab.assert("question_mark_async", [1, 1, 0, 0]);
}

/// Neither displayed nor debugged.
struct Opaque;

#[test]
fn arguments_of_every_kind() {
    let lab = Lab::new();
    assert_eq!(destructured((1, 2), [3, 4, 5], &lab.metrics), 6);
    let metrics = Arc::clone(&lab.metrics);
    assert_eq!(
        block_on(destructured_async(Point { x: 1, y: 2 }, 0, 3, metrics)),
        6
    );
    assert_eq!(generic::<_, 2>(&lab.metrics, 'a'), ['a', 'a']);
    assert!(block_on(generic_async(&lab.metrics, Ok::<_, Opaque>(1))).is_ok());
    assert!(block_on(generic_async(&lab.metrics, Err::<u32, _>(Opaque))).is_err());
    assert_eq!(impl_argument(&lab.metrics, 12, |text| text.len()), 2);
    lab.assert("destructured", [1, 0, 0, 0]);
    lab.assert("destructured_async", [1, 0, 0, 0]);
    lab.assert("generic", [1, 0, 0, 0]);
    lab.assert("generic_async", [1, 1, 0, 0]);
    lab.assert("impl_argument", [1, 0, 0, 0]);
}

#[test]
fn returned_impl_traits() {
    let lab = Lab::new();
    assert_eq!(impl_return(&lab.metrics, 5).collect::<Vec<_>>(), [0, 2, 4]);
    assert_eq!(impl_closure(&lab.metrics, 1)("four"), 6);
    assert_eq!(
        block_on(impl_return_async(&lab.metrics)).map(|n| n.to_string()),
        Some("5".to_owned())
    );
    lab.assert("impl_return", [1, 0, 0, 0]);
    lab.assert("impl_closure", [1, 0, 0, 0]);
    lab.assert("impl_return_async", [1, 0, 0, 0]);
}

#[test]
fn functions_that_return_a_future() {
    let lab = Lab::new();
    assert_eq!(block_on(impl_future(&lab.metrics, " a ")), Ok(1));
    assert_eq!(
        block_on(impl_future(&lab.metrics, " ")),
        Err("empty".to_owned())
    );
    assert_eq!(block_on(impl_future_elsewhere(&lab.metrics, 0)), None);
    assert_eq!(block_on(impl_future_elsewhere(&lab.metrics, 2)), Some(2));
    assert_eq!(block_on(aliased_box(&lab.metrics, false)), Ok(1));
    assert_eq!(
        block_on(aliased_box(&lab.metrics, true)),
        Err("early".to_owned())
    );
    assert_eq!(block_on(aliased_local_box(&lab.metrics)), Ok(1));
    assert_eq!(block_on(boxed_future(&lab.metrics)), Ok(1));
    assert!(block_on(local_boxed_future(&lab.metrics)).is_err());
    lab.assert("impl_future", [1, 1, 0, 0]);
    lab.assert("impl_future_elsewhere", [2, 0, 0, 0]);
    lab.assert("aliased_box", [1, 1, 0, 0]);
    lab.assert("aliased_local_box", [1, 0, 0, 0]);
    lab.assert("boxed_future", [1, 0, 0, 0]);
    lab.assert("local_boxed_future", [0, 1, 0, 0]);
}

#[test]
fn a_returned_future_counts_nothing_until_it_is_polled() {
    let lab = Lab::new();
    drop(impl_future(&lab.metrics, "a"));
    drop(impl_future_elsewhere(&lab.metrics, 1));
    drop(aliased_box(&lab.metrics, false));
    drop(aliased_local_box(&lab.metrics));
    drop(boxed_future(&lab.metrics));
    for operation in [
        "impl_future",
        "impl_future_elsewhere",
        "aliased_box",
        "aliased_local_box",
        "boxed_future",
    ] {
        lab.assert(operation, [0; 4]);
    }
}

#[test]
fn unsafe_and_extern() {
    let lab = Lab::new();
    // SAFETY: the pointer is one to a byte.
    assert_eq!(unsafe { not_safe(&lab.metrics, b"a".as_ptr()) }, b'a');
    // SAFETY: the same.
    assert_eq!(
        block_on(unsafe { not_safe_async(&lab.metrics, b"a".as_ptr()) }),
        b'a'
    );
    assert_eq!(external(&lab.metrics, 1), -1);
    lab.assert("not_safe", [1, 0, 0, 0]);
    lab.assert("not_safe_async", [1, 0, 0, 0]);
    lab.assert("external", [1, 0, 0, 0]);
}

#[test]
fn operations_are_named_after_the_function_or_as_written() {
    let lab = Lab::new();
    assert_eq!(r#type(&lab.metrics), (1, 2));
    r#match(&lab.metrics);
    lab.assert("renamed", [1, 0, 0, 0]);
    lab.assert("type", [0; 4]);
    lab.assert("match", [1, 0, 0, 0]);
}

#[test]
fn functions_that_never_return() {
    let lab = Lab::new();
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| never(&lab.metrics)));
    assert!(caught.is_err());
    {
        let mut future = std::pin::pin!(never_async(&lab.metrics));
        for _ in 0..3 {
            assert!(agent_parts::poll(future.as_mut()).is_pending());
        }
    }
    lab.assert("never", [0, 0, 0, 1]);
    lab.assert("never_async", [0, 0, 1, 0]);
}

#[test]
fn recursion_counts_each_call() {
    let lab = Lab::new();
    assert_eq!(recursive(&lab.metrics, 4), 24);
    lab.assert("recursive", [5, 0, 0, 0]);
}

struct Agent {
    lab: Lab,
    steps: Vec<String>,
}

impl Agent {
    fn new() -> Self {
        Self {
            lab: Lab::new(),
            steps: vec!["a".to_owned()],
        }
    }

    #[instrument_agent(agent_type = "tester", metrics = self.lab.metrics)]
    fn borrowed(&self) -> &str {
        &self.steps[0]
    }

    #[instrument_agent(agent_type = "tester", metrics = self.lab.metrics)]
    fn reborrowed(&mut self, n: usize) -> Option<&mut String> {
        if n > 9 {
            return None;
        }
        self.steps.get_mut(n)
    }

    #[instrument_agent(agent_type = "tester", metrics = self.lab.metrics)]
    fn longest<'a>(&mut self, a: &'a str, b: &'a str) -> &'a str {
        self.steps.push(a.to_owned());
        if a.len() > b.len() { a } else { b }
    }

    #[instrument_agent(agent_type = "tester", metrics = self.lab.metrics)]
    async fn reborrowed_async(&mut self) -> Result<&mut String, String> {
        wait(1).await;
        self.steps.first_mut().ok_or_else(|| "none".to_owned())
    }

    #[instrument_agent(agent_type = "tester", metrics = self.lab.metrics)]
    fn by_value(self) -> Lab {
        self.lab
    }

    #[instrument_agent(agent_type = "tester", metrics = self.lab.metrics)]
    async fn pinned(self: Pin<&mut Self>) -> usize {
        self.steps.len()
    }

    #[instrument_agent(agent_type = "tester", metrics = lab.metrics)]
    fn made(lab: Lab) -> Self {
        Self {
            lab,
            steps: Vec::new(),
        }
    }

    #[instrument_agent(agent_type = "tester", metrics = self.lab.metrics)]
    fn borrowing_future(&self) -> impl Future<Output = usize> + Send + '_ {
        async move {
            wait(1).await;
            self.steps.len()
        }
    }

    #[instrument_agent(agent_type = "tester", metrics = self.lab.metrics, agent_id = self.steps.len())]
    fn capturing_nothing(&self) -> impl Future<Output = usize> + Send + '_ {
        async { 1 }
    }
}

#[test]
fn methods() {
    let mut agent = Agent::new();
    let lab = agent.lab.clone();
    assert_eq!(agent.borrowed(), "a");
    agent.reborrowed(0).unwrap().push('b');
    assert!(agent.reborrowed(10).is_none());
    assert_eq!(agent.longest("xyz", "z"), "xyz");
    block_on(agent.reborrowed_async()).unwrap().push('c');
    assert_eq!(agent.borrowed(), "abc");
    assert_eq!(block_on(agent.borrowing_future()), 2);
    assert_eq!(block_on(agent.capturing_nothing()), 1);
    assert_eq!(block_on(Pin::new(&mut agent).pinned()), 2);
    agent.by_value();
    Agent::made(lab.clone());
    for (operation, count) in [
        ("borrowed", 2),
        ("reborrowed", 2),
        ("longest", 1),
        ("reborrowed_async", 1),
        ("borrowing_future", 1),
        ("capturing_nothing", 1),
        ("pinned", 1),
        ("by_value", 1),
        ("made", 1),
    ] {
        lab.assert(operation, [count, 0, 0, 0]);
    }
}

trait Worker {
    type Job;
    const ROUNDS: usize;

    fn metrics(&self) -> &AgentMetrics;

    fn work(&self, job: Self::Job) -> Result<Self::Job, String>;

    fn work_later(&self, job: Self::Job) -> impl Future<Output = Self::Job>;

    #[instrument_agent(agent_type = "tester", metrics = self.metrics())]
    fn twice(&self, job: Self::Job) -> Result<Self::Job, String> {
        let job = self.work(job)?;
        self.work(job)
    }

    #[instrument_agent(agent_type = "tester", metrics = self.metrics())]
    async fn rounds(&self) -> usize {
        wait(Self::ROUNDS).await;
        Self::ROUNDS
    }
}

impl Worker for Agent {
    type Job = u32;
    const ROUNDS: usize = 3;

    fn metrics(&self) -> &AgentMetrics {
        &self.lab.metrics
    }

    #[instrument_agent(agent_type = "tester", metrics = self.lab.metrics)]
    fn work(&self, job: Self::Job) -> Result<Self::Job, String> {
        job.checked_sub(1).ok_or_else(|| "done".to_owned())
    }

    #[instrument_agent(agent_type = "tester", metrics = self.lab.metrics)]
    async fn work_later(&self, job: Self::Job) -> Self::Job {
        wait(1).await;
        job
    }
}

#[test]
fn trait_methods_and_default_methods() {
    let agent = Agent::new();
    assert_eq!(agent.twice(2), Ok(0));
    assert!(agent.twice(1).is_err());
    assert_eq!(block_on(agent.rounds()), 3);
    assert_eq!(block_on(agent.work_later(4)), 4);
    agent.lab.assert("twice", [1, 1, 0, 0]);
    agent.lab.assert("work", [3, 1, 0, 0]);
    agent.lab.assert("rounds", [1, 0, 0, 0]);
    agent.lab.assert("work_later", [1, 0, 0, 0]);
}

#[async_trait::async_trait]
trait Boxed: Sync {
    async fn run(&mut self, text: &str) -> Result<usize, String>;

    fn lab(&self) -> &Lab;

    #[instrument_agent(agent_type = "tester", metrics = self.lab().metrics, agent_id = self.lab().counts("rest")[0])]
    async fn rest(&self) {
        wait(1).await;
    }
}

#[async_trait::async_trait]
impl Boxed for Agent {
    #[instrument_agent(agent_type = "tester", metrics = self.lab.metrics, fields(steps = self.steps.len(), text))]
    async fn run(&mut self, text: &str) -> Result<usize, String> {
        wait(2).await;
        let n: usize = text.parse().map_err(|error| format!("{error}"))?;
        self.steps.push(text.to_owned());
        Ok(n)
    }

    fn lab(&self) -> &Lab {
        &self.lab
    }
}

#[test]
fn async_trait_methods() {
    let mut agent = Agent::new();
    assert_eq!(block_on(agent.run("4")), Ok(4));
    assert!(block_on(agent.run("x")).is_err());
    drop(agent.run("4"));
    block_on(agent.rest());
    assert_eq!(agent.steps, ["a", "4"]);
    agent.lab.assert("run", [1, 1, 0, 0]);
    agent.lab.assert("rest", [1, 0, 0, 0]);
}

#[instrument_agent(agent_type = kind, metrics = metrics)]
async fn open(metrics: &AgentMetrics, kind: String) -> usize {
    let _ = metrics;
    wait(1).await;
    kind.into_bytes().len()
}

#[instrument_agent(agent_type = &format!("{}-{n}", kind.as_ref()), metrics = metrics)]
fn open_computed(metrics: &AgentMetrics, kind: impl AsRef<str>, n: u32) {
    let _ = (metrics, kind, n);
}

#[test]
fn open_agent_types() {
    let lab = Lab::new();
    assert_eq!(block_on(open(&lab.metrics, "scout".to_owned())), 5);
    open_computed(&lab.metrics, "scout", 2);
    assert_eq!(lab.counts_of("scout", "open"), [1, 0, 0, 0]);
    assert_eq!(lab.counts_of("scout-2", "open_computed"), [1, 0, 0, 0]);
}

struct Handles<'a> {
    reference: &'a AgentMetrics,
    shared: Arc<AgentMetrics>,
    boxed: Box<AgentMetrics>,
}

impl Handles<'_> {
    #[instrument_agent(agent_type = "tester", metrics = self.reference)]
    fn by_reference(&self) {}

    #[instrument_agent(agent_type = "tester", metrics = &*self.shared)]
    fn by_place(&self) {}

    #[instrument_agent(agent_type = "tester", metrics = self.shared as AgentMetrics)]
    fn by_arc(&self) {}

    #[instrument_agent(agent_type = "tester", metrics = self.boxed)]
    fn by_box(&self) {}
}

#[test]
fn a_set_by_any_handle() {
    let lab = Lab::new();
    let recorder = caxton_instrument::testing::TestRecorder::new();
    let handles = Handles {
        reference: &lab.metrics,
        shared: Arc::clone(&lab.metrics),
        boxed: Box::new(AgentMetrics::new_in(recorder.shared())),
    };
    handles.by_reference();
    handles.by_place();
    handles.by_arc();
    handles.by_box();
    for operation in ["by_reference", "by_place", "by_arc"] {
        lab.assert(operation, [1, 0, 0, 0]);
    }
    let boxed = AgentLabels::of("tester", "by_box", Status::Ok);
    assert_eq!(recorder.counter(AgentMetrics::EXECUTIONS, &boxed), 1);
}

#[test]
fn annotated_futures_stay_send() {
    fn send<T: Send>(_: T) {}
    let lab = Lab::new();
    send(free_async(&lab.metrics, 1));
    send(impl_future(&lab.metrics, "a"));
    send(aliased_box(&lab.metrics, false));
    send(open(&lab.metrics, String::new()));
}

/// Writes its name down when it is dropped.
struct Dropped<'l>(&'static str, &'l std::cell::RefCell<Vec<&'static str>>);

impl Drop for Dropped<'_> {
    fn drop(&mut self) {
        self.1.borrow_mut().push(self.0);
    }
}

impl Dropped<'_> {
    fn touch(&self) {
        let _ = self.0;
    }
}

struct Parts<'l> {
    first: Dropped<'l>,
    second: Dropped<'l>,
}

/// The functions as written, and annotated.
macro_rules! droppers {
    ($($(#[$annotation:meta])? mod $name:ident;)*) => {$(
        mod $name {
            use super::*;

            $(#[$annotation])?
            pub(super) fn call(a: Dropped<'_>, (b, c): (Dropped<'_>, Dropped<'_>), _d: Dropped<'_>) {
                c.touch();
                a.touch();
                b.touch();
                let _local = Dropped("local", c.1);
            }

            $(#[$annotation])?
            pub(super) async fn work(a: Dropped<'_>, b: Dropped<'_>, _c: Dropped<'_>) {
                a.touch();
                let _local = Dropped("local", b.1);
                wait(1).await;
            }

            $(#[$annotation])?
            pub(super) fn parts(parts: Parts<'_>) -> usize {
                parts.second.touch();
                parts.second.1.borrow().len()
            }
        }
    )*};
}

droppers! {
    mod as_written;
    #[instrument_agent(agent_type = "dropper")] mod annotated;
}

#[test]
fn arguments_are_dropped_in_the_order_of_the_function_as_written() {
    let log = std::cell::RefCell::new(Vec::new());
    let new = |name| Dropped(name, &log);
    let taken = || std::mem::take(&mut *log.borrow_mut());
    let parts = || Parts {
        first: new("first"),
        second: new("second"),
    };

    as_written::call(new("a"), (new("b"), new("c")), new("d"));
    let expected = taken();
    annotated::call(new("a"), (new("b"), new("c")), new("d"));
    assert_eq!(taken(), expected);

    block_on(as_written::work(new("a"), new("b"), new("c")));
    let expected = taken();
    block_on(annotated::work(new("a"), new("b"), new("c")));
    assert_eq!(taken(), expected);

    as_written::parts(parts());
    let expected = taken();
    annotated::parts(parts());
    assert_eq!(taken(), expected);
    drop(parts().first);
}
