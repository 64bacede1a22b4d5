//! What the tests of annotated functions share: a set in a recorder of the
//! test's own, and futures that wait as often as a test wants.
#![allow(dead_code, unreachable_pub, missing_docs)]

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use caxton_instrument::prelude::*;
use caxton_instrument::testing::TestRecorder;
use caxton_instrument::{ActiveLabels, AgentMetrics};

pub const STATUSES: [Status; 4] = [
    Status::Ok,
    Status::Error,
    Status::Cancelled,
    Status::Panicked,
];

/// A set that no other test sees.
#[derive(Clone)]
pub struct Lab {
    pub recorder: TestRecorder,
    pub metrics: Arc<AgentMetrics>,
}

impl Lab {
    pub fn new() -> Self {
        let recorder = TestRecorder::new();
        let metrics = Arc::new(AgentMetrics::new_in(recorder.shared()));
        Self { recorder, metrics }
    }

    /// Executions of `operation` as ok, error, cancelled, panicked.
    pub fn counts(&self, operation: &str) -> [u64; 4] {
        self.counts_of("tester", operation)
    }

    pub fn counts_of(&self, agent_type: &str, operation: &str) -> [u64; 4] {
        STATUSES.map(|status| {
            let labels = AgentLabels::of(agent_type, operation, status);
            let count = self.recorder.counter(AgentMetrics::EXECUTIONS, &labels);
            let samples = self
                .recorder
                .histogram(AgentMetrics::EXECUTION_DURATION, &labels);
            assert_eq!(
                samples.count as u64, count,
                "one duration for each execution"
            );
            assert!(
                samples
                    .values
                    .iter()
                    .all(|seconds| (0.0..60.0).contains(seconds))
            );
            count
        })
    }

    pub fn active(&self, operation: &str) -> f64 {
        let labels = ActiveLabels::of("tester", operation);
        self.recorder
            .gauge(AgentMetrics::EXECUTIONS_ACTIVE, &labels)
    }

    /// Asserts what was counted, and that nothing is under way any more.
    #[track_caller]
    pub fn assert(&self, operation: &str, counts: [u64; 4]) {
        assert_eq!(
            self.counts(operation),
            counts,
            "ok, error, cancelled, panicked of {operation}"
        );
        assert!(
            self.active(operation).abs() < f64::EPSILON,
            "active {operation}"
        );
    }
}

/// Is pending `n` times.
pub async fn wait(n: usize) {
    for _ in 0..n {
        let mut pending = true;
        poll_fn(|_| {
            if std::mem::take(&mut pending) {
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        })
        .await;
    }
}

/// Polls once.
pub fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls until it is ready.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    loop {
        if let Poll::Ready(value) = poll(future.as_mut()) {
            return value;
        }
    }
}
