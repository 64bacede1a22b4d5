//! The guard that keeps telemetry alive.

use std::sync::Arc;
#[cfg(feature = "server")]
use std::sync::atomic::{AtomicBool, Ordering};

use caxton_instrument::Finding;
#[cfg(feature = "otlp")]
use caxton_instrument::recorder::Family;

use crate::exposition::Exposition;
#[cfg(feature = "server")]
use crate::health::Health;
#[cfg(feature = "server")]
use crate::service::Service;

/// What the guard and the pages share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) exposition: Exposition,
    /// The catalog's.
    pub(crate) warnings: Vec<Finding>,
    #[cfg(feature = "server")]
    pub(crate) service: Service,
    #[cfg(feature = "server")]
    pub(crate) health: Arc<Health>,
    #[cfg(feature = "server")]
    draining: AtomicBool,
}

impl Shared {
    pub(crate) const fn new(
        exposition: Exposition,
        warnings: Vec<Finding>,
        #[cfg(feature = "server")] service: Service,
        #[cfg(feature = "server")] health: Arc<Health>,
    ) -> Self {
        Self {
            exposition,
            warnings,
            #[cfg(feature = "server")]
            service,
            #[cfg(feature = "server")]
            health,
            #[cfg(feature = "server")]
            draining: AtomicBool::new(false),
        }
    }

    pub(crate) fn findings(&self) -> Vec<Finding> {
        let mut findings = self.warnings.clone();
        findings.extend(self.exposition.findings());
        findings
    }

    #[cfg(feature = "server")]
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}

#[cfg(feature = "otlp")]
impl crate::otlp::Snapshot for Shared {
    fn families(&self) -> Vec<Family> {
        self.exposition.snapshot()
    }

    fn families_with_idle(&self) -> Vec<Family> {
        self.exposition.snapshot_with_idle()
    }
}

/// Running telemetry: keep it to the end of `main`. Dropping it exports what is
/// still to be exported, within [`Builder::flush_timeout`], and stops the server
/// within a second; metrics can still be updated, and nobody reads them.
///
/// [`Builder::flush_timeout`]: crate::Builder
#[derive(Debug)]
#[must_use = "telemetry stops when this is dropped: bind it, `let _telemetry = ..`"]
pub struct Telemetry {
    pub(crate) shared: Arc<Shared>,
    // Before the server, which shows meanwhile what becomes of it.
    #[cfg(feature = "otlp")]
    pub(crate) exports: Option<crate::otlp::Exports>,
    #[cfg(feature = "config")]
    pub(crate) layers: crate::subscriber::Layers,
    #[cfg(feature = "process")]
    pub(crate) _process: crate::process::Running,
    #[cfg(feature = "profiling")]
    pub(crate) _profiles: Option<crate::profiling::Pushing>,
    #[cfg(feature = "server")]
    pub(crate) servers: crate::server::Servers,
    /// Dropped last: what ends may still say something.
    #[cfg(feature = "config")]
    pub(crate) log: Option<crate::logs::LogGuard>,
}

impl Telemetry {
    /// Every series in the Prometheus text format 0.0.4.
    #[must_use]
    pub fn render(&self) -> String {
        self.shared.exposition.text()
    }

    /// What `/metrics` reads, in every format, for a server of another kind.
    #[must_use]
    pub fn exposition(&self) -> &Exposition {
        &self.shared.exposition
    }

    /// What does not hold in the running program: the catalog's warnings, and
    /// what other crates emit that is refused or left out, each name once for
    /// each reason ([`Exposition::findings`]). `catalog check` finds the
    /// former without running the program.
    ///
    /// ```no_run
    /// # fn report(telemetry: &caxton_instrument_export::Telemetry) {
    /// for finding in telemetry.findings() {
    ///     eprintln!("{finding}");
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        self.shared.findings()
    }

    /// The log, if `Builder::logs` started one.
    #[cfg(feature = "config")]
    #[must_use]
    pub fn log(&self) -> Option<&crate::logs::LogGuard> {
        self.log.as_ref()
    }

    /// Sends what metrics, traces and logs have now, and waits until the
    /// collector has it, at most so long. Blocks the calling thread; in
    /// asynchronous code call it through `spawn_blocking`.
    ///
    /// # Errors
    ///
    /// Something did not arrive in time, or was not taken. Nothing else is to be
    /// done about it: totals come with the next export, and what was lost is
    /// counted.
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// # fn at_the_end_of_a_job(telemetry: &caxton_instrument_export::Telemetry) {
    /// if let Err(error) = telemetry.flush(Duration::from_secs(2)) {
    ///     eprintln!("{error}");
    /// }
    /// # }
    /// ```
    #[cfg(feature = "otlp")]
    pub fn flush(&self, within: std::time::Duration) -> Result<(), crate::otlp::FlushError> {
        self.exports
            .as_ref()
            .map_or(Ok(()), |exports| exports.flush(within))
    }

    /// Makes `/readyz` answer 503, so that no new work is sent here while the
    /// program finishes what it has. There is no way back.
    #[cfg(feature = "server")]
    pub fn drain(&self) {
        self.shared.draining.store(true, Ordering::Relaxed);
    }

    /// The pages as a router, to merge into an application's own:
    ///
    /// ```no_run
    /// # fn serve(telemetry: &caxton_instrument_export::Telemetry) -> axum::Router {
    /// let app = axum::Router::new()
    ///     .route("/", axum::routing::get(|| async { "shop" }))
    ///     .merge(telemetry.router());
    /// # app
    /// # }
    /// ```
    ///
    /// The router goes on answering when the guard is gone; `/readyz` says 503
    /// then. Requests are served on a Tokio runtime, which health checks then run
    /// on. Who may read the pages is the application's to say: what
    /// [`Server`](crate::server::Server) asks for holds for its own address.
    #[cfg(feature = "server")]
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> axum::Router<S> {
        crate::server::router(&self.shared)
    }
}

#[cfg(feature = "server")]
impl Drop for Telemetry {
    fn drop(&mut self) {
        self.drain();
    }
}
