//! One execution of an annotated function, from its start to exactly one
//! status.

use std::mem::{self, ManuallyDrop};

use tracing::Span;

use super::labels::Status;
use super::outcome::Verdict;
use super::site::{Families, Site};
use super::span;
use crate::clock::Started;
use crate::exemplar;

/// An execution under way. It ends when it is [finished](Self::finish), or
/// when it is dropped: then it was cancelled, or its own code panicked.
///
/// It stays where it was made, and who ends it drops what it holds: a caller
/// whose function returned has nothing to do but to see that it ended.
pub struct Execution {
    series: ManuallyDrop<Series>,
    /// An option, of which `None` is one word to write.
    span: ManuallyDrop<Option<Span>>,
    started: Started,
    phase: Phase,
    /// Whether a recorder took the gauge up, so that it is to be taken down.
    active: bool,
}

pub(crate) enum Series {
    Site(&'static Site),
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
    span: Option<Span>,
}

impl Prepared {
    pub(crate) fn start(self) -> Execution {
        Execution::start(self.series, self.span)
    }
}

impl Execution {
    #[inline(always)]
    pub(crate) fn start(series: Series, span: Option<Span>) -> Self {
        let active = series.change_active(1.0);
        Self {
            started: Started::now(),
            series: ManuallyDrop::new(series),
            span: ManuallyDrop::new(span),
            phase: Phase::Waiting,
            active,
        }
    }

    /// The same without a span. Nothing is made before the clock is read: it is
    /// written once, to where it stays.
    #[inline(always)]
    pub(crate) fn start_at(site: &'static Site) -> Self {
        let active = site.change_active(1.0);
        let started = Started::now();
        Self {
            started,
            series: ManuallyDrop::new(Series::Site(site)),
            span: ManuallyDrop::new(None),
            phase: Phase::Waiting,
            active,
        }
    }

    /// The function's own code runs from here.
    #[inline]
    pub fn enter(&mut self) {
        if self.phase == Phase::Done {
            return;
        }
        self.phase = Phase::Running;
        if let Some(span) = &*self.span {
            span::enter(span);
        }
    }

    /// The function's own code waits.
    #[inline]
    pub(crate) fn leave(&mut self) {
        if self.phase == Phase::Done {
            return;
        }
        self.phase = Phase::Waiting;
        if let Some(span) = &*self.span {
            span::exit(span);
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
    /// returned is first polled; `None` if it ended.
    #[must_use]
    pub fn postpone(&mut self) -> Option<Prepared> {
        if self.phase == Phase::Done {
            return None;
        }
        let entered = self.phase == Phase::Running;
        self.phase = Phase::Done;
        // SAFETY: whoever sets the phase to `Done` takes them; first, since a
        // recorder may panic.
        let (series, span) = unsafe {
            let series = ManuallyDrop::take(&mut self.series);
            (series, ManuallyDrop::take(&mut self.span))
        };
        if mem::take(&mut self.active) {
            series.change_active(-1.0);
        }
        if let (true, Some(span)) = (entered, &span) {
            span::exit(span);
        }
        Some(Prepared { series, span })
    }

    #[inline(always)]
    fn end(&mut self, status: Status, verdict: Verdict<'_>) {
        let elapsed = self.started.seconds();
        let entered = self.phase != Phase::Waiting;
        self.phase = Phase::Done;
        let active = mem::take(&mut self.active);
        let held = Held(self);
        held.0.series.end(active, status, elapsed);
        if exemplar::wanted() {
            let families = held.0.series.families();
            families.offer(status, elapsed, held.0.span.as_ref());
        }
        if let Some(span) = &*held.0.span {
            end_span(span, entered, status, verdict);
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

/// What an execution still holds that is done: dropped also when a recorder, a
/// source of traces or the user's error panics.
struct Held<'a>(&'a mut Execution);

impl Drop for Held<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: whoever sets the phase to `Done` takes them.
        unsafe {
            ManuallyDrop::drop(&mut self.0.series);
            ManuallyDrop::drop(&mut self.0.span);
        }
    }
}

#[cold]
#[inline(never)]
fn end_span(span: &Span, entered: bool, status: Status, verdict: Verdict<'_>) {
    // Left first: the user's error may panic when it is formatted.
    if entered {
        span::exit(span);
    }
    span::record(span, status, verdict);
}

impl Series {
    #[inline(always)]
    fn change_active(&self, by: f64) -> bool {
        match self {
            Self::Site(site) => site.change_active(by),
            Self::Own(families) => families.change_active(by),
        }
    }

    /// Counts what ended, and is active no more if it was.
    #[inline(always)]
    fn end(&self, active: bool, status: Status, elapsed: f64) {
        match self {
            Self::Site(site) => {
                if active {
                    site.change_active(-1.0);
                }
                site.count(status, elapsed);
            }
            Self::Own(families) => families.end(active, status, elapsed),
        }
    }

    fn families(&self) -> &Families {
        match self {
            Self::Site(site) => site.families(),
            Self::Own(families) => families,
        }
    }
}
