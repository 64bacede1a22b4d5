//! One execution of an annotated function, from its start to exactly one
//! status.

use tracing::Span;

use super::labels::Status;
use super::outcome::Verdict;
use super::site::Families;
use super::span;
use crate::clock::Started;
use crate::exemplar;
use crate::label::LabelValue;

/// An execution under way. It ends when it is [finished](Self::finish), or
/// when it is dropped: then it was cancelled, or its own code panicked.
pub struct Execution {
    series: Series,
    span: Span,
    started: Started,
    phase: Phase,
    /// Whether a recorder took the gauge up, so that it is to be taken down.
    active: bool,
}

pub(crate) enum Series {
    Site(&'static Families),
    Own(Families),
}

#[derive(Clone, Copy, PartialEq)]
enum Phase {
    /// Between two polls.
    Waiting,
    /// The function's own code runs, in the span. Dropped here, it unwinds:
    /// `thread::panicking` would also be true for a future that is merely
    /// dropped while something else unwinds.
    Running,
    /// The future is being dropped unfinished, in the span.
    Dropping,
    Done,
}

/// An execution that has not started: what it needs when it does.
pub struct Prepared {
    series: Series,
    span: Span,
}

impl Prepared {
    pub(crate) fn start(self) -> Execution {
        Execution::start(self.series, self.span)
    }
}

impl Execution {
    #[inline(always)]
    pub(crate) fn start(series: Series, span: Span) -> Self {
        // Made where it stays, and filled in there.
        let mut execution = Self {
            series,
            span,
            started: Started::default(),
            phase: Phase::Waiting,
            active: false,
        };
        execution.active = execution.series.families().active.add(0, 1.0);
        execution.started = Started::now();
        execution
    }

    /// The function's own code runs from here.
    #[inline]
    pub fn enter(&mut self) {
        self.phase = Phase::Running;
        if !self.span.is_none() {
            span::enter(&self.span);
        }
    }

    /// The function's own code waits.
    #[inline]
    pub(crate) fn leave(&mut self) {
        self.phase = Phase::Waiting;
        if !self.span.is_none() {
            span::exit(&self.span);
        }
    }

    /// The future is dropped unfinished from here. When that happens because
    /// it panicked, the span was never left.
    pub(crate) fn enter_drop(&mut self) {
        if self.phase == Phase::Waiting {
            self.enter();
            self.phase = Phase::Dropping;
        }
    }

    pub(crate) fn leave_drop(&mut self) {
        if self.phase == Phase::Dropping {
            self.leave();
        }
    }

    /// Ends the execution with what the function returned.
    #[inline(never)]
    pub fn finish(&mut self, verdict: Verdict<'_>) {
        if self.phase != Phase::Done {
            self.end(verdict.status(), verdict);
        }
    }

    /// Takes the execution back, to start when the future that the function
    /// returned is first polled.
    #[must_use]
    pub fn postpone(&mut self) -> Prepared {
        self.lower();
        let entered = self.phase == Phase::Running;
        self.phase = Phase::Done;
        let span = std::mem::replace(&mut self.span, span::NONE);
        if entered {
            span::exit(&span);
        }
        let series = match &self.series {
            Series::Site(families) => Series::Site(families),
            Series::Own(families) => Series::Own(families.clone()),
        };
        Prepared { series, span }
    }

    #[inline(always)]
    fn end(&mut self, status: Status, verdict: Verdict<'_>) {
        let elapsed = self.started.seconds();
        let entered = self.phase != Phase::Waiting;
        self.phase = Phase::Done;
        self.lower();
        let families = self.series.families();
        families.duration.record(status.index(), elapsed);
        families.executions.increment(status.index(), 1);
        if exemplar::wanted() {
            families.offer(status, elapsed, &self.span);
        }
        if !self.span.is_none() {
            // Left first: the user's error may panic when it is formatted.
            if entered {
                span::exit(&self.span);
            }
            span::record(&self.span, status, verdict);
        }
    }

    #[inline(always)]
    fn lower(&mut self) {
        if std::mem::take(&mut self.active) {
            self.series.families().active.add(0, -1.0);
        }
    }

    #[cold]
    fn abandon(&mut self) {
        let status = match self.phase {
            Phase::Running => Status::Panicked,
            Phase::Waiting | Phase::Dropping | Phase::Done => Status::Cancelled,
        };
        self.end(status, Verdict::Ok);
    }
}

impl Drop for Execution {
    #[inline]
    fn drop(&mut self) {
        if self.phase != Phase::Done {
            self.abandon();
        }
    }
}

impl Series {
    #[inline(always)]
    fn families(&self) -> &Families {
        match self {
            Self::Site(families) => families,
            Self::Own(families) => families,
        }
    }
}
