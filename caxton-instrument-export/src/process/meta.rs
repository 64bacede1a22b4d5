//! What is said about the reading itself.

use caxton_instrument::prelude::*;

/// What is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, LabelValue)]
pub enum Source {
    /// The process.
    Process,
    /// Network devices.
    Network,
    /// Tokio runtimes and groups of tasks.
    Runtime,
    /// File systems.
    Disk,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, LabelValue)]
pub enum RefreshOutcome {
    /// Everything was read.
    Ok,
    /// Something could not be read; its metrics are left out or keep what they
    /// read last.
    Failed,
    /// A reader did not wait for the end of it, and read older values.
    Late,
}

/// A refresh.
#[derive(LabelSet)]
pub struct Refreshed {
    /// Of what.
    pub source: Source,
    /// What became of it.
    pub outcome: RefreshOutcome,
}

/// The reading of values that the system knows.
#[derive(MetricSet)]
#[metric_set(namespace = "caxton", subsystem = "instrument")]
pub struct RefreshMetrics {
    /// Readings of values that the system or the runtime knows, before they are shown.
    pub refreshes: Counter<Refreshed>,
}

pub(super) fn refreshed(source: Source, outcome: RefreshOutcome) {
    let labels = Refreshed { source, outcome };
    RefreshMetrics::global().refreshes.at(&labels).increment(1);
}
