//! One request, from the call of the service to exactly one end.

use std::time::Instant;

use caxton_instrument::{OwnedTracked, SetInstance, Status};
use http::{HeaderMap, StatusCode, header};

use super::labels::{Code, Method, RequestLabels, RouteLabels, TimeLabels};
use super::route::Template;
use super::set::HttpMetricSet;

/// What both bodies of a request name their series by.
pub(super) struct Labels<S: 'static> {
    pub(super) set: SetInstance<S>,
    pub(super) method: Method,
    pub(super) template: Template,
}

impl<S> Clone for Labels<S> {
    fn clone(&self) -> Self {
        Self {
            set: self.set.clone(),
            method: self.method,
            template: self.template.clone(),
        }
    }
}

/// A request under way. Dropped before its end it was cancelled, or its own code
/// panicked.
pub(super) struct InFlight<S: HttpMetricSet> {
    labels: Labels<S>,
    start: Instant,
    phase: Phase,
    code: Option<StatusCode>,
    sent: u64,
    /// What the answer's body has to come to, where that is known.
    length: Option<u64>,
    _active: OwnedTracked,
}

#[derive(Clone, Copy, PartialEq)]
enum Phase {
    /// Between two polls.
    Waiting,
    /// The service's own code runs. Dropped here, it unwinds: `thread::panicking`
    /// would also be true for a request that is dropped while something else does.
    Running,
    Done,
}

impl<S: HttpMetricSet> InFlight<S> {
    pub(super) fn start(labels: Labels<S>) -> Self {
        let active = {
            let by = RouteLabels::of(labels.method, labels.template.as_str());
            labels.set.active_requests().at(&by).bind().track(1)
        };
        Self {
            labels,
            start: Instant::now(),
            phase: Phase::Waiting,
            code: None,
            sent: 0,
            length: None,
            _active: active,
        }
    }

    pub(super) const fn enter(&mut self) {
        self.phase = Phase::Running;
    }

    pub(super) const fn leave(&mut self) {
        self.phase = Phase::Waiting;
    }

    /// The head of the answer is there; true when there is nothing after it.
    pub(super) fn answered(
        &mut self,
        code: StatusCode,
        headers: &HeaderMap,
        length: Option<u64>,
    ) -> bool {
        self.code = Some(code);
        let stated = headers
            .get(header::CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse().ok());
        // A server stops where the header says, and asks for no end.
        self.length = stated.or(length);
        self.labels.method == Method::Head
            || self.length == Some(0)
            || code.is_informational()
            || code == StatusCode::NO_CONTENT
            || code == StatusCode::NOT_MODIFIED
    }

    /// More of the answer went to the server; true when that was the last of it.
    pub(super) fn sent(&mut self, bytes: usize) -> bool {
        self.sent = self.sent.saturating_add(bytes as u64);
        self.length.is_some_and(|length| self.sent >= length)
    }

    /// The answer is complete.
    pub(super) fn finish(mut self) {
        let failed = self.code.is_some_and(|code| code.is_server_error());
        self.end(if failed { Status::Error } else { Status::Ok }, None);
    }

    /// The service or its answer's body failed.
    pub(super) fn fail(mut self) {
        self.end(Status::Error, Some(Code::Failed));
    }

    /// `missing` is what stands for the code where there is no answer.
    fn end(&mut self, status: Status, missing: Option<Code>) {
        if self.phase == Phase::Done {
            return;
        }
        self.phase = Phase::Done;
        let Labels {
            set,
            method,
            template,
        } = &self.labels;
        let (method, template) = (*method, template.as_str());
        let elapsed = self.start.elapsed();
        let by = TimeLabels::of(method, template, status);
        set.request_duration().at(&by).record(elapsed);
        if self.code.is_some() {
            let by = RouteLabels::of(method, template);
            set.response_size().at(&by).record(self.sent);
        }
        let code = self.code.map(Code::from).or(missing);
        let by = RequestLabels::of(method, template, code.unwrap_or(Code::Cancelled));
        set.requests().at(&by).increment(1);
    }
}

impl<S: HttpMetricSet> Drop for InFlight<S> {
    fn drop(&mut self) {
        match self.phase {
            Phase::Done => {}
            Phase::Running => self.end(Status::Panicked, Some(Code::Panicked)),
            Phase::Waiting => self.end(Status::Cancelled, Some(Code::Cancelled)),
        }
    }
}
