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
use crate::recorder::slab::Own;

/// An execution under way. It ends when it is [finished](Self::finish), or
/// when it is dropped: then it was cancelled, or its own code panicked.
///
/// It stays where it was made, and who ends it takes what it holds: a caller
/// whose function returned has nothing to do but to see that it ended.
pub struct Execution {
    held: ManuallyDrop<Held>,
    started: Started,
    phase: Phase,
}

/// What an execution holds until it ends.
enum Held {
    /// Nothing: it ended.
    Ended,
    /// All that most have: a recorder took up the gauge of the site's series,
    /// and there is no span.
    Site(&'static Site),
    Whole(Whole),
}

struct Whole {
    series: Series,
    span: Option<Span>,
    /// Whether a recorder took the gauge up, so that it is to be taken down.
    active: bool,
}

pub(crate) enum Series {
    Site(&'static Site),
    Own(Families),
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Phase {
    /// Between two polls.
    Waiting,
    /// The function's own code runs, in the span. Dropped here, it unwinds:
    /// `thread::panicking` would also be true for a future that is merely
    /// dropped while something else unwinds.
    Running,
    /// The future is being dropped unfinished, in the span.
    Dropping,
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
    pub(crate) fn start(series: Series, span: Option<Span>) -> Self {
        let active = series.change_active(1.0);
        let started = Started::now();
        let held = match (series, span) {
            (Series::Site(site), None) if active => Held::Site(site),
            (series, span) => Held::Whole(Whole {
                series,
                span,
                active,
            }),
        };
        Self::of(held, started, Phase::Waiting)
    }

    /// One whose gauge is up, without a span.
    #[inline(always)]
    pub(super) fn of_site(site: &'static Site, started: Started, phase: Phase) -> Self {
        Self::of(Held::Site(site), started, phase)
    }

    #[inline(always)]
    fn of(held: Held, started: Started, phase: Phase) -> Self {
        Self {
            held: ManuallyDrop::new(held),
            started,
            phase,
        }
    }

    /// The same in a phase: entered, if its code runs.
    pub(super) fn at(mut self, phase: Phase) -> Self {
        if phase == Phase::Running {
            self.enter();
        }
        self
    }

    /// The function's own code runs from here.
    #[inline]
    pub fn enter(&mut self) {
        self.phase = Phase::Running;
        if let Some(span) = self.span() {
            span::enter(span);
        }
    }

    /// The function's own code waits.
    #[inline]
    pub(crate) fn leave(&mut self) {
        self.phase = Phase::Waiting;
        if let Some(span) = self.span() {
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

    fn span(&self) -> Option<&Span> {
        match &*self.held {
            Held::Whole(whole) => whole.span.as_ref(),
            Held::Site(_) | Held::Ended => None,
        }
    }

    /// Ends the execution with what the function returned.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn finish(&mut self, verdict: Verdict<'_>) {
        if let Held::Site(site) = *self.held {
            self.finish_at(site, verdict.status());
        } else {
            self.finish_whole(verdict);
        }
    }

    /// The usual end. But for finding the thread's slab, which in a library is a
    /// call, it calls nothing and comes back: whatever else there is to do is one
    /// call, that it ends with.
    #[inline(never)]
    fn finish_at(&mut self, site: &'static Site, status: Status) {
        // First, since all that is known by then would have to be kept.
        let own = Own::current();
        match self.started.seconds_at_once() {
            Some(elapsed) => self.finish_after(elapsed, own, site, status),
            None => self.finish_by_clock(site, status),
        }
    }

    /// The same where the clock is a call.
    #[inline(never)]
    fn finish_by_clock(&mut self, site: &'static Site, status: Status) {
        let elapsed = self.started.seconds();
        self.finish_after(elapsed, Own::current(), site, status);
    }

    #[inline(always)]
    fn finish_after(&mut self, elapsed: f64, own: Own, site: &'static Site, status: Status) {
        // There is nothing to drop in it.
        self.held = ManuallyDrop::new(Held::Ended);
        if exemplar::wanted() || !site.end_at_once(own, status, elapsed) {
            site.end_and_offer(status, elapsed);
        }
    }

    #[cold]
    #[inline(never)]
    fn finish_whole(&mut self, verdict: Verdict<'_>) {
        self.end(verdict.status(), verdict);
    }

    /// Takes the execution back, to start when the future that the function
    /// returned is first polled; `None` if it ended.
    #[must_use]
    pub fn postpone(&mut self) -> Option<Prepared> {
        let Whole {
            series,
            span,
            active,
        } = self.take()?;
        // If a recorder panics here, the span is dropped with what was taken.
        if active {
            series.change_active(-1.0);
        }
        if let (Phase::Running, Some(span)) = (self.phase, &span) {
            span::exit(span);
        }
        Some(Prepared { series, span })
    }

    fn take(&mut self) -> Option<Whole> {
        match mem::replace(&mut *self.held, Held::Ended) {
            Held::Ended => None,
            Held::Site(site) => Some(Whole {
                series: Series::Site(site),
                span: None,
                active: true,
            }),
            Held::Whole(whole) => Some(whole),
        }
    }

    fn end(&mut self, status: Status, verdict: Verdict<'_>) {
        let elapsed = self.started.seconds();
        // Dropped here also when a recorder, a source of traces or the user's
        // error panics.
        let Some(whole) = self.take() else { return };
        whole.series.end(whole.active, status, elapsed);
        if exemplar::wanted() {
            let families = whole.series.families();
            families.offer(status, elapsed, whole.span.as_ref());
        }
        if let Some(span) = &whole.span {
            // Left first: the user's error may panic when it is formatted.
            if self.phase != Phase::Waiting {
                span::exit(span);
            }
            span::record(span, status, verdict);
        }
    }

    #[cold]
    #[inline(never)]
    fn abandon(&mut self) {
        let status = match self.phase {
            Phase::Running => Status::Panicked,
            Phase::Waiting | Phase::Dropping => Status::Cancelled,
        };
        self.end(status, Verdict::Ok);
    }
}

impl Drop for Execution {
    #[inline]
    fn drop(&mut self) {
        if !matches!(*self.held, Held::Ended) {
            self.abandon();
        }
    }
}

impl Series {
    fn change_active(&self, by: f64) -> bool {
        match self {
            Self::Site(site) => site.change_active(by),
            Self::Own(families) => families.change_active(by),
        }
    }

    /// Counts what ended, and is active no more if it was.
    fn end(&self, active: bool, status: Status, elapsed: f64) {
        match self {
            Self::Site(site) => site.end(active, status, elapsed),
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
