//! What the builder takes.

use std::time::Duration;

use super::push::Push;
use crate::Builder;

/// Samples for each second of processor time, as Pyroscope expects it.
pub(super) const RATE: u32 = 100;

/// Profiles on demand: how long and how closely. [`router`](super::router) has
/// an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profiling {
    pub(super) max_duration: Duration,
    pub(super) rate: u32,
}

impl Default for Profiling {
    fn default() -> Self {
        Self::new()
    }
}

impl Profiling {
    /// Up to a minute, 100 samples for each second of processor time.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            max_duration: Duration::from_secs(60),
            rate: RATE,
        }
    }

    /// The longest profile that can be asked for.
    #[must_use]
    pub const fn max_duration(mut self, longest: Duration) -> Self {
        self.max_duration = longest;
        self
    }

    /// Samples for each second of processor time, 2 to 1,000. The kernel takes
    /// no more than its timer interrupts, often 250.
    #[must_use]
    pub fn sample_rate(mut self, rate: u32) -> Self {
        self.rate = clamped(rate);
        self
    }
}

pub(super) fn clamped(rate: u32) -> u32 {
    rate.clamp(2, 1_000)
}

impl Builder {
    /// Answers `/debug/pprof/profile?seconds=10` at the address of
    /// [`admin`](Self::admin), which this needs; [`router`](super::router) says
    /// how.
    ///
    /// ```no_run
    /// use caxton_instrument_export::profiling::Profiling;
    ///
    /// # fn main() -> Result<(), caxton_instrument_export::InstallError> {
    /// let telemetry = caxton_instrument_export::builder()
    ///     .admin("127.0.0.1:9465")
    ///     .profiles(Profiling::new())
    ///     .install()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn profiles(mut self, options: Profiling) -> Self {
        self.profiles = Some(options);
        self
    }

    /// Adds the page, once.
    pub(crate) fn add_profiles(&mut self) {
        if let Some(options) = self.profiles.take() {
            *self = std::mem::take(self).admin_pages(super::router(&options));
        }
    }

    /// Takes one profile after another, and pushes each to a server of
    /// profiles. A profile that is asked for over HTTP comes between two of
    /// them. What is lost is counted in
    /// `caxton_instrument_profiles_total`, by outcome.
    pub fn push_profiles(mut self, push: Push) -> Self {
        self.push = Some(push);
        self
    }
}
