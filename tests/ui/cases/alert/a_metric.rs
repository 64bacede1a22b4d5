use caxton_instrument::prelude::*;
use caxton_instrument::query::minutes;
use caxton_instrument::{Alert, alert};

#[derive(LabelSet)]
struct QueueLabels {
    #[label(max_values = 20)]
    queue: Text,
}

/// Workers.
#[derive(MetricSet)]
#[metric_set(namespace = "worker")]
struct Worker {
    /// Work that waits.
    jobs_waiting: Gauge<QueueLabels>,
}

/// Too much work.
#[alert(severity = warning, hold = minutes(5))]
static TOO_MUCH: Alert = Worker::JOBS_WAITING;

fn main() {}
