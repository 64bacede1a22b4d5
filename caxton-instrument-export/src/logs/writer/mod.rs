//! Lines on their way out: a bounded buffer that a thread of its own empties.
//!
//! The lock on the buffer is held while a line is copied or two buffers change
//! places, and never while anything is written.

mod file;
mod sink;
mod worker;
#[cfg(test)]
mod worker_tests;

use std::io;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use caxton_instrument::LabelValue as _;
use tracing_subscriber::fmt::MakeWriter;

use super::error::LogsError;
use super::meta::{self, LostReason};
use worker::Worker;

pub(super) use file::Rotation;
pub(super) use sink::Sink;

const THREAD: &str = "caxton-log";

/// Bounds on what waits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) lines: usize,
    pub(super) bytes: usize,
    /// Bytes of one line, with its end.
    pub(super) line: usize,
}

/// Whole lines, one after the other.
#[derive(Debug, Default)]
struct Batch {
    bytes: Vec<u8>,
    /// Where each line ends.
    ends: Vec<usize>,
}

impl Batch {
    /// Memory that is kept for the next lines.
    const KEPT: usize = 64 << 10;

    fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(Self::KEPT);
        self.ends.clear();
        self.ends.shrink_to(Self::KEPT / 64);
    }
}

#[derive(Debug, Default)]
struct State {
    waiting: Batch,
    /// Of the batch that is being written.
    writing_lines: usize,
    writing_bytes: usize,
    /// Whether the thread sleeps until there is something to write.
    is_idle: bool,
    /// When the thread has to be done.
    closing: Option<Instant>,
    /// What is still there is counted as lost: the thread counts no more.
    is_given_up: bool,
    is_done: bool,
}

#[derive(Debug)]
struct Shared {
    bounds: Bounds,
    state: Mutex<State>,
    /// Something to write, or the end.
    work: Condvar,
    /// Everything is written, or the thread has ended.
    rest: Condvar,
    /// Why nothing is written at the moment: one more than the reason.
    failing: AtomicU8,
    written: AtomicU64,
    lost: AtomicU64,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn written(&self, lines: usize) {
        let lines = lines as u64;
        self.written.fetch_add(lines, Ordering::Relaxed);
        meta::written(lines);
    }

    fn lost(&self, lines: usize, reason: LostReason) {
        if lines > 0 {
            let lines = lines as u64;
            self.lost.fetch_add(lines, Ordering::Relaxed);
            meta::lost(lines, reason);
        }
    }

    fn fails(&self, reason: Option<LostReason>) {
        let code = reason.map_or(0, |reason| reason.index() + 1);
        let code = u8::try_from(code).unwrap_or_default();
        self.failing.store(code, Ordering::Relaxed);
    }

    /// Why there is no room.
    fn reason(&self) -> LostReason {
        let all = [
            LostReason::BufferFull,
            LostReason::DiskFull,
            LostReason::ClosedPipe,
            LostReason::WriteFailed,
        ];
        let code = usize::from(self.failing.load(Ordering::Relaxed));
        let failing = all.into_iter().find(|reason| reason.index() + 1 == code);
        failing.unwrap_or(LostReason::BufferFull)
    }
}

/// Where lines go in. Clones share the buffer.
#[derive(Debug, Clone)]
pub(super) struct Writer(Arc<Shared>);

impl Writer {
    /// Starts the thread.
    pub(super) fn start(
        sink: Sink,
        bounds: Bounds,
        flush: Duration,
    ) -> Result<(Self, LogGuard), LogsError> {
        let shared = Arc::new(Shared {
            bounds,
            state: Mutex::default(),
            work: Condvar::new(),
            rest: Condvar::new(),
            failing: AtomicU8::new(0),
            written: AtomicU64::new(0),
            lost: AtomicU64::new(0),
        });
        let worker = Worker::new(Arc::clone(&shared), sink);
        thread::Builder::new()
            .name(String::from(THREAD))
            .spawn(move || worker.run())
            .map_err(|source| LogsError::Thread {
                name: THREAD,
                source,
            })?;
        let guard = LogGuard {
            shared: Arc::clone(&shared),
            flush,
        };
        Ok((Self(shared), guard))
    }

    /// Bytes that a line may have, with its end.
    pub(super) fn line_bytes(&self) -> usize {
        self.0.bounds.line
    }

    /// Puts a line in, or counts it as lost. Never waits for the disk.
    pub(super) fn put(&self, line: &[u8]) {
        let Shared { bounds, work, .. } = &*self.0;
        let mut state = self.0.lock();
        let lost = if state.closing.is_some() {
            Some(LostReason::Shutdown)
        } else {
            let lines = state.waiting.ends.len() + state.writing_lines;
            let bytes = state.waiting.bytes.len() + state.writing_bytes + line.len();
            (lines >= bounds.lines || bytes > bounds.bytes).then(|| self.0.reason())
        };
        if let Some(reason) = lost {
            drop(state);
            return self.0.lost(1, reason);
        }
        state.waiting.bytes.extend_from_slice(line);
        let end = state.waiting.bytes.len();
        state.waiting.ends.push(end);
        if std::mem::take(&mut state.is_idle) {
            drop(state);
            work.notify_one();
        }
    }
}

/// The human-readable layer writes a line at once.
impl io::Write for &Writer {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let most = self.line_bytes();
        if line.len() <= most {
            self.put(line);
        } else {
            let text = &line[..most - 1];
            let end = text
                .utf8_chunks()
                .next()
                .map_or(0, |chunk| chunk.valid().len());
            let mut cut = text[..end].to_vec();
            cut.push(b'\n');
            self.put(&cut);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Writer {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}

/// Keeps a log running: keep it to the end of `main`. Dropping it writes what
/// waits, for as long as [`Logs::flush_within`](super::Logs::flush_within)
/// says; what comes later is counted as lost.
#[derive(Debug)]
#[must_use = "the log ends when this is dropped: bind it, `let _log = ..`"]
pub struct LogGuard {
    shared: Arc<Shared>,
    flush: Duration,
}

impl LogGuard {
    /// Lines that were written.
    pub fn written(&self) -> u64 {
        self.shared.written.load(Ordering::Relaxed)
    }

    /// Lines that were lost, for any reason. The metric
    /// `caxton_instrument_log_lines_lost_total` tells them apart.
    pub fn lost(&self) -> u64 {
        self.shared.lost.load(Ordering::Relaxed)
    }

    /// Waits until everything is written that was logged before, at most so
    /// long; `false` when that was not enough.
    pub fn flush(&self, within: Duration) -> bool {
        let until = Instant::now() + within;
        let mut state = self.shared.lock();
        while state.writing_lines + state.waiting.ends.len() > 0 {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            state = self.wait(state, left);
        }
        true
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, most: Duration) -> MutexGuard<'a, State> {
        let waited = self.shared.rest.wait_timeout(state, most);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

impl Drop for LogGuard {
    fn drop(&mut self) {
        let until = Instant::now() + self.flush;
        let mut state = self.shared.lock();
        state.closing = Some(until);
        self.shared.work.notify_one();
        while !state.is_done {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                state.is_given_up = true;
                break;
            }
            state = self.wait(state, left);
        }
        let left = state.writing_lines + state.waiting.ends.len();
        state.waiting = Batch::default();
        drop(state);
        self.shared.lost(left, LostReason::Shutdown);
    }
}
