//! Where the SDK hands over a log record.

use std::time::Duration;

use opentelemetry::InstrumentationScope;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{LogProcessor, SdkLogRecord};

use super::request::Record;
use crate::otlp::batch::{self, Queue};
use crate::otlp::flush::Flusher;

#[derive(Debug)]
pub(super) struct Processor {
    queue: Queue<Record>,
    flusher: Flusher,
}

impl Processor {
    pub(super) const fn new(queue: Queue<Record>, flusher: Flusher) -> Self {
        Self { queue, flusher }
    }
}

impl LogProcessor for Processor {
    fn emit(&self, record: &mut SdkLogRecord, scope: &InstrumentationScope) {
        self.queue.push(Record {
            record: Box::new(record.clone()),
            scope: scope.clone(),
        });
    }

    fn force_flush(&self) -> OTelSdkResult {
        batch::flush(&self.flusher)
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        batch::shutdown(&self.flusher, timeout)
    }
}
