//! Exemplars of executions, and what each format shows of them.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod agent_parts;
mod parsed;
mod protobuf;

use std::pin::pin;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use agent_parts::{block_on, poll, wait};
use caxton_instrument::exemplar::{self, TraceContext};
use caxton_instrument::prelude::*;
use caxton_instrument_export::Telemetry;
use caxton_instrument_export::exposition::{Filter, Format};
use tracing::{Dispatch, Span};
use tracing_subscriber::Registry;

/// A bakery.
#[derive(MetricSet)]
#[metric_set(namespace = "bakery")]
struct Bakery {
    /// Time in the oven.
    #[metric(unit = seconds, buckets = [1.0, 10.0])]
    baking_duration: Histogram,
    /// Time until a loaf is sold.
    #[metric(unit = seconds, native)]
    shelf_duration: Histogram,
    /// Loaves that were burnt.
    loaves_burnt: Counter,
    /// Weight of the flour.
    #[metric(unit = grams)]
    flour: Gauge,
    /// Loaves by a name that is none of a counter.
    #[metric(name = "bakery_loaves", allow(total_suffix), reason = "an old name")]
    loaves: Counter,
}

#[instrument_agent(agent_type = "baker")]
async fn bake() -> Result<(), &'static str> {
    wait(1).await;
    Ok(())
}

#[instrument_agent(agent_type = "baker", skip_span)]
fn knead() {}

#[instrument_agent(agent_type = "baker")]
fn burn() {
    panic!("burnt");
}

/// Of each span a trace of its own, of one that is called `unsampled` none.
fn source(span: &Span) -> Option<TraceContext> {
    if span.metadata()?.name() == "unsampled" {
        return None;
    }
    let id = span.id()?.into_u64().to_be_bytes();
    let mut trace = [0xaa; 16];
    trace[..8].copy_from_slice(&id);
    Some(TraceContext::new(trace, id))
}

/// Interval, source and recorder are those of the process: one test at a time,
/// each from a new interval.
fn alone(test: impl FnOnce(&Telemetry)) {
    static TELEMETRY: Mutex<Option<Telemetry>> = Mutex::new(None);
    let mut telemetry = TELEMETRY.lock().unwrap_or_else(PoisonError::into_inner);
    let telemetry = telemetry.get_or_insert_with(|| {
        exemplar::set_trace_source(source).expect("the first source");
        caxton_instrument_export::builder()
            .install()
            .expect("a sound catalog")
    });
    exemplar::next_interval();
    test(telemetry);
}

/// One for all tests: another one would give the same ids again.
fn under_subscriber<T>(work: impl FnOnce() -> T) -> T {
    static DISPATCH: OnceLock<Dispatch> = OnceLock::new();
    let dispatch = DISPATCH.get_or_init(|| Registry::default().into());
    tracing::dispatcher::with_default(dispatch, work)
}

fn open_metrics(telemetry: &Telemetry) -> String {
    let exposition = telemetry.exposition();
    String::from_utf8(exposition.render(Format::OpenMetrics)).expect("text")
}

/// What stands behind ` # ` in the line that begins so.
fn exemplar_of(text: &str, line: &str) -> Option<String> {
    let mut lines = text.lines().filter(|found| found.starts_with(line));
    let found = lines.next().expect("a line");
    assert_eq!(lines.next(), None, "{line}");
    found
        .split_once(" # ")
        .map(|(_, exemplar)| exemplar.to_owned())
}

fn labels(span: &Span) -> String {
    let trace = source(span).expect("a span that is sampled");
    let (trace, span) = (trace.trace_id_hex(), trace.span_id_hex());
    format!("{{trace_id=\"{trace}\",span_id=\"{span}\"}}")
}

fn executions(operation: &str, status: &str) -> String {
    format!(
        "caxton_agent_executions_total{{agent_type=\"baker\",operation=\"{operation}\",\
         status=\"{status}\"}} "
    )
}

#[test]
fn executions_have_their_own_span_however_they_end() {
    alone(check_executions);
}

fn check_executions(telemetry: &Telemetry) {
    under_subscriber(|| {
        let outer = tracing::info_span!("outer");
        let _outer = outer.enter();
        block_on(bake()).expect("no error");
        {
            let mut cancelled = pin!(bake());
            assert!(poll(cancelled.as_mut()).is_pending());
        }
        let _ = std::panic::catch_unwind(burn);
        let text = open_metrics(telemetry);
        let mut seen = vec![labels(&outer)];
        for (operation, status) in [("bake", "ok"), ("bake", "cancelled"), ("burn", "panicked")] {
            let found = exemplar_of(&text, &executions(operation, status));
            let found = found.expect("an exemplar of each");
            let (trace, rest) = found.split_once("} ").expect("labels");
            assert!(rest.starts_with("1 "), "{rest}");
            let trace = format!("{trace}}}");
            assert!(
                !seen.contains(&trace),
                "{trace} is not its own among {seen:?}"
            );
            // The bucket of the duration has the same one.
            assert_eq!(text.matches(&trace).count(), 2, "{trace} in {text}");
            seen.push(trace);
        }
        // Without a span of its own, the one around it.
        knead();
        let text = open_metrics(telemetry);
        let found = exemplar_of(&text, &executions("knead", "ok")).expect("an exemplar");
        assert!(found.starts_with(&labels(&outer)), "{found}");
    });
}

#[test]
fn each_format_has_its_place_for_them() {
    alone(check_formats);
}

fn check_formats(telemetry: &Telemetry) {
    let bakery = Bakery::global();
    let trace = under_subscriber(|| {
        tracing::info_span!("unsampled").in_scope(|| bakery.baking_duration.record(9.5));
        let span = tracing::info_span!("sampled");
        let _entered = span.enter();
        bakery.baking_duration.record(0.25);
        bakery.baking_duration.record(12);
        bakery.shelf_duration.record(3.0);
        bakery.shelf_duration.record(3_600);
        bakery.loaves_burnt.increment_with_exemplar(2);
        bakery.loaves.increment_with_exemplar(1);
        bakery.flour.set(1);
        labels(&span)
    });

    let text = open_metrics(telemetry);
    for (line, expected) in [
        (
            "bakery_baking_duration_seconds_bucket{le=\"1.0\"} 1",
            Some("0.25"),
        ),
        ("bakery_baking_duration_seconds_bucket{le=\"10.0\"} 2", None),
        (
            "bakery_baking_duration_seconds_bucket{le=\"+Inf\"} 3",
            Some("12"),
        ),
        ("bakery_baking_duration_seconds_sum", None),
        ("bakery_baking_duration_seconds_count", None),
        ("bakery_baking_duration_seconds_created", None),
        (
            "bakery_shelf_duration_seconds_bucket{le=\"4.0\"} 1",
            Some("3"),
        ),
        ("bakery_shelf_duration_seconds_bucket{le=\"16.0\"} 1", None),
        (
            "bakery_shelf_duration_seconds_bucket{le=\"4096.0\"} 2",
            Some("3600"),
        ),
        ("bakery_loaves_burnt_total", Some("2")),
        ("bakery_loaves_burnt_created", None),
        ("bakery_flour_grams", None),
        // Without `_total` it is no counter to OpenMetrics.
        ("bakery_loaves ", None),
    ] {
        let found = exemplar_of(&text, line);
        let Some(value) = expected else {
            assert_eq!(found, None, "{line}");
            continue;
        };
        let found = found.expect("an exemplar");
        let moment = found.strip_prefix(&format!("{trace} {value} "));
        let moment: f64 = moment.and_then(|text| text.parse().ok()).expect("a moment");
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("after 1970");
        assert!((now.as_secs_f64() - moment).abs() < 600.0, "{moment}");
        // Names and values of labels, of which 128 characters are allowed.
        let (labels, _) = found.split_once("} ").expect("labels");
        assert!(labels.len() <= 128, "{labels}");
    }
    assert!(!telemetry.render().contains(" # {"));

    let of = |name: &str| {
        let filter = Filter::names([name]);
        let bytes = telemetry
            .exposition()
            .render_filtered(Format::Protobuf, &filter);
        protobuf::parse(&bytes);
        protobuf::exemplars(&bytes)
    };
    let found = of("bakery_baking_duration_seconds");
    let expected = [(Some(1.0), 0.25), (Some(f64::INFINITY), 12.0)];
    assert_eq!(found.places(), expected);
    assert!(found.all_are(&trace), "{found:?}");
    let found = of("bakery_shelf_duration_seconds");
    let expected = [
        (Some(4.0), 3.0),
        (Some(4096.0), 3_600.0),
        (None, 3.0),
        (None, 3_600.0),
    ];
    assert_eq!(found.places(), expected);
    assert!(found.all_are(&trace), "{found:?}");
    let found = of("bakery_loaves_burnt_total");
    assert_eq!(found.places(), [(None, 2.0)]);
    assert!(found.all_are(&trace), "{found:?}");
    assert_eq!(of("bakery_flour_grams").places(), []);
}

#[test]
fn a_scrape_that_shows_them_begins_an_interval() {
    alone(check_intervals);
}

fn check_intervals(telemetry: &Telemetry) {
    let burnt = &Bakery::global().loaves_burnt;
    let filter = Filter::names(["bakery_loaves_burnt_total"]);
    let shown = || {
        let exposition = telemetry.exposition();
        let text = exposition.render_filtered(Format::OpenMetrics, &filter);
        let text = String::from_utf8(text).expect("text");
        exemplar_of(&text, "bakery_loaves_burnt_total").expect("an exemplar")
    };
    under_subscriber(|| {
        let count = |n| {
            let span = tracing::info_span!("loaf");
            span.in_scope(|| burnt.increment_with_exemplar(n));
            labels(&span) + &format!(" {n} ")
        };
        let _ = open_metrics(telemetry);
        let first = count(1);
        let second = count(1_000);
        assert!(shown().starts_with(&first) && first != second);
        let third = count(3);
        // Text shows none, and takes none away.
        let _ = telemetry.render();
        let _ = count(1_000);
        assert!(shown().starts_with(&third));
    });
}
