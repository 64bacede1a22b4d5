//! Where the SDK hands over a span that ended.

use std::time::Duration;

use opentelemetry::Value;
use opentelemetry::trace::Status;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};

use super::kept::Held;
use super::meta;
use crate::otlp::batch::{self, Queue};
use crate::otlp::flush::Flusher;

#[derive(Debug)]
pub(super) struct Processor {
    queue: Queue<SpanData>,
    held: Option<Held>,
    flusher: Flusher,
}

impl Processor {
    pub(super) const fn new(queue: Queue<SpanData>, held: Option<Held>, flusher: Flusher) -> Self {
        Self {
            queue,
            held,
            flusher,
        }
    }
}

impl SpanProcessor for Processor {
    fn on_start(&self, _: &mut Span, _: &opentelemetry::Context) {}

    fn on_end(&self, mut span: SpanData) {
        describe(&mut span);
        if span.span_context.is_sampled() {
            self.queue.push(span);
        } else if let Some(held) = &self.held {
            let kept = held.end(span);
            if !kept.is_empty() {
                meta::kept_for_error(kept.len() as u64);
            }
            for span in kept {
                self.queue.push(span);
            }
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        batch::flush(&self.flusher)
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        batch::shutdown(&self.flusher, timeout)
    }
}

/// An error without a description takes the one in the field `error`, or the
/// status of the execution: `tracing` has no field that is both.
fn describe(span: &mut SpanData) {
    let Status::Error { description } = &mut span.status else {
        return;
    };
    if !description.is_empty() {
        return;
    }
    let text = |name: &str| {
        span.attributes.iter().rev().find_map(|attribute| {
            let Value::String(text) = &attribute.value else {
                return None;
            };
            (attribute.key.as_str() == name && !text.as_str().is_empty()).then(|| text.to_string())
        })
    };
    let panicked = || text("status").filter(|status| status == "panicked");
    if let Some(text) = text("error").or_else(panicked) {
        *description = text.into();
    }
}

#[cfg(test)]
#[path = "processor_tests.rs"]
mod tests;
