//! What the expressions are judged by.

use caxton_instrument::Catalog;
use caxton_instrument::prelude::*;

#[derive(LabelValue, Clone, Copy)]
enum Status {
    Success,
    Failure,
    TimedOut,
}

#[derive(LabelSet)]
struct RequestLabels {
    /// How it ended.
    status: Status,
    /// The template of the path.
    #[label(max_values = 20)]
    route: Text,
}

#[derive(LabelSet)]
struct RouteLabels {
    /// The template of the path.
    #[label(max_values = 20)]
    route: Text,
}

#[derive(LabelSet)]
struct QueueLabels {
    /// The queue.
    #[label(max_values = 20)]
    queue: Text,
}

#[derive(LabelSet)]
struct BuildLabels {
    /// What runs.
    #[label(max_values = 2)]
    revision: Text,
}

/// A shop.
#[derive(MetricSet)]
#[metric_set(namespace = "shop")]
#[allow(dead_code, reason = "they are only asked about")]
struct Shop {
    /// Requests that were answered.
    requests: Counter<RequestLabels>,
    /// Orders that were taken.
    orders: Counter,
    /// What went over the wire.
    #[metric(unit = bytes)]
    transferred: Counter<RouteLabels>,
    /// Time at work, of all threads together.
    #[metric(unit = seconds)]
    busy: Counter,
    /// Work that waits.
    #[metric(replaces("shop_queue_depth", reason = "the thing comes first"))]
    jobs_waiting: Gauge<QueueLabels>,
    /// Memory in use.
    #[metric(unit = bytes)]
    memory: Gauge,
    /// Memory that may be used.
    #[metric(unit = bytes)]
    memory_limit: Gauge,
    /// Share of the processors in use.
    #[metric(unit = ratio)]
    cpu_usage: Gauge,
    /// When the last backup ended.
    #[metric(unit = seconds)]
    backup_timestamp: Gauge,
    /// Age of the oldest piece of work.
    #[metric(unit = seconds)]
    oldest_job_age: Gauge<QueueLabels>,
    /// Time to answer.
    #[metric(unit = seconds, buckets = [0.1, 0.5, 1.0, 2.5])]
    request_duration: Histogram<RouteLabels>,
    /// Time for one piece of work.
    #[metric(unit = seconds, native)]
    job_duration: Histogram<QueueLabels>,
    /// What runs.
    build: Info<BuildLabels>,
}

pub(crate) fn collected() -> Catalog {
    Catalog::collect().expect("the declarations hold")
}
