use caxton_instrument::prelude::*;
use caxton_instrument::query::{AnyQuery, minutes};

#[derive(LabelValue, Clone, Copy)]
enum Ending {
    Ok,
    Failed,
}

#[derive(LabelSet)]
struct JobLabels {
    ending: Ending,
    #[label(max_values = 20)]
    queue: Text,
}

#[derive(LabelSet)]
struct QueueLabels {
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
    jobs_waiting: Gauge<QueueLabels>,
    /// What it takes of memory.
    #[metric(unit = bytes)]
    memory: Gauge,
    /// Time that a piece of work took.
    #[metric(unit = seconds, native)]
    job_duration: Histogram<JobLabels>,
}

static QUERY: &dyn AnyQuery = &Worker::JOB_DURATION.share_at_most(0.3, minutes(5));

fn main() {
    let _ = QUERY;
}
