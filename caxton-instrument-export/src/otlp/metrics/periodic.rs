//! When to export: each interval, when it is asked for, and once more at the
//! end. One export at a time.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use super::export::{Export, Receiver};
use super::meta;
use crate::otlp::flush::FlushRequest;

/// When exports are due, and how long one may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schedule {
    pub(super) interval: Duration,
    pub(super) timeout: Duration,
}

/// Exports until a flush is the last one.
pub(super) async fn run<R: Receiver>(
    mut export: Export<R>,
    schedule: Schedule,
    mut flushes: mpsc::Receiver<FlushRequest>,
) {
    let mut due = Instant::now() + schedule.interval;
    loop {
        let asked = match timeout_at(due, flushes.recv()).await {
            Ok(Some(asked)) => Some(asked),
            // Nobody can ask any more.
            Ok(None) => return,
            Err(_) => on_interval(&mut export, schedule, &mut flushes).await,
        };
        if let Some(asked) = asked
            && flush(&mut export, asked, &mut flushes).await
        {
            return;
        }
        let missed;
        (due, missed) = next_due(due, schedule.interval);
        if missed > 0 {
            meta::skipped(u64::from(missed));
        }
    }
}

/// An export that is due. A flush that comes meanwhile needs one that began
/// after it: the one that runs has half of the time to end. A collector that is
/// slow answers by then; of one that hangs nothing is to be hoped, and after a
/// pause between two attempts the other half may find it back.
async fn on_interval<R: Receiver>(
    export: &mut Export<R>,
    schedule: Schedule,
    flushes: &mut mpsc::Receiver<FlushRequest>,
) -> Option<FlushRequest> {
    let mut running = pin!(export.run(Instant::now() + schedule.timeout));
    let asked = unless(running.as_mut(), flushes).await?;
    let half = asked.until.saturating_duration_since(Instant::now()) / 2;
    let _ = tokio::time::timeout(half, running).await;
    Some(asked)
}

/// What is asked for while a future runs; `None` once it has ended, or if nobody
/// can ask any more.
async fn unless<F: Future>(
    mut running: Pin<&mut F>,
    flushes: &mut mpsc::Receiver<FlushRequest>,
) -> Option<FlushRequest> {
    let asked = poll_fn(|cx| {
        if running.as_mut().poll(cx).is_ready() {
            return Poll::Ready(None);
        }
        flushes.poll_recv(cx).map(Some)
    })
    .await;
    match asked {
        Some(None) => {
            running.await;
            None
        }
        asked => asked.flatten(),
    }
}

/// Exports for everyone who asked by now; whether it was the last export.
async fn flush<R: Receiver>(
    export: &mut Export<R>,
    first: FlushRequest,
    flushes: &mut mpsc::Receiver<FlushRequest>,
) -> bool {
    let mut asked = vec![first];
    while let Ok(request) = flushes.try_recv() {
        asked.push(request);
    }
    let is_last = asked.iter().any(|request| request.is_last);
    let until = asked.iter().map(|request| request.until).max();
    let is_delivered = export.run(until.unwrap_or_else(Instant::now)).await;
    for request in asked {
        request.done(is_delivered);
    }
    is_last
}

/// The next time of the schedule, and how many went by since the one that was
/// due.
pub(super) fn next_due(due: Instant, interval: Duration) -> (Instant, u32) {
    let Some(late) = Instant::now().checked_duration_since(due) else {
        return (due, 0);
    };
    let missed = late.as_nanos() / interval.as_nanos().max(1);
    let missed = u32::try_from(missed).unwrap_or(u32::MAX);
    (
        due + interval.saturating_mul(missed.saturating_add(1)),
        missed,
    )
}
