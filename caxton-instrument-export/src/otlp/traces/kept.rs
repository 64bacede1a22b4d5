//! Spans that no sampler chose, held until it is known whether their trace has
//! an error.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use opentelemetry::trace::{Status, TraceId};
use opentelemetry::{Key, KeyValue, Value};
use opentelemetry_sdk::trace::SpanData;

use super::weight;

const KEPT_FOR: &str = "caxton.kept_for";

/// The last spans that were not chosen, by trace.
#[derive(Debug)]
pub(super) struct Held {
    traces: Mutex<Traces>,
}

#[derive(Debug)]
struct Traces {
    by_id: HashMap<TraceId, Trace>,
    /// In the order in which they were first met; an id stands in it once.
    order: VecDeque<TraceId>,
    spans: usize,
    bytes: usize,
    limits: Limits,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) spans: usize,
    pub(super) bytes: usize,
}

#[derive(Debug, Default)]
struct Trace {
    spans: VecDeque<SpanData>,
    /// There was an error: what ends from now on is exported.
    failed: bool,
}

impl Held {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            traces: Mutex::new(Traces {
                by_id: HashMap::new(),
                order: VecDeque::new(),
                spans: 0,
                bytes: 0,
                limits,
            }),
        }
    }

    /// Takes a span that ended, and returns those to export: none, unless its
    /// trace has an error.
    pub(super) fn end(&self, span: SpanData) -> Vec<SpanData> {
        let mut export = {
            let mut traces = self.traces.lock().unwrap_or_else(PoisonError::into_inner);
            traces.end(span)
        };
        for span in &mut export {
            let kept_for = KeyValue::new(Key::from_static_str(KEPT_FOR), Value::from("error"));
            span.attributes.push(kept_for);
        }
        export
    }
}

impl Traces {
    fn end(&mut self, span: SpanData) -> Vec<SpanData> {
        let id = span.span_context.trace_id();
        let trace = self.by_id.entry(id).or_insert_with(|| {
            self.order.push_back(id);
            Trace::default()
        });
        if trace.failed || matches!(span.status, Status::Error { .. }) {
            trace.failed = true;
            let mut export: Vec<_> = std::mem::take(&mut trace.spans).into();
            self.spans -= export.len();
            self.bytes -= export.iter().map(weight::of_span).sum::<usize>();
            export.push(span);
            self.shrink();
            return export;
        }
        self.spans += 1;
        self.bytes += weight::of_span(&span);
        trace.spans.push_back(span);
        self.shrink();
        Vec::new()
    }

    /// Forgets the oldest traces; of the only one, the oldest spans. A trace
    /// without spans takes a place too: it is known to have failed.
    fn shrink(&mut self) {
        while self.spans > self.limits.spans
            || self.bytes > self.limits.bytes
            || self.order.len() > self.limits.spans.max(1)
        {
            let Some(oldest) = self.order.front().copied() else {
                return;
            };
            if self.order.len() > 1 {
                self.order.pop_front();
                if let Some(trace) = self.by_id.remove(&oldest) {
                    self.spans -= trace.spans.len();
                    self.bytes -= trace.spans.iter().map(weight::of_span).sum::<usize>();
                }
            } else if let Some(span) = self
                .by_id
                .get_mut(&oldest)
                .and_then(|trace| trace.spans.pop_front())
            {
                self.spans -= 1;
                self.bytes -= weight::of_span(&span);
            } else {
                return;
            }
        }
    }
}

#[cfg(test)]
#[path = "kept_tests.rs"]
pub(super) mod tests;
