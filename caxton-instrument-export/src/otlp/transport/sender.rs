//! A batch with all its attempts.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use prost::Message as _;
use tokio::time::{self, Instant};

use super::answer::{Failure, Taken};
use super::batch::{Batch, Delivery};
use super::body::Body;
use super::grpc::Grpc;
use super::http::Http;
use super::retry::{self, Backoff};
use super::signal::Signal;
use super::tls::Tls;
use super::told::Told;
use crate::otlp::endpoint::{Checked, Compression, Endpoint, EndpointError, Protocol, Retry};
use crate::otlp::meta::{self, AttemptResult, LossReason};

/// What is smaller is not sent in two: no receiver has such a limit, so that
/// one who says it is too large will say so of anything.
const MIN_SPLIT: usize = 4 * 1024;

/// A batch becomes at most so many requests, and one.
const MAX_SPLITS: usize = 256;

/// Sends batches of one signal to one collector. It keeps no batch and no task:
/// what it is given is taken or lost when `send` is done.
pub(crate) struct Sender<S: Signal> {
    transport: Transport,
    compression: Compression,
    timeout: time::Duration,
    retry: Retry,
    told: Told,
    /// The smallest message that the receiver called too large.
    too_large: AtomicUsize,
    /// The pause that the collector asked for ends then.
    pause: Mutex<Option<Instant>>,
    signal: std::marker::PhantomData<S>,
}

enum Transport {
    Grpc(Box<Grpc>),
    Http(Http),
}

impl<S: Signal> Sender<S> {
    /// Checks the address and reads the files; nothing is connected.
    ///
    /// # Errors
    ///
    /// What is wrong with the endpoint, and what to write instead.
    pub(crate) fn new(endpoint: &Endpoint) -> Result<Self, EndpointError> {
        let checked = Checked::new(endpoint, S::HTTP_PATH)?;
        let tls = Tls::read(endpoint, &checked)?;
        let transport = match endpoint.protocol {
            Protocol::Grpc => {
                Transport::Grpc(Box::new(Grpc::new(&checked, tls.as_ref(), S::GRPC_PATH)?))
            }
            Protocol::Http => Transport::Http(Http::new(&checked, tls.as_ref())?),
        };
        Ok(Self {
            transport,
            compression: checked.compression,
            timeout: checked.timeout,
            retry: checked.retry,
            told: Told::new(checked.shown, endpoint.protocol, checked.url.port()),
            too_large: AtomicUsize::new(usize::MAX),
            pause: Mutex::new(None),
            signal: std::marker::PhantomData,
        })
    }

    /// Sends a batch, again where that may help, in parts where the receiver
    /// finds it too large. Counts and tells what became of it; if this future is
    /// dropped, what is left is counted as lost.
    pub(crate) async fn send(&self, request: S::Request, until: Instant) -> Delivery {
        let items = S::items(&request);
        if items == 0 {
            return Delivery::Accepted;
        }
        let mut batch = Batch::new(&self.told, items, until);
        let mut splits = 0;
        let mut bodies = match Body::new::<S>(request, items, self.compression) {
            Ok(body) => vec![body],
            Err(error) => {
                batch.lose(items, &Failure::of_error(LossReason::Rejected, &error));
                return batch.delivery();
            }
        };
        while let Some(body) = bodies.pop() {
            let is_known = body.message.len() >= self.too_large.load(Ordering::Relaxed);
            if is_known
                && splits < MAX_SPLITS
                && let Some([left, right]) = self.halves(&body)
            {
                splits += 1;
                bodies.extend([right, left]);
                continue;
            }
            match self.deliver(&body, &mut batch).await {
                Ok(taken) => batch.take(body.items, &taken),
                Err(failure) if failure.reason == LossReason::TooLarge => {
                    self.too_large
                        .fetch_min(body.message.len().max(MIN_SPLIT), Ordering::Relaxed);
                    let is_possible = body.message.len() >= MIN_SPLIT && splits < MAX_SPLITS;
                    match self.halves(&body).filter(|_| is_possible) {
                        Some([left, right]) => {
                            splits += 1;
                            bodies.extend([right, left]);
                        }
                        None => batch.lose(body.items, &failure),
                    }
                }
                // The parts that wait would meet the same collector.
                Err(failure) if failure.reason.is_retried() => {
                    let rest: u64 = bodies.drain(..).map(|body| body.items).sum();
                    batch.lose(body.items + rest, &failure);
                }
                Err(failure) => batch.lose(body.items, &failure),
            }
        }
        batch.delivery()
    }

    /// A body in two, none of them without items; `None` if it has one item.
    fn halves(&self, body: &Body) -> Option<[Body; 2]> {
        let (left, right) = S::halves(S::Request::decode(&*body.message).ok()?)?;
        let items = [S::items(&left), S::items(&right)];
        if items.contains(&0) {
            return None;
        }
        Some([
            Body::new::<S>(left, items[0], self.compression).ok()?,
            Body::new::<S>(right, items[1], self.compression).ok()?,
        ])
    }

    /// One body, in as many attempts as there is time for.
    async fn deliver(&self, body: &Body, batch: &mut Batch<'_, S>) -> Result<Taken, Failure> {
        let last_start = retry::last_start(self.retry, batch.started, batch.until);
        let mut backoff = Backoff::new(self.retry);
        let mut begin = self.paused_until();
        if begin.is_some_and(|begin| begin > last_start) {
            return Err(Failure::new(
                LossReason::Throttled,
                "the collector asked for a longer pause than there is time",
            ));
        }
        loop {
            if let Some(begin) = begin {
                time::sleep_until(begin).await;
            }
            let now = Instant::now();
            if now >= batch.until {
                return Err(Failure::new(LossReason::Shutdown, "there was no time left"));
            }
            let failure = match self
                .attempt(body, self.timeout.min(batch.until - now))
                .await
            {
                Ok(taken) => {
                    batch.attempts += 1;
                    return Ok(taken);
                }
                Err(failure) => failure,
            };
            batch.attempts += 1;
            if !failure.reason.is_retried() {
                return Err(failure);
            }
            let next = Instant::now() + backoff.next(failure.after);
            if failure.after.is_some() {
                *self.pause.lock().unwrap_or_else(PoisonError::into_inner) = Some(next);
            }
            if next > last_start {
                return Err(failure);
            }
            begin = Some(next);
        }
    }

    async fn attempt(&self, body: &Body, timeout: time::Duration) -> Result<Taken, Failure> {
        let start = Instant::now();
        let attempt = async {
            match &self.transport {
                Transport::Grpc(grpc) => grpc.attempt(&body.sent, timeout).await,
                Transport::Http(http) => http.attempt(body.sent.clone()).await,
            }
        };
        let result = time::timeout(timeout, attempt).await.unwrap_or_else(|_| {
            let message = format!("no answer within {:.1} s", timeout.as_secs_f64());
            Err(Failure::new(LossReason::TimedOut, message))
        });
        let counted = match &result {
            Ok(taken) if taken.rejected == 0 => Some(AttemptResult::Accepted),
            Ok(_) => Some(AttemptResult::Partial),
            Err(failure) => failure.reason.result(),
        };
        if let Some(counted) = counted {
            meta::attempted(S::SIGNAL, counted, start.elapsed());
        }
        result
    }

    fn paused_until(&self) -> Option<Instant> {
        let mut pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        *pause = pause.filter(|end| *end > Instant::now());
        *pause
    }
}
