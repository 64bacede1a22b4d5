//! What the builder was told of health.

use std::time::Duration;

use super::check::Check;
use crate::builder::Builder;

/// How often checks run, and what they decide.
///
/// ```no_run
/// use std::time::Duration;
///
/// use caxton_instrument_export::health::Settings;
///
/// # fn main() -> Result<(), caxton_instrument_export::InstallError> {
/// let settings = Settings::new()
///     .cache_for(Duration::from_secs(5))
///     .decide_readiness();
/// let telemetry = caxton_instrument_export::builder()
///     .listen("127.0.0.1:9464")
///     .health_settings(settings)
///     .install()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "settings do nothing before they are given to `Builder::health_settings`"]
pub struct Settings {
    pub(super) cache: Duration,
    pub(super) stale: Duration,
    pub(super) decides_readiness: bool,
}

impl Settings {
    /// The settings that hold when none are given.
    pub const fn new() -> Self {
        Self {
            cache: Duration::from_secs(2),
            stale: Duration::from_secs(15),
            decides_readiness: false,
        }
    }

    /// Results are not asked for anew for so long: 2 s if not stated.
    pub const fn cache_for(mut self, time: Duration) -> Self {
        self.cache = time;
        self
    }

    /// Results up to this age are shown while new ones are on their way, 15 s if
    /// not stated: a probe every ten seconds never waits, and a person after an
    /// hour does. Zero makes everybody wait.
    pub const fn stale_for(mut self, time: Duration) -> Self {
        self.stale = time;
        self
    }

    /// `/readyz` answers 503 while a critical check fails. Off unless asked:
    /// when a shared dependency fails, every instance leaves the load balancer at
    /// once, those answers among them that need no database.
    pub const fn decide_readiness(mut self) -> Self {
        self.decides_readiness = true;
        self
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}

/// Checks and settings, before they are installed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub(super) checks: Vec<Check>,
    pub(super) settings: Settings,
}

impl Builder {
    /// Adds a check to `/health`, as often as needed; see
    /// [`health`](crate::health).
    pub fn health(mut self, check: Check) -> Self {
        self.health.checks.push(check);
        self
    }

    /// How often the checks run, and what they decide.
    pub fn health_settings(mut self, settings: Settings) -> Self {
        self.health.settings = settings;
        self
    }
}
