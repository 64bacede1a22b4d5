//! When batches leave, against a receiver that counts and one that hangs.

use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Instant;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};

use super::*;
use crate::otlp::endpoint::{Endpoint, Retry};
use crate::otlp::flush::Outcome;
use crate::otlp::transport::Logs;
use crate::otlp::worker::Worker;

const MOMENT: Duration = Duration::from_secs(20);
const HOUR: Duration = Duration::from_hours(1);

/// Tells how many items each request has.
struct Counting(mpsc::Sender<usize>);

impl Batch for Counting {
    type Item = u64;
    type Signal = Logs;

    fn weight(_: &u64) -> usize {
        1
    }

    fn request(&self, items: Vec<u64>) -> ExportLogsServiceRequest {
        let _ = self.0.send(items.len());
        let log_records = vec![LogRecord::default(); items.len()];
        let scope_logs = vec![ScopeLogs {
            log_records,
            ..ScopeLogs::default()
        }];
        let resource_logs = vec![ResourceLogs {
            scope_logs,
            ..ResourceLogs::default()
        }];
        ExportLogsServiceRequest { resource_logs }
    }
}

struct Rig {
    queue: Queue<u64>,
    flusher: Flusher,
    sent: mpsc::Receiver<usize>,
    worker: Worker,
}

impl Rig {
    fn new(endpoint: &Endpoint, batch: usize, every: Duration) -> Self {
        let worker = Worker::start().expect("a thread");
        let (tell, sent) = mpsc::channel();
        let sender = Sender::new(endpoint).expect("an endpoint");
        let limits = Limits {
            items: 100,
            bytes: 100,
            batch,
            every,
        };
        let (queue, flusher) = start(Counting(tell), sender, limits, &worker.handle());
        Self {
            queue,
            flusher,
            sent,
            worker,
        }
    }

    /// Nobody listens there, which is known at once.
    fn refused(batch: usize, every: Duration) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("an address");
        drop(free);
        let once = Retry {
            elapsed: Duration::ZERO,
            ..Retry::default()
        };
        let endpoint = Endpoint::http(format!("http://{address}")).retry(once);
        Self::new(&endpoint, batch, every)
    }

    /// Connections are accepted by the system, and by nobody else.
    fn hanging(batch: usize, every: Duration) -> (Self, TcpListener) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let endpoint = Endpoint::http(format!("http://{address}")).timeout(MOMENT);
        (Self::new(&endpoint, batch, every), listener)
    }

    fn push(&self, items: u64) {
        (0..items).for_each(|item| self.queue.push(item));
    }

    fn next(&self) -> usize {
        self.sent.recv_timeout(MOMENT).expect("a request")
    }
}

#[test]
fn whole_batches_leave_at_once() {
    let rig = Rig::refused(4, HOUR);
    rig.push(11);
    assert_eq!([rig.next(), rig.next()], [4, 4]);
    assert!(rig.sent.recv_timeout(Duration::from_millis(50)).is_err());
    rig.push(1);
    assert_eq!(rig.next(), 4);
}

#[test]
fn what_is_no_batch_leaves_in_time() {
    let rig = Rig::refused(4, Duration::from_millis(20));
    rig.push(3);
    assert_eq!(rig.next(), 3);
    rig.push(1);
    assert_eq!(rig.next(), 1);
}

#[test]
fn a_flush_sends_all_and_says_what_became_of_it() {
    let rig = Rig::refused(4, HOUR);
    assert_eq!(rig.flusher.ask(MOMENT, false), Outcome::Delivered);
    rig.push(3);
    assert_eq!(rig.flusher.ask(MOMENT, false), Outcome::Lost);
    assert_eq!(rig.next(), 3);
}

#[test]
fn a_flush_waits_behind_a_request_to_its_deadline() {
    let (rig, _listener) = Rig::hanging(1, HOUR);
    rig.push(1);
    assert_eq!(rig.next(), 1);
    let start = Instant::now();
    let within = Duration::from_millis(100);
    assert_eq!(rig.flusher.ask(within, false), Outcome::Late);
    assert!(start.elapsed() < MOMENT / 2);
}

#[test]
fn the_end_cuts_a_request_that_hangs() {
    let (rig, _listener) = Rig::hanging(1, HOUR);
    rig.push(3);
    assert_eq!(rig.next(), 1);
    let start = Instant::now();
    let within = Duration::from_millis(200);
    // The task ends at the same moment as the wait: it may be told or not.
    assert_ne!(rig.flusher.ask(within, true), Outcome::Delivered);
    assert!(start.elapsed() < MOMENT / 2);
    let ended = || rig.flusher.ask(Duration::from_millis(20), false);
    while ended() != Outcome::Ended {
        assert!(start.elapsed() < MOMENT);
    }
    // What waited is given up too.
    assert!(rig.sent.try_recv().is_err());
}

#[test]
fn an_end_without_anything_to_send_is_at_once() {
    let (rig, _listener) = Rig::hanging(1, HOUR);
    let start = Instant::now();
    assert_eq!(rig.flusher.ask(MOMENT, true), Outcome::Delivered);
    assert!(start.elapsed() < MOMENT / 2);
    rig.push(1);
    assert_eq!(rig.flusher.ask(MOMENT, false), Outcome::Ended);
}

#[test]
fn without_its_thread_nobody_answers() {
    let (rig, _listener) = Rig::hanging(1, HOUR);
    let Rig {
        queue,
        flusher,
        worker,
        ..
    } = rig;
    drop(worker);
    queue.push(1);
    assert_ne!(
        flusher.ask(Duration::from_secs(1), true),
        Outcome::Delivered
    );
}
