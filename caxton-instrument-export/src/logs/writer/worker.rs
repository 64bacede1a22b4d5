//! The thread that writes.

use std::io::{self, Write as _};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use super::super::meta::LostReason;
use super::sink::Sink;
use super::{Batch, Shared};

/// Between two attempts at what failed, at first and at last.
const FIRST: Duration = Duration::from_millis(50);
const LAST: Duration = Duration::from_secs(5);

/// A pipe that does not take more at the moment is asked again so soon.
const BUSY: Duration = Duration::from_millis(5);

pub(super) struct Worker {
    shared: Arc<Shared>,
    sink: Sink,
    /// Failures that were told, by their reason.
    told: Vec<LostReason>,
}

/// What is done about a failure.
enum Remedy {
    /// Try the same again, later.
    Retry(Duration),
    /// These lines are lost.
    GiveUp,
}

impl Worker {
    pub(super) const fn new(shared: Arc<Shared>, sink: Sink) -> Self {
        Self {
            shared,
            sink,
            told: Vec::new(),
        }
    }

    pub(super) fn run(mut self) {
        let mut batch = Batch::default();
        while self.next(&mut batch) {
            self.write(&batch);
            batch.clear();
            let mut state = self.shared.lock();
            (state.writing_lines, state.writing_bytes) = (0, 0);
            if state.waiting.ends.is_empty() {
                self.shared.rest.notify_all();
            }
        }
        self.shared.lock().is_done = true;
        self.shared.rest.notify_all();
    }

    /// Waits for lines; `false` when there will be none.
    fn next(&self, batch: &mut Batch) -> bool {
        let mut state = self.shared.lock();
        while state.waiting.ends.is_empty() {
            if state.closing.is_some() {
                return false;
            }
            state.is_idle = true;
            let woken = self.shared.work.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
        }
        std::mem::swap(&mut state.waiting, batch);
        state.writing_lines = batch.ends.len();
        state.writing_bytes = batch.bytes.len();
        true
    }

    /// Writes lines; what cannot be written is counted.
    fn write(&mut self, batch: &Batch) {
        let (mut line, mut position, mut pause) = (0, 0, FIRST);
        while let Some(&first) = batch.ends.get(line) {
            let start = if line == 0 { 0 } else { batch.ends[line - 1] };
            // A file ends with a whole line, and another one begins with it.
            let next = if position > start { 0 } else { first - start };
            let (is_new, room) = self.sink.prepare(next as u64);
            if is_new {
                position = start;
            }
            // Whole lines, as many as the file takes, and one at least.
            let room = usize::try_from(room).unwrap_or(usize::MAX);
            let within = |end: &usize| *end - position <= room;
            let count = batch.ends[line..].partition_point(within).max(1);
            let end = batch.ends[line + count - 1];
            let error = match self.sink.write(&batch.bytes[position..end]) {
                Ok(0) => io::Error::from(io::ErrorKind::WriteZero),
                Ok(written) => {
                    position += written;
                    let done = batch.ends[line..].partition_point(|end| *end <= position);
                    line += done;
                    pause = FIRST;
                    if !self.succeeded(done) {
                        return;
                    }
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => error,
            };
            if !self.failed(batch.ends.len() - line, &error, &mut pause) {
                return;
            }
        }
    }

    /// Counts lines; `false` when somebody else counted what is left.
    fn succeeded(&self, lines: usize) -> bool {
        self.shared.fails(None);
        let mut state = self.shared.lock();
        if state.is_given_up {
            return false;
        }
        state.writing_lines -= lines;
        drop(state);
        if lines > 0 {
            self.shared.written(lines);
        }
        true
    }

    /// Waits for a better time, or counts what is left as lost; then it is
    /// `false`.
    fn failed(&mut self, left: usize, error: &io::Error, pause: &mut Duration) -> bool {
        let (reason, remedy) = classify(error, pause);
        if let Some(reason) = reason {
            self.shared.fails(Some(reason));
            self.tell(reason, error);
        }
        if let Remedy::Retry(pause) = remedy
            && self.may_wait(pause, reason.is_none())
        {
            return true;
        }
        let mut state = self.shared.lock();
        if !state.is_given_up {
            state.writing_lines -= left;
            drop(state);
            let reason = reason.unwrap_or(LostReason::Shutdown);
            self.shared.lost(left, reason);
        }
        false
    }

    /// Sleeps; `false` when there is no time for another attempt.
    fn may_wait(&self, pause: Duration, is_busy: bool) -> bool {
        let until = Instant::now() + pause;
        let mut state = self.shared.lock();
        loop {
            if let Some(end) = state.closing {
                // A full disk has no room in a moment; a slow reader has.
                return is_busy && {
                    drop(state);
                    std::thread::sleep(pause);
                    Instant::now() < end
                };
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            let woken = self.shared.work.wait_timeout(state, left);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Once for each kind of failure: the log itself cannot say it.
    fn tell(&mut self, reason: LostReason, error: &io::Error) {
        if self.told.contains(&reason) {
            return;
        }
        self.told.push(reason);
        let bytes = self.shared.bounds.bytes;
        let fate = match reason {
            LostReason::ClosedPipe => String::from("its lines are lost"),
            _ => format!("its lines wait in a buffer of {bytes} bytes, and more are lost"),
        };
        // Where standard error is gone too, there is nobody left to tell.
        _ = writeln!(
            io::stderr(),
            "caxton-instrument: cannot write the log to {}: {error}; {fate}, counted in \
             caxton_instrument_log_lines_lost_total",
            self.sink.name(),
        );
    }
}

fn classify(error: &io::Error, pause: &mut Duration) -> (Option<LostReason>, Remedy) {
    use io::ErrorKind::{BrokenPipe, FileTooLarge, QuotaExceeded, StorageFull, WouldBlock};

    let mut retry = || {
        let now = *pause;
        *pause = (now * 2).min(LAST);
        Remedy::Retry(now)
    };
    match error.kind() {
        WouldBlock => (None, Remedy::Retry(BUSY)),
        // Nobody comes back to read these lines; the next ones are tried again.
        BrokenPipe => (Some(LostReason::ClosedPipe), Remedy::GiveUp),
        StorageFull | QuotaExceeded | FileTooLarge => (Some(LostReason::DiskFull), retry()),
        _ => (Some(LostReason::WriteFailed), retry()),
    }
}
