use std::collections::VecDeque;
use std::io::ErrorKind::{BrokenPipe, Interrupted, Other, StorageFull, WouldBlock};
use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::{Bounds, LogGuard, Sink, Writer};

/// Takes so many bytes or fails; when the script is over it takes everything.
#[derive(Debug, Default)]
pub(in crate::logs) struct Script {
    answers: VecDeque<Result<usize, ErrorKind>>,
    taken: Arc<Mutex<Vec<u8>>>,
}

impl Script {
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let most = self.answers.pop_front().unwrap_or(Ok(usize::MAX))?;
        let taken = &bytes[..most.min(bytes.len())];
        self.taken
            .lock()
            .expect("no panic")
            .extend_from_slice(taken);
        Ok(taken.len())
    }
}

fn start(answers: &[Result<usize, ErrorKind>]) -> (Writer, LogGuard, Arc<Mutex<Vec<u8>>>) {
    let script = Script {
        answers: answers.iter().copied().collect(),
        taken: Arc::default(),
    };
    let taken = Arc::clone(&script.taken);
    let bounds = Bounds {
        lines: 100,
        bytes: 10_000,
        line: 100,
    };
    let started = Writer::start(Sink::Script(script), bounds, Duration::from_secs(10));
    let (writer, guard) = started.expect("a thread");
    (writer, guard, taken)
}

/// Ten lines under such answers: what arrived, what was counted as written and
/// as lost.
fn ten(answers: &[Result<usize, ErrorKind>]) -> (String, u64, u64) {
    let (writer, guard, taken) = start(answers);
    for number in 0..10 {
        writer.put(format!("line {number}\n").as_bytes());
    }
    assert!(guard.flush(Duration::from_secs(30)));
    let text = String::from_utf8(taken.lock().expect("no panic").clone());
    (text.expect("UTF-8"), guard.written(), guard.lost())
}

fn all() -> String {
    (0..10)
        .map(|number| format!("line {number}\n"))
        .collect::<Vec<_>>()
        .concat()
}

#[test]
fn what_can_be_tried_again_arrives_once() {
    let scripts: [&[_]; 6] = [
        &[],
        &[Ok(3), Ok(1), Ok(7), Ok(2)],
        &[Err(Interrupted), Ok(5), Err(Interrupted)],
        &[Ok(10), Err(WouldBlock), Err(WouldBlock)],
        // A disk that is full in the middle of a line, and has room again.
        &[Ok(10), Err(StorageFull), Err(StorageFull), Ok(1)],
        &[Err(Other), Ok(0), Ok(3)],
    ];
    for script in scripts {
        assert_eq!(ten(script), (all(), 10, 0), "{script:?}");
    }
}

#[test]
fn what_a_closed_pipe_did_not_take_is_lost_and_the_next_line_is_tried() {
    let (writer, guard, taken) = start(&[Ok(8), Err(BrokenPipe)]);
    writer.put(b"line 0\nline 1\n");
    assert!(guard.flush(Duration::from_secs(30)));
    assert_eq!((guard.written(), guard.lost()), (0, 1), "put as one line");
    writer.put(b"line 2\n");
    assert!(guard.flush(Duration::from_secs(30)));
    assert_eq!((guard.written(), guard.lost()), (1, 1));
    assert!(taken.lock().expect("no panic").ends_with(b"line 2\n"));
}

#[test]
fn a_drop_writes_what_waits_and_counts_what_comes_later() {
    let (writer, guard, taken) = start(&[]);
    for _ in 0..50 {
        writer.put(b"a line\n");
    }
    let shared = Arc::clone(&guard.shared);
    drop(guard);
    assert_eq!(taken.lock().expect("no panic").len(), 50 * 7);
    writer.put(b"too late\n");
    let count =
        |count: &std::sync::atomic::AtomicU64| count.load(std::sync::atomic::Ordering::Relaxed);
    assert_eq!((count(&shared.written), count(&shared.lost)), (50, 1));
    assert_eq!(taken.lock().expect("no panic").len(), 50 * 7);
}

#[test]
fn a_drop_does_not_wait_for_a_disk_that_is_full() {
    let (writer, guard, _) = start(&[Err(StorageFull); 100]);
    for _ in 0..50 {
        writer.put(b"a line\n");
    }
    let shared = Arc::clone(&guard.shared);
    let begun = Instant::now();
    drop(guard);
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
    let lost = shared.lost.load(std::sync::atomic::Ordering::Relaxed);
    assert_eq!(lost, 50);
}
