//! One profile after another, to a server of profiles.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use caxton_instrument::diagnostics::{self, Diagnostic};
use thiserror::Error;
use tokio::runtime;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

mod deliver;

use deliver::{Delivery, Target};

use super::build::{RATE, clamped};
use super::meta::{ProfileOutcome, dropped, profile};
use super::sampler::Samples;
use super::symbols::Keep;
use super::{proto, turn};

const THREAD: &str = "caxton-profiles";

/// What was sampled last is given so long to arrive when the program ends.
const END: Duration = Duration::from_secs(2);

/// How much nicer than the rest of the program.
#[cfg(target_os = "linux")]
const NICE: i32 = 5;

/// Where profiles go, and how often: to a server that takes
/// [Pyroscope's `/ingest`](https://grafana.com/docs/pyroscope/latest/configure-server/about-server-api/),
/// which is also what Grafana Alloy and Grafana Cloud take.
///
/// ```
/// use std::time::Duration;
///
/// use caxton_instrument_export::profiling::Push;
///
/// # let token = "secret";
/// let push = Push::to("https://profiles.example.com")
///     .application("shop")
///     .label("region", "eu")
///     .header("authorization", format!("Bearer {token}"))
///     .sample_rate(100)
///     .every(Duration::from_secs(15));
/// assert!(!format!("{push:?}").contains(token));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Push {
    url: String,
    application: Option<String>,
    labels: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    rate: u32,
    every: Duration,
    timeout: Duration,
}

impl Push {
    /// To the server at this URL, `http://localhost:4040`; `/ingest` is added to
    /// its path.
    #[must_use]
    pub fn to(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            application: None,
            labels: Vec::new(),
            headers: Vec::new(),
            rate: RATE,
            every: Duration::from_secs(15),
            timeout: Duration::from_secs(10),
        }
    }

    /// The name that the server keeps profiles under, of letters, digits and
    /// `-_./`. Without it that of the executable.
    #[must_use]
    pub fn application(mut self, name: impl Into<String>) -> Self {
        self.application = Some(name.into());
        self
    }

    /// A label of all profiles, as the region.
    #[must_use]
    pub fn label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.push((name.into(), value.into()));
        self
    }

    /// A header of every request, as `authorization` or `x-scope-orgid`. It is
    /// never printed.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Samples for each second of processor time, 2 to 1,000; 100 if it is not
    /// called.
    #[must_use]
    pub fn sample_rate(mut self, rate: u32) -> Self {
        self.rate = clamped(rate);
        self
    }

    /// How long each profile takes, a second at least; 15 seconds if it is not
    /// called.
    #[must_use]
    pub fn every(mut self, every: Duration) -> Self {
        self.every = every.max(Duration::from_secs(1));
        self
    }

    /// How long one attempt may take; 10 seconds if it is not called. There are
    /// up to three, within the time of the next profile.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

/// Without headers, which may be secret, and what a URL says of who asks.
impl fmt::Debug for Push {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Push")
            .field("url", &deliver::shown(&self.url))
            .field("application", &self.application)
            .field("labels", &self.labels)
            .field("headers", &names)
            .field("rate", &self.rate)
            .field("every", &self.every)
            .field("timeout", &self.timeout)
            .finish()
    }
}

/// Why profiles cannot be pushed.
#[derive(Debug, Error)]
#[error("cannot push profiles to `{url}`: {reason}")]
pub struct PushError {
    pub(super) url: String,
    pub(super) reason: String,
}

/// Pushes profiles until it is dropped, which sends the last one within two
/// seconds.
#[derive(Debug)]
pub(crate) struct Pushing(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    stop: Notify,
    stopping: AtomicBool,
    ended: Mutex<bool>,
    changed: Condvar,
}

impl Pushing {
    pub(crate) fn start(push: &Push) -> Result<Self, crate::InstallError> {
        let target = Target::new(push)?;
        let failed = |source| crate::InstallError::Thread {
            name: THREAD,
            source,
        };
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(failed)?;
        let shared = Arc::<Shared>::default();
        let mut pusher = Pusher {
            target: Arc::new(target),
            rate: push.rate,
            every: push.every,
            sending: None,
            told: false,
            _names: Keep::new(),
            shared: Arc::clone(&shared),
        };
        thread::Builder::new()
            .name(String::from(THREAD))
            .spawn(move || {
                // Also if it panics: nobody waits for what will not come.
                let _ended = Ended(Arc::clone(&pusher.shared));
                give_way();
                runtime.block_on(pusher.run());
                // A name that is being looked up holds a thread.
                runtime.shutdown_background();
            })
            .map_err(failed)?;
        Ok(Self(shared))
    }
}

impl Drop for Pushing {
    fn drop(&mut self) {
        self.0.stopping.store(true, Ordering::Release);
        // One is kept for a thread that does not wait yet.
        self.0.stop.notify_one();
        let until = Instant::now() + END + Duration::from_millis(200);
        let mut ended = self.0.ended.lock().unwrap_or_else(PoisonError::into_inner);
        while !*ended {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            ended = match self.0.changed.wait_timeout(ended, left) {
                Ok((ended, _)) => ended,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
    }
}

struct Ended(Arc<Shared>);

impl Drop for Ended {
    fn drop(&mut self) {
        *self.0.ended.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.changed.notify_all();
    }
}

/// Looking for names takes processor time that others may need more.
fn give_way() {
    // On Linux a priority is a thread's. Without it the thread is as important
    // as others, which does no harm.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, NICE);
}

struct Pusher {
    target: Arc<Target>,
    rate: u32,
    every: Duration,
    /// One at a time, while the next one is sampled.
    sending: Option<JoinHandle<Delivery>>,
    /// A failure was told, and nothing arrived since.
    told: bool,
    _names: Keep,
    shared: Arc<Shared>,
}

impl Pusher {
    async fn run(&mut self) {
        loop {
            let window = turn::sample_until(self.every, self.rate, &self.shared.stop).await;
            self.settle().await;
            let stopping = self.shared.stopping.load(Ordering::Acquire);
            let end = tokio::time::Instant::now() + END;
            if stopping {
                // So that the last one is not lost to the one before it.
                self.arrive(end).await;
            }
            match window {
                Ok(samples) => self.send(&samples),
                Err(error) => {
                    profile(ProfileOutcome::Failed);
                    self.tell(|| format!("no profile is taken: {error}"));
                    if !stopping {
                        // What is in the way may go.
                        let _ = tokio::time::timeout(self.every, self.shared.stop.notified()).await;
                    }
                }
            }
            if stopping || self.shared.stopping.load(Ordering::Acquire) {
                self.arrive(end).await;
                return;
            }
        }
    }

    /// Begins to send, unless the one before is still on its way.
    fn send(&mut self, samples: &Samples) {
        dropped(samples.lost);
        if self.sending.is_some() {
            profile(ProfileOutcome::Busy);
            return;
        }
        let Ok(body) = proto::encode(samples) else {
            profile(ProfileOutcome::Failed);
            return;
        };
        let target = Arc::clone(&self.target);
        let (at, duration) = (samples.at, samples.duration);
        let within = self.every;
        self.sending = Some(tokio::spawn(async move {
            target.deliver(body, at, duration, within).await
        }));
    }

    /// Takes what became of the one on its way, if that is known.
    async fn settle(&mut self) {
        if let Some(sending) = self.sending.take_if(|sending| sending.is_finished()) {
            self.count(sending.await.unwrap_or_else(|_| Delivery::failed()));
        }
    }

    /// Waits for the one on its way, until then.
    async fn arrive(&mut self, until: tokio::time::Instant) {
        let Some(mut sending) = self.sending.take() else {
            return;
        };
        if let Ok(delivery) = tokio::time::timeout_at(until, &mut sending).await {
            self.count(delivery.unwrap_or_else(|_| Delivery::failed()));
        } else {
            sending.abort();
            profile(ProfileOutcome::Unreachable);
        }
    }

    fn count(&mut self, delivery: Delivery) {
        profile(delivery.outcome);
        if delivery.outcome == ProfileOutcome::Pushed {
            if std::mem::take(&mut self.told) {
                report(String::from("profiles arrive again"));
            }
            return;
        }
        self.tell(|| delivery.message);
    }

    /// Tells the first of several failures.
    fn tell(&mut self, message: impl FnOnce() -> String) {
        if !std::mem::replace(&mut self.told, true) {
            report(message());
        }
    }
}

fn report(message: String) {
    diagnostics::report(&Diagnostic::Export {
        part: "profiles",
        message,
    });
}
