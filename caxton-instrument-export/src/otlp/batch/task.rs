//! Sends what is in a queue, a batch at a time: when there is a batch, when the
//! oldest item waited long enough, on demand, and at the end.

use std::collections::VecDeque;
use std::future::pending;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::either::{Either, either};
use super::queue::Receiver;
use super::{Batch, Limits};
use crate::otlp::flush::FlushRequest;
use crate::otlp::meta::{self, LossReason};
use crate::otlp::transport::{Delivery, Sender, Signal as _};

/// A request is given up after so long, if the endpoint's own retries did not
/// end before.
const PATIENCE: Duration = Duration::from_mins(5);

/// Flushes that are kept in mind while a request is under way.
const ASKED: usize = 64;

pub(super) struct Task<B: Batch> {
    batch: B,
    sender: Sender<B::Signal>,
    items: Receiver<B::Item>,
    flushes: mpsc::Receiver<FlushRequest>,
    /// Those that came while a request was under way.
    asked: VecDeque<FlushRequest>,
    limits: Limits,
}

/// The task is to end by then.
struct Last(Instant);

enum Woken {
    /// There is a batch.
    Full,
    /// The time of the oldest item is over.
    Tick,
    Asked(FlushRequest),
    /// Nobody can ask for anything any more.
    Left,
}

impl<B: Batch> Task<B> {
    pub(super) const fn new(
        batch: B,
        sender: Sender<B::Signal>,
        items: Receiver<B::Item>,
        flushes: mpsc::Receiver<FlushRequest>,
        limits: Limits,
    ) -> Self {
        Self {
            batch,
            sender,
            items,
            flushes,
            asked: VecDeque::new(),
            limits,
        }
    }

    pub(super) async fn run(mut self) {
        let Last(until) = self.work().await;
        self.finish(until).await;
    }

    async fn work(&mut self) -> Last {
        let mut tick = Instant::now() + self.limits.every;
        loop {
            let sent = match self.wait(tick).await {
                Woken::Full => self.send_full().await,
                Woken::Tick => {
                    let sent = self.send_all().await;
                    tick = Instant::now() + self.limits.every;
                    sent
                }
                Woken::Asked(request) if request.is_last => {
                    let last = Last(request.until);
                    self.asked.push_back(request);
                    return last;
                }
                Woken::Asked(request) => {
                    let sent = self.send_all().await;
                    if let Ok(is_delivered) = sent {
                        request.done(is_delivered);
                    }
                    sent
                }
                Woken::Left => return Last(Instant::now()),
            };
            if let Err(last) = sent {
                return last;
            }
        }
    }

    async fn wait(&mut self, tick: Instant) -> Woken {
        if let Some(request) = self.asked.pop_front() {
            return Woken::Asked(request);
        }
        let due = either(self.items.state.full.notified(), sleep_until(tick));
        match either(self.flushes.recv(), due).await {
            Either::First(Some(request)) => Woken::Asked(request),
            Either::First(None) => Woken::Left,
            Either::Second(Either::First(())) => Woken::Full,
            Either::Second(Either::Second(())) => Woken::Tick,
        }
    }

    /// Sends batches for as long as there are whole ones.
    async fn send_full(&mut self) -> Result<bool, Last> {
        let mut is_delivered = true;
        while self.items.len() >= self.limits.batch {
            is_delivered &= self.send().await?;
        }
        Ok(is_delivered)
    }

    /// Sends what waits now; what comes meanwhile has its own time.
    async fn send_all(&mut self) -> Result<bool, Last> {
        let mut is_delivered = true;
        for _ in 0..self.items.len().div_ceil(self.limits.batch) {
            is_delivered &= self.send().await?;
        }
        Ok(is_delivered)
    }

    /// Sends one batch. Fails once the task is to end; a request that is under
    /// way then has until the deadline.
    async fn send(&mut self) -> Result<bool, Last> {
        let items = self.items.take(self.limits.batch);
        let request = self.batch.request(items);
        let sending = self.sender.send(request, Instant::now() + PATIENCE);
        let cut = until_last(&mut self.flushes, &mut self.asked);
        let is_delivered = match either(sending, cut).await {
            Either::First(delivery) => matches!(delivery, Delivery::Accepted),
            // Dropped on the way, it counts itself as lost.
            Either::Second(()) => false,
        };
        let last = self.asked.iter().find(|request| request.is_last);
        last.map_or(Ok(is_delivered), |request| Err(Last(request.until)))
    }

    /// Sends what is left for as long as there is time; the rest is lost.
    async fn finish(&mut self, until: Instant) {
        self.items.close();
        let mut is_delivered = true;
        while self.items.len() > 0 && Instant::now() < until {
            let items = self.items.take(self.limits.batch);
            let request = self.batch.request(items);
            let delivery = self.sender.send(request, until).await;
            is_delivered &= matches!(delivery, Delivery::Accepted);
        }
        is_delivered &= self.lose_rest() == 0;
        while let Ok(request) = self.flushes.try_recv() {
            self.asked.push_back(request);
        }
        for request in self.asked.drain(..) {
            request.done(is_delivered);
        }
    }

    fn lose_rest(&mut self) -> usize {
        self.items.close();
        let rest = self.items.take(usize::MAX).len();
        if rest > 0 {
            meta::lost(B::Signal::SIGNAL, LossReason::Shutdown, rest as u64);
        }
        rest
    }
}

impl<B: Batch> Drop for Task<B> {
    fn drop(&mut self) {
        // Dropped with its runtime, it did not finish.
        self.lose_rest();
    }
}

/// Keeps flushes in mind; ready when one is the last, and its deadline over.
async fn until_last(
    flushes: &mut mpsc::Receiver<FlushRequest>,
    asked: &mut VecDeque<FlushRequest>,
) {
    while asked.len() < ASKED {
        let Some(request) = flushes.recv().await else {
            break;
        };
        let last = request.is_last.then_some(request.until);
        asked.push_back(request);
        if let Some(until) = last {
            return sleep_until(until).await;
        }
    }
    pending::<()>().await;
}
