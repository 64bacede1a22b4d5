//! Headers in and out, tasks, and statements: what goes on, and what is ignored
//! and counted.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::future::ready;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use caxton_instrument::prelude::*;
use caxton_instrument_export::Telemetry;
use caxton_instrument_export::propagation::{
    self, Carrier, ClientLayer, InContext as _, ServerLayer, SqlComments, W3cPropagator,
};
use http::{HeaderMap, Request, Response, StatusCode};
use opentelemetry::baggage::BaggageExt as _;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{SpanContext, TraceContextExt as _, TracerProvider as _};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::SdkTracerProvider;
use proptest::prelude::*;
use tower::{Layer as _, Service as _, ServiceExt as _};
use tracing::{Span, info_span};
use tracing_subscriber::layer::SubscriberExt as _;

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

/// A program without metrics of its own has no catalog.
#[derive(MetricSet)]
#[metric_set(namespace = "harbour")]
struct Harbour {
    /// Ships that arrived.
    #[allow(dead_code, reason = "it is declared")]
    ships: Counter,
}

/// What is refused is counted for the whole program, so tests that count it and
/// those that add to it take turns.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// With spans that OpenTelemetry knows.
fn traced<T>(work: impl FnOnce() -> T) -> T {
    let provider = SdkTracerProvider::builder().build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let subscriber = tracing_subscriber::registry().with(layer);
    tracing::subscriber::with_default(subscriber, work)
}

/// The same where a span that is entered is not made current.
fn traced_without_activation<T>(work: impl FnOnce() -> T) -> T {
    let provider = SdkTracerProvider::builder().build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let subscriber = tracing_subscriber::registry().with(layer.with_context_activation(false));
    tracing::subscriber::with_default(subscriber, work)
}

fn trace_of(context: &Context) -> SpanContext {
    context.span().span_context().clone()
}

fn with(headers: &[(&'static str, &str)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let value = http::HeaderValue::from_bytes(value.as_bytes()).expect("a header");
        map.append(*name, value);
    }
    map
}

fn baggage_of(context: &Context) -> BTreeMap<String, String> {
    let all = context.baggage().iter();
    all.map(|(key, (value, _))| (key.to_string(), value.to_string()))
        .collect()
}

/// Tests that look at counts do so one at a time.
fn counted(work: impl FnOnce()) -> BTreeMap<String, u64> {
    static TELEMETRY: OnceLock<Mutex<Telemetry>> = OnceLock::new();
    let telemetry = TELEMETRY.get_or_init(|| {
        let telemetry = caxton_instrument_export::builder().install();
        Mutex::new(telemetry.expect("the first of this process"))
    });
    let telemetry = telemetry.lock().expect("no panic");
    let counts = || -> BTreeMap<String, u64> {
        let text = telemetry.render();
        let name = "caxton_instrument_propagation_refused_total{header=\"";
        let lines = text.lines().filter_map(|line| line.strip_prefix(name));
        let count = |line: &str| {
            let (labels, count) = line.split_once("\"} ").expect("a sample");
            (
                labels.replace("\",reason=\"", " "),
                count.parse().expect("a count"),
            )
        };
        lines.map(count).collect()
    };
    let before = counts();
    work();
    let mut after = counts();
    for (labels, count) in &mut after {
        *count -= before.get(labels).copied().unwrap_or_default();
    }
    after.retain(|_, count| *count > 0);
    after
}

#[test]
fn any_map_of_strings_carries_a_context() {
    fn there_and_back(mut carrier: impl Carrier) {
        carrier.set("tracestate", String::from("stale=1"));
        carrier.set("baggage", String::from("stale=1"));
        let sent = traced(|| {
            let span = info_span!("sender");
            let context = span.in_scope(propagation::current);
            let context = context.with_baggage([KeyValue::new("user", "ada l, \"ü\"")]);
            let _attached = context.attach();
            propagation::inject(&mut carrier);
            trace_of(&propagation::current())
        });
        assert_eq!(carrier.values_of("TRACEPARENT").count(), 1);
        assert_eq!(
            carrier.values_of("tracestate").count(),
            0,
            "it is of another trace"
        );
        let received = propagation::extract(&carrier);
        assert_eq!(trace_of(&received).trace_id(), sent.trace_id());
        assert_eq!(trace_of(&received).span_id(), sent.span_id());
        assert!(trace_of(&received).is_remote() && trace_of(&received).is_sampled());
        assert_eq!(baggage_of(&received)["user"], "ada l, \"ü\"");
        assert_eq!(baggage_of(&received).len(), 1);

        // Who has no trace passes on what is there.
        propagation::inject_context(&Context::new(), &mut carrier);
        assert_eq!(
            trace_of(&propagation::extract(&carrier)).span_id(),
            sent.span_id()
        );
    }
    let _alone = alone();
    there_and_back(HeaderMap::new());
    there_and_back(BTreeMap::from([(
        String::from("TraceParent"),
        String::from("stale"),
    )]));
    there_and_back(HashMap::from([(
        String::from("TRACESTATE"),
        String::from("stale"),
    )]));
}

#[test]
fn what_is_refused_is_counted() {
    let _alone = alone();
    let counts = counted(|| {
        let ignored = [
            with(&[("traceparent", "00-nonsense")]),
            with(&[("traceparent", PARENT), ("traceparent", PARENT)]),
            with(&[("traceparent", "\u{e9}")]),
            with(&[("tracestate", "a=1")]),
            with(&[]),
        ];
        for headers in ignored {
            assert_eq!(trace_of(&propagation::extract(&headers)), SpanContext::NONE);
        }
        let many = (0..33)
            .map(|n| format!("k{n}=v"))
            .collect::<Vec<_>>()
            .join(",");
        let long = format!("a={0},b={0},c={0}", "x".repeat(200));
        for (state, left) in [
            ("a b c", ""),
            ("a=1,a=2", ""),
            (&many, ""),
            (&long, &long[..405]),
        ] {
            let headers = with(&[("traceparent", PARENT), ("tracestate", state)]);
            let trace = trace_of(&propagation::extract(&headers));
            assert_eq!(trace.trace_id().to_string(), TRACE);
            assert_eq!(trace.trace_state().header(), left);
        }
        let many = (0..70)
            .map(|n| format!("k{n:02}=v"))
            .collect::<Vec<_>>()
            .join(",");
        let headers = with(&[("baggage", "ok=1,not ok=2"), ("baggage", &many)]);
        assert_eq!(baggage_of(&propagation::extract(&headers)).len(), 63);
        let headers = with(&[("baggage", &format!("ok=1,long={}", "x".repeat(9_000)))]);
        assert_eq!(baggage_of(&propagation::extract(&headers)).len(), 1);
    });
    let expected = [
        ("baggage malformed", 1),
        ("baggage too_long", 1),
        ("baggage too_many", 1),
        ("traceparent duplicate", 1),
        ("traceparent malformed", 2),
        ("tracestate duplicate", 1),
        ("tracestate malformed", 1),
        ("tracestate too_long", 1),
        ("tracestate too_many", 1),
    ];
    let expected = expected.map(|(labels, count)| (labels.to_owned(), count));
    assert_eq!(counts, BTreeMap::from(expected));
}

proptest! {
    #[test]
    fn no_header_is_too_strange(
        parent in "[0-9a-f+-]{0,60}|.{0,60}",
        state in "([a-z@*=, \t\u{e9}]{0,30},?){0,40}",
        baggage in "([a-z%=;, \"\\\\\u{e9}0-9]{0,30},?){0,80}",
    ) {
        let _alone = alone();
        let mut carrier = BTreeMap::from([
            (String::from("traceparent"), PARENT.to_owned()),
            (String::from("tracestate"), state),
            (String::from("baggage"), baggage),
        ]);
        let context = propagation::extract(&carrier);
        // What was taken goes on, and is taken again as it is.
        propagation::inject_context(&context, &mut carrier);
        for value in carrier.values() {
            prop_assert!(value.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{}", value);
        }
        let again = propagation::extract(&carrier);
        prop_assert_eq!(trace_of(&again), trace_of(&context));
        prop_assert_eq!(baggage_of(&again), baggage_of(&context));
        carrier.insert(String::from("traceparent"), parent);
        propagation::extract(&carrier);
    }
}

#[test]
fn a_span_gets_a_parent_of_another_program() {
    let _alone = alone();
    traced(|| {
        let context = propagation::extract(&with(&[("traceparent", PARENT)]));
        let span = propagation::with_parent(info_span!("receiver"), context.clone());
        let trace = span.in_scope(|| trace_of(&propagation::current()));
        assert_eq!(trace.trace_id().to_string(), TRACE);
        assert!(!trace.is_remote());

        // One that began keeps its own.
        let begun = info_span!("begun");
        let own = begun.in_scope(|| trace_of(&propagation::current()));
        let begun = propagation::with_parent(begun, context);
        assert_eq!(begun.in_scope(|| trace_of(&propagation::current())), own);
    });
}

/// What the headers of a request are when they arrive, through client and
/// server layers around a handler.
async fn through(
    client: ClientLayer,
    server: ServerLayer,
    request: Request<()>,
    handler: impl FnOnce() + Clone,
) -> StatusCode {
    let handler = tower::service_fn(move |request: Request<()>| {
        handler.clone()();
        let status = match request.uri().path() {
            "/broken" => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::OK,
        };
        ready(Ok::<_, Infallible>(
            Response::builder()
                .status(status)
                .body(())
                .expect("an answer"),
        ))
    });
    let service = client.layer(server.layer(handler));
    service.oneshot(request).await.expect("an answer").status()
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.block_on(work)
}

#[test]
fn client_and_server_hand_over_trace_and_baggage() {
    let _alone = alone();
    let request = || {
        Request::get("/orders/7?secret=1")
            .body(())
            .expect("a request")
    };
    let seen = Mutex::new(Vec::new());
    let look = || seen.lock().expect("no panic").push(propagation::current());
    let pairs = [
        (ClientLayer::new(), ServerLayer::new()),
        (ClientLayer::without_span(), ServerLayer::new()),
        (ClientLayer::new(), ServerLayer::without_span()),
        (ClientLayer::without_span(), ServerLayer::without_span()),
    ];
    for (client, server) in pairs {
        // In a span, in a context of OpenTelemetry alone, and in none.
        traced(|| {
            let span = info_span!("caller");
            let own = span.in_scope(|| {
                let context = propagation::current();
                let context = context.with_baggage([KeyValue::new("user", "ada")]);
                let _attached = context.attach();
                block_on(through(client.clone(), server.clone(), request(), look));
                trace_of(&propagation::current())
            });
            let inner = seen.lock().expect("no panic").pop().expect("it was called");
            assert_eq!(trace_of(&inner).trace_id(), own.trace_id());
            block_on(through(client.clone(), server.clone(), request(), look));
        });
        let _attached =
            propagation::extract(&with(&[("traceparent", PARENT), ("baggage", "a=1")])).attach();
        block_on(through(client, server, request(), look));
        let inner = seen.lock().expect("no panic").pop().expect("it was called");
        assert_eq!(trace_of(&inner).trace_id().to_string(), TRACE);
        assert_eq!(baggage_of(&inner)["a"], "1");
    }
}

#[test]
fn a_request_with_a_header_goes_on_and_one_without_begins() {
    let _alone = alone();
    let seen = Mutex::new(Vec::new());
    let look = || {
        seen.lock()
            .expect("no panic")
            .push((propagation::current(), Span::current()));
    };
    traced(|| {
        for (value, trace) in [(PARENT, Some(TRACE)), ("00-nonsense", None)] {
            let request = Request::get("/")
                .header("traceparent", value)
                .header("baggage", "a=b=c");
            let request = request.body(()).expect("a request");
            let handler = tower::service_fn(|_: Request<()>| {
                look();
                ready(Ok::<_, Infallible>(Response::new(())))
            });
            block_on(ServerLayer::new().layer(handler).call(request)).expect("an answer");
            let (context, span) = seen.lock().expect("no panic").pop().expect("it was called");
            assert_eq!(span.metadata().expect("a span").name(), "request");
            let found = trace_of(&context);
            assert!(found.is_valid() && !found.is_remote());
            assert_ne!(found.span_id().to_string(), CALLER);
            assert_eq!(found.trace_id().to_string() == TRACE, trace.is_some());
            assert_eq!(baggage_of(&context)["a"], "b=c");
        }
        // A service that opens its own span, inside.
        let request = Request::get("/")
            .header("traceparent", PARENT)
            .body(())
            .expect("a request");
        let handler = tower::service_fn(|_: Request<()>| {
            info_span!("own").in_scope(look);
            ready(Ok::<_, Infallible>(Response::new(())))
        });
        block_on(ServerLayer::without_span().layer(handler).call(request)).expect("an answer");
        let (context, span) = seen.lock().expect("no panic").pop().expect("it was called");
        assert_eq!(span.metadata().expect("a span").name(), "own");
        assert_eq!(trace_of(&context).trace_id().to_string(), TRACE);
    });
}

#[test]
fn tasks_and_threads_go_on_with_span_and_baggage() {
    let look = || {
        let context = propagation::current();
        (
            trace_of(&context),
            baggage_of(&context),
            Span::current().id(),
        )
    };
    let work = || {
        let span = info_span!("caller");
        let (future, closure, expected) = {
            let _entered = span.enter();
            let context = Context::current().with_baggage([KeyValue::new("user", "ada")]);
            let _attached = context.attach();
            let future = async move {
                tokio::task::yield_now().await;
                look()
            };
            (
                future.in_current_context(),
                propagation::carry(look),
                look(),
            )
        };
        let user = BTreeMap::from([(String::from("user"), String::from("ada"))]);
        assert!(expected.0.is_valid() && expected.1 == user, "{expected:?}");
        let outside = look();
        assert!(!outside.0.is_valid() && outside.1.is_empty() && outside.2.is_none());
        assert_eq!(block_on(future), expected);
        let dispatch = tracing::dispatcher::get_default(Clone::clone);
        let thread = || tracing::dispatcher::with_default(&dispatch, closure);
        let found = std::thread::scope(|scope| scope.spawn(thread).join());
        assert_eq!(found.expect("no panic"), expected);
        let (found, expected) = span.in_scope(|| {
            let spawned = async { propagation::spawn(async move { look() }).await };
            (block_on(spawned).expect("no panic"), look())
        });
        assert_eq!(found, expected);
    };
    traced(work);
    traced_without_activation(work);
}

#[test]
fn libraries_that_ask_opentelemetry_get_the_same() {
    let propagator = W3cPropagator::new();
    assert_eq!(
        propagator.fields().collect::<Vec<_>>(),
        ["traceparent", "tracestate", "baggage"]
    );
    let carrier = HashMap::from([
        (String::from("traceparent"), PARENT.to_owned()),
        (String::from("tracestate"), String::from("a=1")),
        (String::from("baggage"), String::from("user=a=b")),
    ]);
    let context = propagator.extract(&carrier);
    assert_eq!(trace_of(&context).span_id().to_string(), CALLER);
    assert_eq!(baggage_of(&context)["user"], "a=b");
    let mut again = HashMap::new();
    propagator.inject_context(&context, &mut again);
    assert_eq!(again, carrier);
}

#[test]
fn a_statement_names_its_trace() {
    let headers = with(&[
        ("traceparent", PARENT),
        ("tracestate", "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7"),
    ]);
    let _attached = propagation::extract(&headers).attach();
    let sql = "SELECT * FROM FOO";
    assert_eq!(SqlComments::default().comment(sql), sql, "it is off");
    let comments = SqlComments::on()
        .tag("action", "/param*d")
        .tag("framework", "spring");
    assert_eq!(
        comments.comment(sql),
        "SELECT * FROM FOO /*action='%2Fparam%2Ad',framework='spring',\
         traceparent='00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',\
         tracestate='congo%3Dt61rcWkgMzE%2Crojo%3D00f067aa0ba902b7'*/"
    );
}
