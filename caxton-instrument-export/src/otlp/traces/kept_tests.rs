//! Spans that wait for an error.

use std::borrow::Cow;
use std::time::SystemTime;

use opentelemetry::InstrumentationScope;
use opentelemetry::trace::{SpanContext, SpanId, SpanKind, TraceFlags, TraceState};
use opentelemetry_sdk::trace::{SpanEvents, SpanLinks};

use super::*;

pub(in crate::otlp::traces) fn span(trace: u128, name: &str, status: Status) -> SpanData {
    SpanData {
        span_context: SpanContext::new(
            TraceId::from(trace),
            SpanId::from(1),
            TraceFlags::NOT_SAMPLED,
            false,
            TraceState::NONE,
        ),
        parent_span_id: SpanId::INVALID,
        parent_span_is_remote: false,
        span_kind: SpanKind::Internal,
        name: Cow::Owned(name.to_owned()),
        start_time: SystemTime::UNIX_EPOCH,
        end_time: SystemTime::UNIX_EPOCH,
        attributes: Vec::new(),
        dropped_attributes_count: 0,
        events: SpanEvents::default(),
        links: SpanLinks::default(),
        status,
        instrumentation_scope: InstrumentationScope::default(),
    }
}

fn held(spans: usize) -> Held {
    let bytes = 1 << 20;
    Held::new(Limits { spans, bytes })
}

/// Ends a span; the names of those that are exported.
fn end(held: &Held, trace: u128, name: &str, status: Status) -> Vec<String> {
    held.end(span(trace, name, status))
        .into_iter()
        .map(|span| span.name.into_owned())
        .collect()
}

fn counts(held: &Held) -> (usize, usize, usize, usize) {
    let traces = held.traces.lock().expect("no panic");
    let spans = traces.by_id.values().map(|trace| trace.spans.len()).sum();
    assert_eq!(traces.spans, spans);
    let bytes = traces.by_id.values().flat_map(|trace| &trace.spans);
    let bytes: usize = bytes.map(weight::of_span).sum();
    assert_eq!(traces.bytes, bytes);
    (traces.by_id.len(), traces.order.len(), spans, bytes)
}

#[test]
fn an_error_brings_its_trace_and_no_other() {
    let held = held(16);
    assert!(end(&held, 1, "fetch", Status::Unset).is_empty());
    assert!(end(&held, 2, "other", Status::Unset).is_empty());
    assert!(end(&held, 1, "parse", Status::Ok).is_empty());
    let exported = end(&held, 1, "plan", Status::error("no way"));
    assert_eq!(exported, ["fetch", "parse", "plan"]);
    // What ends after the error too, once.
    assert_eq!(end(&held, 1, "root", Status::Unset), ["root"]);
    assert!(end(&held, 2, "root", Status::Unset).is_empty());
}

#[test]
fn what_is_exported_says_why() {
    let held = held(16);
    let exported = held.end(span(1, "plan", Status::error("")));
    let attribute = exported[0].attributes.last().expect("an attribute");
    assert_eq!(attribute, &KeyValue::new("caxton.kept_for", "error"));
}

#[test]
fn the_oldest_trace_goes_first() {
    let held = held(3);
    for trace in 1..=4 {
        assert!(end(&held, trace, "ok", Status::Unset).is_empty());
    }
    let (traces, order, spans, _) = counts(&held);
    assert_eq!((traces, order, spans), (3, 3, 3));
    assert_eq!(end(&held, 1, "error", Status::error("")), ["error"]);
    assert_eq!(end(&held, 4, "error", Status::error("")), ["ok", "error"]);
}

#[test]
fn of_one_long_trace_the_last_spans_stay() {
    let held = held(3);
    for name in ["a", "b", "c", "d", "e"] {
        assert!(end(&held, 1, name, Status::Unset).is_empty());
    }
    let exported = end(&held, 1, "f", Status::error(""));
    assert_eq!(exported, ["c", "d", "e", "f"]);
    assert_eq!(counts(&held).2, 0);
}

#[test]
fn traces_that_failed_take_places_too() {
    let held = held(8);
    for trace in 1..=1000 {
        let _ = end(&held, trace, "error", Status::error(""));
    }
    let (traces, order, spans, bytes) = counts(&held);
    assert_eq!((traces, order, spans, bytes), (8, 8, 0, 0));
}

#[test]
fn bytes_are_bounded() {
    let spans = 1_000_000;
    let bytes = 64 * 1024;
    let held = Held::new(Limits { spans, bytes });
    let long = "x".repeat(10_000);
    for trace in 1..=100 {
        assert!(end(&held, trace, &long, Status::Unset).is_empty());
    }
    let (traces, _, _, used) = counts(&held);
    assert!(used <= bytes && used > bytes / 2, "{used}");
    assert!(traces <= 6, "{traces}");
}

#[test]
fn no_place_at_all_still_exports_the_error() {
    let held = held(0);
    assert!(end(&held, 1, "ok", Status::Unset).is_empty());
    assert_eq!(end(&held, 1, "error", Status::error("")), ["error"]);
}

#[test]
fn threads_lose_nothing() {
    let held = held(10_000);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let held = &held;
            scope.spawn(move || {
                for at in 0..500 {
                    let trace = thread * 500 + at + 1;
                    assert!(end(held, trace, "ok", Status::Unset).is_empty());
                    assert_eq!(end(held, trace, "error", Status::error("")).len(), 2);
                }
            });
        }
    });
    assert_eq!(counts(&held).2, 0);
}
