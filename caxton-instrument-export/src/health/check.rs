//! A check: a name, what to ask, and how long to wait for it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// Longer than a dependency in the same network takes when all is well.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Why a check failed.
pub type ProbeError = Box<dyn std::error::Error + Send + Sync>;

/// One run of a check.
pub type ProbeFuture<'a> = Pin<Box<dyn Future<Output = Result<(), ProbeError>> + Send + 'a>>;

/// What a check asks, as a trait, for one that is more than a closure:
///
/// ```
/// use caxton_instrument_export::health::{Check, Probe, ProbeFuture};
///
/// struct DiskSpace {
///     path: &'static str,
/// }
///
/// impl Probe for DiskSpace {
///     fn run(&self) -> ProbeFuture<'_> {
///         Box::pin(async move {
///             std::fs::metadata(self.path)?;
///             Ok(())
///         })
///     }
/// }
///
/// let check = Check::of("data", DiskSpace { path: "/var/lib/shop" });
/// ```
pub trait Probe: Send + Sync + 'static {
    /// Asks once. Dropped when it takes longer than the check's timeout.
    fn run(&self) -> ProbeFuture<'_>;
}

/// A named check of something that the program depends on.
///
/// ```
/// use std::time::Duration;
///
/// use caxton_instrument_export::health::Check;
///
/// let check = Check::new("queue", || async { Err::<(), _>("the queue is full") })
///     .critical()
///     .timeout(Duration::from_millis(200));
/// ```
#[derive(Clone)]
#[must_use = "a check does nothing before it is given to `Builder::health`"]
pub struct Check {
    pub(super) name: Arc<str>,
    pub(super) probe: Arc<dyn Probe>,
    pub(super) is_critical: bool,
    pub(super) timeout: Duration,
}

impl Check {
    /// A check that calls `ask` each time. An error is one, or text; what is
    /// shown of it is one line, with its sources. Write nothing secret into it.
    pub fn new<F, R, E>(name: impl Into<String>, ask: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<ProbeError>,
    {
        Self::of(name, Asking(ask))
    }

    /// A check of a type of its own.
    pub fn of(name: impl Into<String>, probe: impl Probe) -> Self {
        Self {
            name: name.into().into(),
            probe: Arc::new(probe),
            is_critical: false,
            timeout: TIMEOUT,
        }
    }

    /// Without it the program can do nothing: the whole is `unhealthy` when it
    /// fails.
    pub fn critical(mut self) -> Self {
        self.is_critical = true;
        self
    }

    /// How long one run may take, 2 s if not stated.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check")
            .field("name", &self.name)
            .field("is_critical", &self.is_critical)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// A closure as a probe.
struct Asking<F>(F);

impl<F, R, E> Probe for Asking<F>
where
    F: Fn() -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), E>> + Send + 'static,
    E: Into<ProbeError>,
{
    fn run(&self) -> ProbeFuture<'_> {
        let asked = (self.0)();
        Box::pin(async move { asked.await.map_err(Into::into) })
    }
}
