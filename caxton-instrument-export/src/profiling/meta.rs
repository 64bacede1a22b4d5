//! What became of profiles.

use caxton_instrument::prelude::*;

/// What became of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, LabelValue)]
pub enum ProfileOutcome {
    /// It was asked for over HTTP, and answered.
    Served,
    /// It was asked for over HTTP, and the client went away.
    Aborted,
    /// A server of profiles took it.
    Pushed,
    /// Lost: the server of profiles refused it.
    Rejected,
    /// Lost: the server of profiles did not take it in time.
    Unreachable,
    /// Lost: the one before was still on its way.
    Busy,
    /// Lost: it could not be taken.
    Failed,
}

/// A profile.
#[derive(LabelSet)]
pub struct ProfileLabels {
    /// What became of it.
    pub outcome: ProfileOutcome,
}

/// Profiles of the processor's time.
#[derive(MetricSet)]
#[metric_set(namespace = "caxton", subsystem = "instrument")]
pub struct ProfileMetrics {
    /// Profiles of the processor's time, by what became of them.
    pub profiles: Counter<ProfileLabels>,
    /// Samples that were not kept in a profile, because it held too many different stacks.
    pub profile_samples_dropped: Counter,
}

pub(super) fn profile(outcome: ProfileOutcome) {
    let labels = ProfileLabels { outcome };
    ProfileMetrics::global().profiles.at(&labels).increment(1);
}

pub(super) fn dropped(samples: u64) {
    if samples > 0 {
        ProfileMetrics::global()
            .profile_samples_dropped
            .increment(samples);
    }
}
