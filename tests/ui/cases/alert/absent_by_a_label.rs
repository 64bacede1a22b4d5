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

/// {queue} has nothing to do.
#[alert(severity = warning, hold = minutes(5))]
static TOO_LITTLE: Alert = Worker::JOBS_WAITING
    .sum()
    .by(QueueLabels::QUEUE)
    .below(1.0)
    .or_absent();

fn main() {}
