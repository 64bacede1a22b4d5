//! Declarations of every kind, some of them hostile, and what is generated from
//! them.

#![allow(clippy::doc_markdown, reason = "some of the texts are to be hostile")]

use caxton_instrument::prelude::*;
use caxton_instrument::query::{days, hours, minutes};
use caxton_instrument::{Alert, Catalog, Panel, Slo, alert, panel, slo};
use caxton_instrument_export::generate::{self, Deployment, File, Service};

#[derive(LabelValue, Clone, Copy)]
enum Ending {
    Ok,
    Failed,
    #[label(rename = "$job [[job]] {{job}} \"'\\")]
    Strange,
}

#[derive(LabelSet)]
struct JobLabels {
    /// How it ended.
    ending: Ending,
    /// The queue.
    #[label(max_values = 20)]
    queue: Text,
}

#[derive(LabelSet)]
struct QueueLabels {
    /// The queue.
    #[label(max_values = 20)]
    queue: Text,
}

#[derive(LabelSet)]
struct FewLabels {
    /// Which of a few.
    #[label(max_values = 3)]
    region: Text,
}

#[derive(LabelSet)]
struct BuildLabels {
    /// What was built.
    #[label(max_values = 1)]
    revision: Text,
}

/// What a [worker](https://example.org/worker) does.
#[derive(MetricSet)]
#[metric_set(namespace = "worker")]
#[allow(dead_code, reason = "they are only asked about")]
struct Worker {
    /// Work that was brought to an end, by how it ended.
    jobs: Counter<JobLabels>,
    /// Requests for work.
    requests: Counter,
    /// What went over the wire.
    #[metric(unit = bytes)]
    transferred: Counter,
    /// Time at work, of all threads together.
    #[metric(unit = seconds)]
    busy: Counter,
    /// Work that waits.
    jobs_waiting: Gauge<QueueLabels>,
    /// What it takes of memory.
    #[metric(unit = bytes)]
    memory: Gauge,
    /// How warm it is.
    #[metric(unit = celsius)]
    temperature: Gauge<FewLabels>,
    /// When it began.
    #[metric(name = "worker_start_time_seconds", unit = seconds)]
    start: Gauge,
    /// Time that a piece of work took.
    #[metric(unit = seconds, buckets = [0.1, 0.5, 1.0, 10.0])]
    job_duration: Histogram<QueueLabels>,
    /// How large a piece of work is.
    #[metric(unit = bytes, native)]
    job_size: Histogram<FewLabels>,
    /// What was built.
    build: Info<BuildLabels>,
}

/// "</script><script>alert('$job ${instance} [[job]] {{ query "up" }}')</script> `${job}` \
/// {{job}}. ;
#[derive(MetricSet)]
#[metric_set(namespace = "hostile")]
#[allow(dead_code, reason = "they are only asked about")]
struct Hostile {
    /// </textarea>"]}$__rate_interval $job [[instance]] {{le}} <img src=x onerror=alert(1)>
    ///
    /// [click](javascript:alert(1)) ${datasource}
    things: Counter<JobLabels>,
}

/// {queue}: {value} of the work fails.
///
/// Look at what it waits for.
#[alert(severity = critical, hold = minutes(5), runbook = "https://example.org/$job?b=c#d")]
static WORK_FAILS: Alert = Worker::JOBS
    .share(JobLabels::ENDING.eq(Ending::Failed), minutes(5))
    .by(JobLabels::QUEUE)
    .above(0.05);

/// Strange things happen: {value}.
#[alert(severity = info)]
static STRANGE: Alert = Hostile::THINGS
    .matching(JobLabels::ENDING.one_of(&[Ending::Strange, Ending::Ok]))
    .matching(JobLabels::QUEUE.ne("$instance ${job} [[job]]"))
    .rate(minutes(5))
    .above(1.0);

/// Work takes {value}.
#[alert(severity = warning)]
static WORK_IS_SLOW: Alert = Worker::JOB_DURATION.quantile(0.99, minutes(5)).above(1.0);

/// Work has {value}.
#[alert(severity = info)]
static WORK_IS_LARGE: Alert = Worker::JOB_SIZE.quantile(0.9, minutes(5)).above(1e6);

/// In four hours there will be {value} of memory in use.
#[alert(severity = warning, hold = minutes(15))]
static MEMORY_RUNS_OUT: Alert = Worker::MEMORY.predicted(hours(4), hours(1)).above(8e9);

/// Within ten minutes {value} went over the wire.
#[alert(severity = info)]
static MUCH_IS_TRANSFERRED: Alert = Worker::TRANSFERRED.increase(minutes(10)).above(1e9);

/// Too few requests come in.
#[alert(severity = critical)]
static NO_REQUESTS: Alert = Worker::REQUESTS.rate(minutes(10)).below(0.5);

/// Work is done.
///
/// What `$job` says of it.
#[slo(objective = 99.5, window = days(28), owner = "workers")]
static WORK_IS_DONE: Slo = Worker::JOBS.bad(JobLabels::ENDING.eq(Ending::Failed));

/// {queue}: {value} of the work takes more than a second.
#[slo(objective = 99.0, window = days(7))]
static WORK_IS_FAST: Slo = Worker::JOB_DURATION.at_most(1.0).by(QueueLabels::QUEUE);

/// What is transferred for one request, ${instance}.
///
/// It should stay [[job]].
#[panel]
static BYTES_OF_A_REQUEST: Panel = Worker::TRANSFERRED
    .rate(minutes(5))
    .divided_by(Worker::REQUESTS.rate(minutes(5)));

pub(crate) fn deployment() -> Deployment {
    Deployment::new("worker")
        .service(Service::new("worker", "localhost", 9464))
        .catalog_at("https://docs.example.org/catalog.html")
}

pub(crate) fn generated(deployment: &Deployment) -> Vec<File> {
    let catalog = Catalog::collect().expect("sound declarations");
    generate::files(&catalog, deployment)
}
