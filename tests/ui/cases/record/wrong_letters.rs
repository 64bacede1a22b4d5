use caxton_instrument::prelude::*;
use caxton_instrument::query::minutes;
use caxton_instrument::{Record, recording_rule};

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

/// Work that is done in time.
#[recording_rule(name = "worker:in-time:ratio5m")]
static IN_TIME: Record = Worker::JOB_DURATION.share_at_most(0.5, minutes(5));

fn main() {}
