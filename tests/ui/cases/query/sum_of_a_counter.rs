use caxton_instrument::prelude::*;
use caxton_instrument::query::AnyQuery;

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
    #[metric(unit = seconds, buckets = [0.1, 0.5, 1.0])]
    job_duration: Histogram<JobLabels>,
}

static QUERY: &dyn AnyQuery = &Worker::JOBS.sum();

fn main() {
    let _ = QUERY;
}
