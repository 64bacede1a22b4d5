use caxton_instrument::prelude::*;
use caxton_instrument::query::minutes;
use caxton_instrument::{Alert, alert};

#[derive(LabelSet)]
struct JobLabels {
    failed: bool,
    #[label(max_values = 20)]
    queue: Text,
}

/// Workers.
#[derive(MetricSet)]
#[metric_set(namespace = "worker")]
struct Worker {
    /// Work that was brought to an end.
    jobs: Counter<JobLabels>,
    /// Work that waits.
    jobs_waiting: Gauge,
    /// Time that a piece of work took.
    #[metric(unit = seconds, buckets = [0.1, 0.5, 1.0])]
    job_duration: Histogram<JobLabels>,
}

/// Work is not done within half a second.
#[alert(severity = warning, hold = minutes(5))]
static JOBS_ARE_SLOW: Alert = Worker::JOB_DURATION.at_most(0.5);

fn main() {}
