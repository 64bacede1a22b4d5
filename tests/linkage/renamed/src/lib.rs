//! The facade under another name: every macro takes `crate = path`.

use telemetry::prelude::*;

/// How a job ended.
#[derive(LabelValue, Debug, Clone, Copy, PartialEq, Eq)]
#[label(crate = telemetry)]
pub enum Status {
    /// It is done.
    Done,
    /// It gave up.
    Failed,
}

/// How a job ended, as another crate names it.
#[derive(LabelValue, Debug, Clone, Copy, PartialEq, Eq)]
#[label(crate = ::telemetry)]
pub struct Ended(pub Status);

/// The labels of a job.
#[derive(LabelSet, Debug)]
#[label_set(crate = telemetry)]
pub struct JobLabels {
    /// How it ended.
    pub status: Status,
    /// The queue it came from.
    #[label(max_values = 10)]
    pub queue: Text,
}

/// Jobs.
#[derive(MetricSet)]
#[metric_set(namespace = "renamed", subsystem = "jobs", crate = telemetry)]
pub struct JobMetrics {
    /// Jobs that ended.
    pub ended: Counter<JobLabels>,
    /// Time that one job takes.
    #[metric(unit = seconds, max_values(queue = 5))]
    pub duration: Histogram<JobLabels>,
}

telemetry::agent_metrics! {
    /// The agents of this crate.
    pub struct Agents {
        namespace = "renamed",
        crate = telemetry,
        default,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use telemetry::testing::TestRecorder;

    #[test]
    fn the_expansions_name_the_renamed_crate() {
        let recorder = TestRecorder::new();
        let metrics = JobMetrics::new_in(recorder.shared());
        let labels = JobLabels::of(Status::Done, "mail");
        metrics.ended.at(&labels).increment(2);
        assert_eq!(recorder.counter(JobMetrics::ENDED, &labels), 2);
        assert_eq!(JobMetrics::ENDED.name(), "renamed_jobs_ended_total");
        assert_eq!(Agents::EXECUTIONS.name(), "renamed_agent_executions_total");
        assert_eq!(Ended::VALUES, Status::VALUES);
    }
}
