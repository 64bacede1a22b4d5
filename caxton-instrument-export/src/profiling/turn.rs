//! One profile is taken at a time, since there is one timer. Whoever asks over
//! HTTP comes before what is pushed, and another one who asks meanwhile is told
//! when to come again.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::time::timeout;

use super::sampler::{SampleError, Samples, Sampling};

/// Held while something is sampled. Fair: who asks over HTTP is next.
static SAMPLER: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Whoever asks over HTTP waits for it.
static ASKED: Notify = Notify::const_new();

/// Between two looks whether another one still has the turn.
const POLITE: Duration = Duration::from_millis(20);

/// Until when the profile that was asked for takes.
static ON_DEMAND: Mutex<Option<Instant>> = Mutex::new(None);

fn on_demand() -> MutexGuard<'static, Option<Instant>> {
    ON_DEMAND.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The turn of one who asks.
#[derive(Debug)]
pub(super) struct Turn;

impl Turn {
    /// Takes the turn; how long that of another one still takes otherwise.
    pub(super) fn take(duration: Duration) -> Result<Self, Duration> {
        let mut until = on_demand();
        if let Some(until) = *until {
            return Err(until.saturating_duration_since(Instant::now()));
        }
        *until = Some(Instant::now() + duration);
        Ok(Self)
    }

    /// Samples for so long. Dropped before, it ends at once.
    pub(super) async fn sample(
        &self,
        duration: Duration,
        rate: u32,
    ) -> Result<Samples, SampleError> {
        ASKED.notify_waiters();
        let _held = SAMPLER.lock().await;
        let sampling = Sampling::start(rate)?;
        tokio::time::sleep(duration).await;
        Ok(sampling.finish())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *on_demand() = None;
    }
}

/// Samples for so long, or until somebody asks for a profile, or `stop` is
/// told.
pub(super) async fn sample_until(
    duration: Duration,
    rate: u32,
    stop: &Notify,
) -> Result<Samples, SampleError> {
    let (_held, asked) = loop {
        let held = SAMPLER.lock().await;
        let asked = ASKED.notified();
        // Who asks takes the turn first, then tells: one is seen here, or is
        // heard later.
        if on_demand().is_none() {
            break (held, asked);
        }
        drop(held);
        tokio::time::sleep(POLITE).await;
    };
    let sampling = Sampling::start(rate)?;
    let ended = first(asked, stop.notified());
    // Whatever ends it: what was sampled counts.
    let _ = timeout(duration, ended).await;
    Ok(sampling.finish())
}

/// The end of either.
pub(super) async fn first(a: impl Future<Output = ()>, b: impl Future<Output = ()>) {
    let (mut a, mut b) = (std::pin::pin!(a), std::pin::pin!(b));
    std::future::poll_fn(|context| {
        if a.as_mut().poll(context).is_ready() || b.as_mut().poll(context).is_ready() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
}
