//! Values are read on a thread of their own, when a reader comes.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::meta::{RefreshOutcome, Source, refreshed};

/// Values are not read more often.
const FRESH: Duration = Duration::from_secs(1);

/// How long a reader waits for them.
pub(super) const PATIENCE: Duration = Duration::from_millis(250);

/// How long the end of the program waits for the thread.
const END: Duration = Duration::from_millis(100);

/// Reads one kind of values.
pub(super) type Job = (Source, Box<dyn FnMut() -> RefreshOutcome + Send>);

/// A thread that reads values when it is asked to.
#[derive(Debug)]
pub(super) struct Refresher {
    shared: Arc<Shared>,
    sources: Vec<Source>,
}

/// Locked by readers and the thread, never by an update of a metric, and never
/// while values are read.
#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    wanted: bool,
    /// A refresh is under way.
    running: bool,
    /// When the last one that is over began.
    last: Option<Instant>,
    /// How many are over.
    done: u64,
    /// A reader gave up waiting for the one under way: others do not begin to.
    given_up: bool,
    life: Life,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Life {
    #[default]
    Open,
    /// The thread is to end.
    Closed,
    Ended,
}

impl Refresher {
    pub(super) fn start(name: &'static str, jobs: Vec<Job>) -> io::Result<Self> {
        let shared = Arc::<Shared>::default();
        let sources = jobs.iter().map(|(source, _)| *source).collect();
        let of_thread = Arc::clone(&shared);
        thread::Builder::new()
            .name(String::from(name))
            .spawn(move || of_thread.run(jobs))?;
        Ok(Self { shared, sources })
    }

    /// Asks for fresh values; what to wait for, unless there are some.
    pub(super) fn ask(&self) -> Option<Asked<'_>> {
        let mut state = self.shared.lock();
        if state.life != Life::Open || state.last.is_some_and(|last| last.elapsed() < FRESH) {
            return None;
        }
        if !state.running && !state.wanted {
            state.wanted = true;
            self.shared.changed.notify_all();
        }
        Some(Asked {
            refresher: self,
            after: state.done,
        })
    }
}

/// A refresh that was asked for.
pub(super) struct Asked<'a> {
    refresher: &'a Refresher,
    after: u64,
}

impl Asked<'_> {
    /// Waits for it, but not longer.
    pub(super) fn wait(self, until: Instant) {
        let shared = &self.refresher.shared;
        let mut state = shared.lock();
        while state.done == self.after && state.life != Life::Ended {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || state.given_up {
                state.given_up = true;
                drop(state);
                for source in &self.refresher.sources {
                    refreshed(*source, RefreshOutcome::Late);
                }
                return;
            }
            state = match shared.changed.wait_timeout(state, left) {
                Ok((state, _)) => state,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
    }
}

impl Drop for Refresher {
    /// One that hangs is left behind.
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        if state.life == Life::Open {
            state.life = Life::Closed;
        }
        self.shared.changed.notify_all();
        let until = Instant::now() + END;
        while state.life != Life::Ended {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            state = match self.shared.changed.wait_timeout(state, left) {
                Ok((state, _)) => state,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, mut jobs: Vec<Job>) {
        // Also if a job panics: nobody waits for what will not come.
        let _ended = Ended(self);
        loop {
            let mut state = self.lock();
            while !state.wanted && state.life == Life::Open {
                state = self
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            if state.life != Life::Open {
                return;
            }
            let began = Instant::now();
            state.wanted = false;
            state.running = true;
            drop(state);
            for (source, job) in &mut jobs {
                refreshed(*source, job());
            }
            let mut state = self.lock();
            state.running = false;
            state.last = Some(began);
            state.done += 1;
            state.given_up = false;
            self.changed.notify_all();
        }
    }
}

struct Ended<'a>(&'a Shared);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.life = Life::Ended;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::mpsc;

    use super::*;

    fn counting(count: &Arc<AtomicU32>, at_once: &Arc<AtomicU32>) -> Job {
        let (count, at_once) = (Arc::clone(count), Arc::clone(at_once));
        let job = move || {
            assert_eq!(at_once.fetch_add(1, Ordering::SeqCst), 0);
            thread::sleep(Duration::from_millis(5));
            count.fetch_add(1, Ordering::SeqCst);
            at_once.fetch_sub(1, Ordering::SeqCst);
            RefreshOutcome::Ok
        };
        (Source::Process, Box::new(job))
    }

    fn read(refresher: &Refresher) {
        if let Some(asked) = refresher.ask() {
            asked.wait(Instant::now() + PATIENCE);
        }
    }

    #[test]
    fn many_readers_make_one_refresh() {
        let (count, at_once) = (Arc::default(), Arc::default());
        let refresher =
            Refresher::start("test-refresh", vec![counting(&count, &at_once)]).expect("a thread");
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    read(&refresher);
                    assert!(count.load(Ordering::SeqCst) >= 1, "it was waited for");
                });
            }
        });
        assert_eq!(count.load(Ordering::SeqCst), 1);
        thread::sleep(FRESH);
        read(&refresher);
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn a_hanging_source_is_bounded() {
        let (go, gate) = mpsc::channel::<()>();
        let job = move || {
            let _ = gate.recv();
            RefreshOutcome::Ok
        };
        let refresher =
            Refresher::start("test-hang", vec![(Source::Disk, Box::new(job))]).expect("a thread");
        let began = Instant::now();
        read(&refresher);
        let first = began.elapsed();
        assert!(first >= PATIENCE && first < PATIENCE * 4, "{first:?}");
        let began = Instant::now();
        read(&refresher);
        assert!(began.elapsed() < PATIENCE / 2, "the second does not wait");
        let began = Instant::now();
        drop(refresher);
        assert!(began.elapsed() < END * 5, "nor does the end");
        drop(go);
    }

    #[test]
    fn what_panics_is_not_waited_for() {
        // Without the message, which takes long to write.
        let job = || std::panic::resume_unwind(Box::new(()));
        let refresher =
            Refresher::start("test-panic", vec![(Source::Disk, Box::new(job))]).expect("a thread");
        read(&refresher);
        let began = Instant::now();
        for _ in 0..100 {
            read(&refresher);
        }
        assert!(began.elapsed() < PATIENCE);
    }
}
