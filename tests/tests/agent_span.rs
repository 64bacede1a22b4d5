//! The span of an execution, as a subscriber sees it.

// A test fails by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod agent_parts;

use std::collections::BTreeMap;
use std::fmt::{self, Debug, Write as _};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use agent_parts::{Lab, block_on, poll, wait};
use caxton_instrument::prelude::*;
use caxton_instrument::{AgentMetrics, Outcome};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// What a test saw, a line for each thing that happened.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<String>>>);

struct Watch(Seen);

struct Recorded(BTreeMap<String, String>);

struct Collect<'a>(&'a mut BTreeMap<String, String>);

impl Visit for Collect<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Watch {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = BTreeMap::new();
        attributes.record(&mut Collect(&mut fields));
        let span = context.span(id).unwrap();
        span.extensions_mut().insert(Recorded(fields));
        let parent = span
            .parent()
            .map(|parent| parent.name())
            .unwrap_or_default();
        let metadata = span.metadata();
        self.0.push(format!(
            "new {} in {parent:?} at {} of {}",
            span.name(),
            metadata.level(),
            metadata.target()
        ));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let span = context.span(id).unwrap();
        let mut extensions = span.extensions_mut();
        values.record(&mut Collect(
            &mut extensions.get_mut::<Recorded>().unwrap().0,
        ));
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = BTreeMap::new();
        event.record(&mut Collect(&mut fields));
        let span = context
            .lookup_current()
            .map(|span| span.name())
            .unwrap_or_default();
        self.0.push(format!("{} in {span:?}", fields["message"]));
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let span = context.span(&id).unwrap();
        let extensions = span.extensions();
        let mut line = format!("close {}", span.name());
        for (name, value) in &extensions.get::<Recorded>().unwrap().0 {
            let _ = write!(line, " {name}={value}");
        }
        self.0.push(line);
    }
}

impl Seen {
    fn push(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }
}

fn watch<T>(run: impl FnOnce() -> T) -> (T, Vec<String>) {
    let seen = Seen::default();
    let subscriber = tracing_subscriber::registry().with(Watch(seen.clone()));
    let value = tracing::subscriber::with_default(subscriber, run);
    let lines = seen.0.lock().unwrap().clone();
    (value, lines)
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
async fn plan(metrics: &AgentMetrics, secret: &str, fail: bool) -> Result<u32, String> {
    let _ = (metrics, secret);
    tracing::info!("before");
    wait(2).await;
    tracing::info!("after");
    if fail {
        Err("no way".to_owned())
    } else {
        Ok(1)
    }
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn plan_now(metrics: &AgentMetrics, secret: &str, fail: bool) -> Result<u32, fmt::Error> {
    let _ = (metrics, secret);
    tracing::info!("now");
    if fail { Err(fmt::Error) } else { Ok(1) }
}

#[test]
fn a_span_for_each_execution() {
    let lab = Lab::new();
    let (result, seen) = watch(|| block_on(plan(&lab.metrics, "hidden", false)));
    assert_eq!(result, Ok(1));
    assert_eq!(
        seen,
        [
            "new agent.plan in \"\" at INFO of agent_span",
            "before in \"agent.plan\"",
            "after in \"agent.plan\"",
            "close agent.plan agent_type=tester operation=plan status=ok",
        ]
    );
}

#[test]
fn errors_are_recorded() {
    let lab = Lab::new();
    let ((), seen) = watch(|| {
        let _ = block_on(plan(&lab.metrics, "hidden", true));
        let _ = plan_now(&lab.metrics, "hidden", true);
    });
    assert_eq!(
        seen.iter()
            .filter(|line| line.starts_with("close"))
            .collect::<Vec<_>>(),
        [
            "close agent.plan agent_type=tester error=no way operation=plan otel.status_code=ERROR status=error",
            "close agent.plan_now agent_type=tester error=an error occurred when formatting an argument \
             operation=plan_now otel.status_code=ERROR status=error",
        ]
    );
    assert!(seen.iter().all(|line| !line.contains("hidden")), "{seen:?}");
}

#[test]
fn the_current_span_is_the_parent() {
    let lab = Lab::new();
    let ((), seen) = watch(|| {
        let outer = tracing::info_span!("request").entered();
        let _ = plan_now(&lab.metrics, "", false);
        drop(outer);
        tracing::info!("alone");
    });
    assert_eq!(
        seen[1],
        "new agent.plan_now in \"request\" at INFO of agent_span"
    );
    assert_eq!(seen[2], "now in \"agent.plan_now\"");
    assert_eq!(seen.last().unwrap(), "alone in \"\"");
}

#[test]
fn nothing_is_entered_between_polls() {
    let lab = Lab::new();
    let ((), seen) = watch(|| {
        let mut future = Box::pin(plan(&lab.metrics, "", false));
        assert!(poll(future.as_mut()).is_pending());
        tracing::info!("between");
        drop(future);
        tracing::info!("later");
    });
    assert!(seen.contains(&"between in \"\"".to_owned()), "{seen:?}");
    assert!(
        seen.contains(
            &"close agent.plan agent_type=tester operation=plan status=cancelled".to_owned()
        ),
        "{seen:?}"
    );
    assert_eq!(seen.last().unwrap(), "later in \"\"");
}

struct Loud(&'static str);

impl Drop for Loud {
    fn drop(&mut self) {
        tracing::info!("dropped {}", self.0);
    }
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
async fn holds(metrics: &AgentMetrics, panic: bool) {
    let _ = metrics;
    let _loud = Loud("local");
    wait(1).await;
    assert!(!panic, "told to");
    wait(1).await;
}

#[test]
fn a_dropped_future_is_dropped_in_its_span() {
    let lab = Lab::new();
    let ((), seen) = watch(|| {
        let mut future = Box::pin(holds(&lab.metrics, false));
        assert!(poll(future.as_mut()).is_pending());
    });
    assert_eq!(
        seen[1..],
        [
            "dropped local in \"agent.holds\"",
            "close agent.holds agent_type=tester operation=holds status=cancelled",
        ]
    );
}

#[test]
fn a_panic_is_recorded_and_leaves_the_span() {
    let lab = Lab::new();
    let ((), seen) = watch(|| {
        let run = || block_on(holds(&lab.metrics, true));
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err());
        tracing::info!("later");
    });
    assert_eq!(
        seen[1..],
        [
            "dropped local in \"agent.holds\"",
            "close agent.holds agent_type=tester operation=holds otel.status_code=ERROR status=panicked",
            "later in \"\"",
        ]
    );
}

static ASKED: AtomicUsize = AtomicUsize::new(0);

struct Agent {
    id: u32,
    lab: Lab,
}

impl Agent {
    fn asked(&self) -> u32 {
        ASKED.fetch_add(1, Ordering::Relaxed);
        self.id
    }

    #[instrument_agent(
        agent_type = "tester",
        metrics = self.lab.metrics,
        agent_id = self.asked(),
        name = "agent.custom",
        level = "debug"
    )]
    fn named(&self) {}

    #[instrument_agent(
        agent_type = "tester",
        metrics = self.lab.metrics,
        agent_id = self.id,
        level = tracing::Level::WARN,
        fields(task = %task.trim(), steps.len = steps.len(), ?steps, "quoted field" = 1, later = tracing::field::Empty)
    )]
    async fn with_fields(&self, task: String, steps: Vec<u8>) {
        wait(1).await;
        tracing::Span::current().record("later", 2);
        drop((task, steps));
    }

    #[instrument_agent(agent_type = "tester", metrics = self.lab.metrics, skip_span)]
    async fn bare(&self) -> Result<(), String> {
        wait(1).await;
        tracing::info!("bare");
        Err(String::new())
    }
}

#[test]
fn identity_name_level_and_fields() {
    let agent = Agent {
        id: 7,
        lab: Lab::new(),
    };
    let uninterested = tracing_subscriber::registry().with(LevelFilter::INFO);
    tracing::subscriber::with_default(uninterested, || agent.named());
    assert_eq!(ASKED.load(Ordering::Relaxed), 0, "nobody wants the span");
    let ((), seen) = watch(|| {
        agent.named();
        block_on(agent.with_fields(" mail ".to_owned(), vec![1, 2]));
    });
    assert_eq!(ASKED.load(Ordering::Relaxed), 1);
    assert_eq!(
        seen,
        [
            "new agent.custom in \"\" at DEBUG of agent_span",
            "close agent.custom agent.id=7 agent_type=tester operation=named status=ok",
            "new agent.with_fields in \"\" at WARN of agent_span",
            "close agent.with_fields agent.id=7 agent_type=tester later=2 operation=with_fields quoted field=1 \
             status=ok steps=[1, 2] steps.len=2 task=mail",
        ]
    );
}

#[test]
fn a_span_may_be_left_out() {
    let agent = Agent {
        id: 1,
        lab: Lab::new(),
    };
    let (_, seen) = watch(|| block_on(agent.bare()));
    assert_eq!(seen, ["bare in \"\""]);
    agent.lab.assert("bare", [0, 1, 0, 0]);
}

/// Debugged, not displayed.
#[derive(Debug)]
struct Code(#[allow(dead_code)] u32);

/// Neither.
struct Mute;

struct Told;

impl Outcome for Told {
    fn is_error(&self) -> bool {
        true
    }

    fn error(&self) -> Option<&dyn fmt::Display> {
        Some(&"told")
    }
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn code(metrics: &AgentMetrics) -> Result<(), Code> {
    let _ = metrics;
    Err(Code(3))
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn mute(metrics: &AgentMetrics) -> Result<(), Mute> {
    let _ = metrics;
    Err(Mute)
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn told(metrics: &AgentMetrics) -> Told {
    let _ = metrics;
    Told
}

#[instrument_agent(agent_type = "tester", metrics = metrics, error_if = |n| *n > 1)]
fn many(metrics: &AgentMetrics) -> u32 {
    let _ = metrics;
    2
}

#[test]
fn error_text_by_display_else_debug_else_none() {
    let lab = Lab::new();
    let ((), seen) = watch(|| {
        let _ = code(&lab.metrics);
        let _ = mute(&lab.metrics);
        let _ = told(&lab.metrics);
        many(&lab.metrics);
    });
    let errors: Vec<_> = seen
        .iter()
        .filter(|line| line.starts_with("close"))
        .map(|line| line.split(" operation").next().unwrap())
        .collect();
    assert_eq!(
        errors,
        [
            "close agent.code agent_type=tester error=Code(3)",
            "close agent.mute agent_type=tester",
            "close agent.told agent_type=tester error=told",
            "close agent.many agent_type=tester",
        ]
    );
}

type Work<'a> = Pin<Box<dyn Future<Output = Result<u32, String>> + Send + 'a>>;

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn aliased(metrics: &AgentMetrics) -> Work<'_> {
    tracing::info!("making");
    Box::pin(async move {
        let _ = metrics;
        wait(1).await;
        tracing::info!("working");
        Err("no".to_owned())
    })
}

#[test]
fn a_returned_future_works_in_the_span_of_its_call() {
    let lab = Lab::new();
    let ((), seen) = watch(|| {
        let future = aliased(&lab.metrics);
        tracing::info!("between");
        let _ = block_on(future);
    });
    assert_eq!(
        seen,
        [
            "new agent.aliased in \"\" at INFO of agent_span",
            "making in \"agent.aliased\"",
            "between in \"\"",
            "working in \"agent.aliased\"",
            "close agent.aliased agent_type=tester error=no operation=aliased otel.status_code=ERROR status=error",
        ]
    );
}

#[test]
fn a_filter_may_refuse_the_span() {
    let lab = Lab::new();
    let seen = Seen::default();
    let filter = tracing_subscriber::filter::filter_fn(|metadata| {
        metadata.is_event() || *metadata.level() < Level::INFO
    });
    let subscriber = tracing_subscriber::registry()
        .with(Watch(seen.clone()))
        .with(filter);
    tracing::subscriber::with_default(subscriber, || {
        let _ = plan_now(&lab.metrics, "", true);
    });
    assert_eq!(*seen.0.lock().unwrap(), ["now in \"\""]);
    lab.assert("plan_now", [0, 1, 0, 0]);
}

struct Bomb;

impl fmt::Display for Bomb {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("while formatting")
    }
}

#[instrument_agent(agent_type = "tester", metrics = metrics)]
fn bomb(metrics: &AgentMetrics) -> Result<(), Bomb> {
    let _ = metrics;
    Err(Bomb)
}

#[test]
fn an_error_that_panics_when_formatted_counts_once() {
    let lab = Lab::new();
    let ((), seen) = watch(|| {
        let run = || bomb(&lab.metrics);
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err());
        tracing::info!("later");
    });
    assert_eq!(seen.last().unwrap(), "later in \"\"");
    lab.assert("bomb", [0, 1, 0, 0]);
}
