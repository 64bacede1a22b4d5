//! When exports are made. Time is that of the test: it goes on when nothing else
//! does.

use std::time::Duration;

use caxton_instrument::recorder::Registry;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::generated::catalog;
use super::{Desk, Fate, ROOMY, block_on, export, later};
use crate::otlp::flush::FlushRequest;
use crate::otlp::metrics::Temporality;
use crate::otlp::metrics::periodic::{self, Schedule};

const SECOND: Duration = Duration::from_secs(1);

/// Every ten seconds, five for each.
fn start(desk: &Desk) -> (mpsc::Sender<FlushRequest>, JoinHandle<()>) {
    let registry = Registry::new(&catalog(&[]).0);
    metrics::with_local_recorder(&registry, || metrics::counter!("jobs_total").increment(1));
    let export = export(&registry, desk, Temporality::Cumulative, ROOMY);
    let schedule = Schedule {
        interval: 10 * SECOND,
        timeout: 35 * SECOND,
    };
    let (flush, flushes) = mpsc::channel(8);
    (
        flush,
        tokio::spawn(periodic::run(export, schedule, flushes)),
    )
}

#[test]
fn an_export_each_interval() {
    let desk = Desk::default();
    block_on(async {
        let (_flush, _task) = start(&desk);
        sleep(9 * SECOND).await;
        assert_eq!(desk.asked(), 0);
        sleep(2 * SECOND).await;
        assert_eq!(desk.asked(), 1);
        sleep(30 * SECOND).await;
        assert_eq!(desk.asked(), 4);
    });
}

/// From 10 to 45 seconds one export hangs: those of 20, 30 and 40 are left out,
/// and that of 50 is made.
#[test]
fn one_at_a_time() {
    let desk = Desk::default();
    block_on(async {
        desk.next([Fate::Hang]);
        let (_flush, _task) = start(&desk);
        sleep(49 * SECOND).await;
        assert_eq!((desk.asked(), desk.take().len()), (1, 0));
        sleep(2 * SECOND).await;
        assert_eq!((desk.asked(), desk.take().len()), (2, 1));
    });
}

#[test]
fn missed_intervals_are_counted() {
    block_on(async {
        let due = Instant::now();
        let interval = 10 * SECOND;
        assert_eq!(
            periodic::next_due(due + SECOND, interval),
            (due + SECOND, 0),
            "a flush in between"
        );
        assert_eq!(periodic::next_due(due, interval), (due + interval, 0));
        sleep(9 * SECOND).await;
        assert_eq!(periodic::next_due(due, interval), (due + interval, 0));
        sleep(26 * SECOND).await;
        assert_eq!(periodic::next_due(due, interval), (due + 4 * interval, 3));
    });
}

async fn ask(
    flush: &mpsc::Sender<FlushRequest>,
    until: Instant,
    is_last: bool,
) -> std::sync::mpsc::Receiver<bool> {
    let (request, answered) = FlushRequest::new(until, is_last);
    flush.send(request).await.expect("the task runs");
    answered
}

#[test]
fn a_flush_exports_at_once_and_says_what_became_of_it() {
    let desk = Desk::default();
    block_on(async {
        let (flush, _task) = start(&desk);
        let answered = ask(&flush, later(), false).await;
        sleep(SECOND).await;
        assert_eq!(answered.try_recv(), Ok(true));
        desk.next([Fate::Lose]);
        let answered = ask(&flush, later(), false).await;
        sleep(SECOND).await;
        assert_eq!(answered.try_recv(), Ok(false));
        sleep(9 * SECOND).await;
        assert_eq!(desk.asked(), 3, "the interval goes on");
    });
}

#[test]
fn all_who_wait_are_answered_by_one_export() {
    let desk = Desk::default();
    block_on(async {
        desk.next([Fate::Wait(3 * SECOND)]);
        let (flush, _task) = start(&desk);
        let first = ask(&flush, later(), false).await;
        sleep(SECOND).await;
        let others = [
            ask(&flush, later(), false).await,
            ask(&flush, later(), false).await,
        ];
        sleep(3 * SECOND).await;
        assert_eq!(first.try_recv(), Ok(true));
        assert!(others.iter().all(|other| other.try_recv() == Ok(true)));
        assert_eq!(desk.asked(), 2, "one began after they asked");
    });
}

/// The export that runs has half of the time; the other half is for one more.
#[test]
fn a_flush_does_not_wait_for_one_that_hangs() {
    let desk = Desk::default();
    block_on(async {
        desk.next([Fate::Hang]);
        let (flush, _task) = start(&desk);
        sleep(11 * SECOND).await;
        assert_eq!(desk.asked(), 1);
        let answered = ask(&flush, Instant::now() + 4 * SECOND, false).await;
        sleep(SECOND).await;
        assert_eq!(desk.asked(), 1);
        sleep(2 * SECOND).await;
        assert_eq!(answered.try_recv(), Ok(true));
        assert_eq!((desk.asked(), desk.take().len()), (2, 1));
    });
}

#[test]
fn a_slow_one_is_waited_for() {
    let desk = Desk::default();
    block_on(async {
        desk.next([Fate::Wait(2 * SECOND)]);
        let (flush, _task) = start(&desk);
        sleep(Duration::from_millis(10_500)).await;
        let answered = ask(&flush, Instant::now() + 10 * SECOND, false).await;
        sleep(2 * SECOND).await;
        assert_eq!(answered.try_recv(), Ok(true));
        assert_eq!(desk.take().len(), 2);
    });
}

#[test]
fn the_last_flush_ends_the_task() {
    let desk = Desk::default();
    block_on(async {
        let (flush, task) = start(&desk);
        let answered = ask(&flush, later(), true).await;
        task.await.expect("it ends");
        assert_eq!(answered.try_recv(), Ok(true));
        assert_eq!(desk.take().len(), 1);
    });
}

/// A collector that hangs holds nobody longer than was said.
#[test]
fn the_last_flush_ends_the_task_also_when_nobody_answers() {
    let desk = Desk::default();
    block_on(async {
        desk.next([Fate::Hang, Fate::Hang, Fate::Hang]);
        let (flush, task) = start(&desk);
        sleep(11 * SECOND).await;
        let before = Instant::now();
        let answered = ask(&flush, before + 5 * SECOND, true).await;
        task.await.expect("it ends");
        assert!(before.elapsed() <= 5 * SECOND);
        assert_eq!(answered.try_recv(), Ok(false));
    });
}

/// Long snapshots leave their turn to others, and stop at their time.
#[test]
fn other_tasks_have_their_turn() {
    let registry = Registry::new(&catalog(&[]).0);
    metrics::with_local_recorder(&registry, || {
        for n in 0..3_000 {
            metrics::counter!("jobs_total", "n" => n.to_string()).increment(1);
        }
    });
    let desk = Desk::default();
    let mut export = export(&registry, &desk, Temporality::Cumulative, ROOMY);
    block_on(async {
        let turns = std::rc::Rc::new(std::cell::Cell::new(0));
        let local = tokio::task::LocalSet::new();
        local
            .run_until(async {
                let counted = std::rc::Rc::clone(&turns);
                let other = tokio::task::spawn_local(async move {
                    loop {
                        counted.set(counted.get() + 1);
                        tokio::task::yield_now().await;
                    }
                });
                assert!(export.run(later()).await);
                other.abort();
            })
            .await;
        assert!(turns.get() >= 10, "{}", turns.get());
        assert!(!export.run(Instant::now()).await, "no time, nothing sent");
        assert_eq!(desk.asked(), 1);
    });
}
