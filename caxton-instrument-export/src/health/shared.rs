//! The checks, what they found last, and the round that is under way: one for
//! all who ask.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::timeout;

use super::build::{Settings, Wanted};
use super::report::{Checked, Outcome, Report};
use super::round::{self, Kept, SLACK};
use crate::error::InstallError;

/// The program's health.
#[derive(Debug)]
pub(crate) struct Health {
    checks: Vec<Kept>,
    settings: Settings,
    /// The longest that a round takes, whatever its checks do.
    longest: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    last: Option<Arc<Report>>,
    /// Closed when the round under way has ended.
    round: Option<Round>,
}

#[derive(Debug)]
struct Round {
    start: Instant,
    ended: watch::Receiver<()>,
}

impl Health {
    pub(crate) fn new(wanted: Wanted) -> Result<Arc<Self>, InstallError> {
        let mut names = HashSet::new();
        if let Some(twice) = wanted
            .checks
            .iter()
            .find(|check| !names.insert(check.name.clone()))
        {
            return Err(InstallError::DuplicateCheck {
                name: twice.name.to_string(),
            });
        }
        let checks: Vec<_> = wanted.checks.into_iter().map(Kept::new).collect();
        let longest = checks.iter().map(Kept::timeout).max().unwrap_or_default() + 2 * SLACK;
        Ok(Arc::new(Self {
            checks,
            settings: wanted.settings,
            longest,
            state: Mutex::default(),
        }))
    }

    /// How many checks there are.
    pub(crate) const fn len(&self) -> usize {
        self.checks.len()
    }

    /// Whether `/readyz` depends on them.
    pub(crate) const fn decides_readiness(&self) -> bool {
        self.settings.decides_readiness
    }

    /// Has the checks run, unless they did lately. Waits for nothing.
    pub(crate) fn refresh(self: &Arc<Self>) {
        if !self.checks.is_empty() {
            let _ = self.look();
        }
    }

    /// What the checks found: lately, or by the time they have run.
    pub(crate) async fn report(self: &Arc<Self>) -> Arc<Report> {
        if self.checks.is_empty() {
            return Arc::new(Report::new(Vec::new()));
        }
        // A round may end with the runtime it is on; the next one is on ours.
        for _ in 0..2 {
            let mut ended = match self.look() {
                Ok(report) => return report,
                Err(ended) => ended,
            };
            // Nothing is ever sent: it is closed.
            let _ = timeout(self.longest, ended.changed()).await;
            if let Some(report) = self.fresh() {
                return report;
            }
        }
        Arc::new(self.unknown())
    }

    /// A report that is good enough, or the round to wait for. Starts one where
    /// it is time.
    fn look(self: &Arc<Self>) -> Result<Arc<Report>, watch::Receiver<()>> {
        let mut state = self.lock();
        let age = state.last.as_ref().map(|last| last.taken.elapsed());
        if let (Some(last), Some(age)) = (&state.last, age)
            && age < self.settings.cache
        {
            return Ok(Arc::clone(last));
        }
        let under_way = state
            .round
            .as_ref()
            // One that takes longer is on a runtime that nothing drives.
            .filter(|round| round.start.elapsed() < self.longest)
            .map(|round| round.ended.clone());
        let ended = under_way.unwrap_or_else(|| self.start(&mut state));
        match (&state.last, age) {
            (Some(last), Some(age)) if age < self.settings.stale => Ok(Arc::clone(last)),
            _ => Err(ended),
        }
    }

    /// Starts a round on the current runtime.
    fn start(self: &Arc<Self>, state: &mut State) -> watch::Receiver<()> {
        let (ends, ended) = watch::channel(());
        if let Ok(runtime) = Handle::try_current() {
            let start = Instant::now();
            state.round = Some(Round {
                start,
                ended: ended.clone(),
            });
            let ending = Ending {
                health: Arc::clone(self),
                start,
                report: None,
                _ends: ends,
            };
            runtime.spawn(ending.run());
        }
        ended
    }

    /// What is known and not older than an answer may be.
    fn fresh(&self) -> Option<Arc<Report>> {
        let state = self.lock();
        let last = state.last.as_ref()?;
        let oldest = self.settings.cache.max(self.settings.stale).max(SLACK);
        (last.taken.elapsed() < oldest).then(|| Arc::clone(last))
    }

    /// Two rounds have not ended: all that can be said.
    fn unknown(&self) -> Report {
        let unknown = |kept: &Kept| Checked {
            name: kept.name().into(),
            is_critical: true,
            outcome: Outcome::TimedOut(self.longest),
            latency: self.longest,
        };
        Report::new(self.checks.iter().map(unknown).collect())
    }

    /// Held for a few moves, never over a wait.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A round under way. Whoever waits is told when it ends, also when its runtime
/// ends first.
struct Ending {
    health: Arc<Health>,
    start: Instant,
    report: Option<Arc<Report>>,
    /// Closes the channel, after the report is there.
    _ends: watch::Sender<()>,
}

impl Ending {
    async fn run(mut self) {
        self.report = Some(Arc::new(round::run(&self.health.checks).await));
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        let mut state = self.health.lock();
        if state
            .round
            .as_ref()
            .is_some_and(|round| round.start == self.start)
        {
            state.round = None;
        }
        if let Some(report) = self.report.take() {
            state.last = Some(report);
        }
    }
}

#[cfg(test)]
mod tests;
