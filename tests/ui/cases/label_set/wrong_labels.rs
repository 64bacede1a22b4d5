use caxton_instrument::prelude::*;

#[derive(LabelSet)]
struct Labels {
    urgent: bool,
}

#[derive(LabelSet)]
struct Others {
    urgent: bool,
}

/// Jobs.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
struct Metrics {
    /// Jobs taken from the queue.
    jobs: Counter<Labels>,
}

fn count() {
    Metrics::global().jobs.at(&Others { urgent: true }).increment(1);
}

fn main() {}
