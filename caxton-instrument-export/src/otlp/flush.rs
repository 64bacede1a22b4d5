//! What is still in memory is sent when it is asked for, and at the end.

use std::fmt;
use std::sync::mpsc as answers;
use std::time::Duration;

use caxton_instrument::LabelValue as _;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::SignalName;
use super::worker::Worker;

/// How long the end may take, unless it is said.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(5);

/// Requests that wait for one signal. All that wait are answered by one export.
const WAITING: usize = 64;

/// Asks one signal to send what it has.
#[derive(Debug, Clone)]
pub(crate) struct Flusher {
    signal: SignalName,
    requests: mpsc::Sender<FlushRequest>,
}

/// What a signal is asked.
#[derive(Debug)]
pub(crate) struct FlushRequest {
    /// Nobody waits longer.
    pub(crate) until: Instant,
    /// Whether nothing is sent after it: the task ends.
    pub(crate) is_last: bool,
    answer: answers::Sender<bool>,
}

impl Flusher {
    /// The two ends: one for [`Exports`], one for the signal's task.
    pub(crate) fn new(signal: SignalName) -> (Self, mpsc::Receiver<FlushRequest>) {
        let (requests, asked) = mpsc::channel(WAITING);
        (Self { signal, requests }, asked)
    }

    /// Asks, and waits so long.
    pub(crate) fn ask(&self, within: Duration, is_last: bool) -> Outcome {
        self.begin(within, is_last).wait(within)
    }

    fn begin(&self, within: Duration, is_last: bool) -> Asked {
        let (request, answered) = FlushRequest::new(Instant::now() + within, is_last);
        // Where too many wait nobody answers.
        let _ = self.requests.try_send(request);
        Asked(answered)
    }
}

/// How a flush went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The collector took all of it.
    Delivered,
    /// The collector did not take all of it.
    Lost,
    /// There was no answer in time.
    Late,
    /// There is nobody to answer: the task ended, or too many wait.
    Ended,
}

struct Asked(answers::Receiver<bool>);

impl Asked {
    fn wait(&self, within: Duration) -> Outcome {
        match self.0.recv_timeout(within) {
            Ok(true) => Outcome::Delivered,
            Ok(false) => Outcome::Lost,
            Err(answers::RecvTimeoutError::Timeout) => Outcome::Late,
            Err(answers::RecvTimeoutError::Disconnected) => Outcome::Ended,
        }
    }
}

impl FlushRequest {
    pub(crate) fn new(until: Instant, is_last: bool) -> (Self, answers::Receiver<bool>) {
        let (answer, answered) = answers::channel();
        let request = Self {
            until,
            is_last,
            answer,
        };
        (request, answered)
    }

    /// Answers: whether the collector has everything.
    pub(crate) fn done(self, is_delivered: bool) {
        // Who asked may have gone.
        let _ = self.answer.send(is_delivered);
    }
}

/// The signals that are exported, and their thread. Flushes for the last time
/// when it is dropped.
#[derive(Debug)]
pub(crate) struct Exports {
    flushers: Vec<Flusher>,
    timeout: Duration,
    // Dropped after the flush.
    worker: Worker,
}

impl Exports {
    pub(crate) fn new(worker: Worker, timeout: Duration) -> Self {
        Self {
            flushers: Vec::new(),
            timeout,
            worker,
        }
    }

    /// Where to spawn what sends.
    pub(crate) fn handle(&self) -> Handle {
        self.worker.handle()
    }

    pub(crate) fn join(&mut self, flusher: Flusher) {
        self.flushers.push(flusher);
    }

    /// Asks all signals at once and waits for each.
    pub(crate) fn flush(&self, within: Duration) -> Result<(), FlushError> {
        self.ask(within, false)
    }

    fn ask(&self, within: Duration, is_last: bool) -> Result<(), FlushError> {
        let start = std::time::Instant::now();
        let asked: Vec<_> = self
            .flushers
            .iter()
            .map(|flusher| (flusher.signal, flusher.begin(within, is_last)))
            .collect();
        let mut error = FlushError {
            within,
            late: Vec::new(),
            lost: Vec::new(),
        };
        for (signal, asked) in asked {
            match asked.wait(within.saturating_sub(start.elapsed())) {
                Outcome::Delivered => {}
                Outcome::Lost => error.lost.push(signal),
                Outcome::Late | Outcome::Ended => error.late.push(signal),
            }
        }
        if error.late.is_empty() && error.lost.is_empty() {
            Ok(())
        } else {
            Err(error)
        }
    }
}

impl Drop for Exports {
    fn drop(&mut self) {
        // What is lost is counted and told where it is lost.
        let _ = self.ask(self.timeout, true);
    }
}

/// Not everything was delivered in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlushError {
    within: Duration,
    late: Vec<SignalName>,
    lost: Vec<SignalName>,
}

impl FlushError {
    /// Signals that were still being sent when the time was over.
    pub fn late(&self) -> &[SignalName] {
        &self.late
    }

    /// Signals of which the collector did not take everything.
    /// `caxton_instrument_lost_items_total` says how much, and why.
    pub fn lost(&self) -> &[SignalName] {
        &self.lost
    }
}

impl fmt::Display for FlushError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.late.is_empty() {
            write!(
                f,
                "{} not delivered within {:?}: the collector is slow or cannot be reached",
                List(&self.late),
                self.within
            )?;
        }
        if !self.lost.is_empty() {
            if !self.late.is_empty() {
                f.write_str("; ")?;
            }
            write!(
                f,
                "{} not taken by the collector in full: `caxton_instrument_lost_items_total` says why",
                List(&self.lost)
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for FlushError {}

struct List<'a>(&'a [SignalName]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, signal) in self.0.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { " and " })?;
            f.write_str(signal.as_str())?;
        }
        Ok(())
    }
}
