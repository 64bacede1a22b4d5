//! What checks found, as metrics.

use std::time::Duration;

use caxton_instrument::{Counter, Gauge, Histogram, LabelSet, LabelValue, MetricSet, Text};

use super::report::Outcome;

/// How one run of a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelValue)]
pub(super) enum CheckResult {
    /// All is well.
    Passed,
    /// The check returned an error.
    Failed,
    /// It took longer than its timeout.
    TimedOut,
    /// It panicked.
    Panicked,
}

/// One check.
#[derive(LabelSet)]
pub(super) struct CheckLabels {
    /// The check's name.
    #[label(max_values = 100)]
    check: Text,
}

/// Runs of one check.
#[derive(LabelSet)]
pub(super) struct CheckResultLabels {
    /// The check's name.
    #[label(max_values = 100)]
    check: Text,
    /// How it ended.
    result: CheckResult,
}

/// Health checks.
#[derive(MetricSet)]
#[metric_set(namespace = "caxton", subsystem = "instrument_health")]
pub(super) struct HealthMetrics {
    /// Whether the check passed when it ran last: 1 if it did, 0 if not.
    check_passing: Gauge<CheckLabels>,
    /// Runs of health checks, by how they ended.
    checks: Counter<CheckResultLabels>,
    /// Time that a run of a health check took.
    #[metric(unit = seconds, buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0])]
    check_duration: Histogram<CheckLabels>,
}

pub(super) fn ran(check: &str, outcome: &Outcome, latency: Duration) {
    let result = match outcome {
        Outcome::Passed => CheckResult::Passed,
        Outcome::Failed(_) => CheckResult::Failed,
        Outcome::TimedOut(_) | Outcome::Blocked => CheckResult::TimedOut,
        Outcome::Panicked => CheckResult::Panicked,
    };
    let metrics = HealthMetrics::global();
    let labels = CheckLabels::of(check);
    let passing = f64::from(u8::from(matches!(outcome, Outcome::Passed)));
    metrics.check_passing.at(&labels).set(passing);
    metrics.check_duration.at(&labels).record(latency);
    let labels = CheckResultLabels::of(check, result);
    metrics.checks.at(&labels).increment(1);
}
