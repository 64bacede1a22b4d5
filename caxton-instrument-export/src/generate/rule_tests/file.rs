//! The format of
//! [unit tests of rules](https://prometheus.io/docs/prometheus/3.5/configuration/unit_testing_rules/).

use serde::Serialize;

use crate::generate::scenario::{Course, Key, Samples};
use crate::promql;

#[derive(Debug, Serialize)]
pub(super) struct TestFile {
    pub(super) rule_files: [&'static str; 1],
    pub(super) evaluation_interval: String,
    /// Without it promtool evaluates groups in any order, and alerts read what
    /// other groups record.
    pub(super) group_eval_order: Vec<String>,
    pub(super) tests: Vec<Test>,
}

#[derive(Debug, Serialize)]
pub(super) struct Test {
    name: String,
    /// How often rules are evaluated, in seconds: of the file.
    #[serde(skip)]
    pub(super) evaluation: u64,
    interval: String,
    input_series: Vec<Input>,
    #[serde(rename = "promql_expr_test")]
    asked: Vec<Asked>,
}

#[derive(Debug, Serialize)]
struct Input {
    series: String,
    values: String,
}

#[derive(Debug, Serialize)]
struct Asked {
    expr: String,
    eval_time: String,
    exp_samples: [Expected; 1],
}

#[derive(Debug, Serialize)]
struct Expected {
    labels: &'static str,
    value: u64,
}

/// When samples are taken, when rules are evaluated, and when it is asked, in
/// seconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    pub(super) evaluation: u64,
    pub(super) interval: u64,
    pub(super) end: u64,
}

impl Times {
    /// So long, and at least so many seconds between samples.
    ///
    /// What takes long is evaluated less often: the tests of a month would else
    /// take as long as everything else together.
    pub(super) fn new(length: u64, interval: u64) -> Self {
        const MINUTE: u64 = 60;
        const HOUR: u64 = 60 * MINUTE;
        let evaluation = match length {
            0..=25_200 => MINUTE,
            25_201..=86_400 => HOUR,
            _ => 6 * HOUR,
        };
        Self::evaluated(evaluation, length, interval)
    }

    pub(super) fn evaluated(evaluation: u64, length: u64, interval: u64) -> Self {
        Self {
            evaluation,
            interval: interval.clamp(1, evaluation),
            end: length.div_ceil(evaluation).saturating_mul(evaluation),
        }
    }

    /// Samples from the start to the end, both included.
    pub(super) const fn count(self) -> u64 {
        self.end / self.interval + 1
    }
}

/// So many samples of a series that go on in one way.
#[derive(Debug, Clone, Copy)]
struct Phase {
    course: Course,
    samples: u64,
    /// Counted from nothing again.
    restarts: bool,
}

/// Series and how they go on.
#[derive(Debug, Clone, Default)]
pub(super) struct Given(Vec<(Key, Vec<Phase>)>);

impl Given {
    pub(super) fn nothing() -> Self {
        Self::default()
    }

    /// In one way all the time.
    pub(super) fn steady(samples: &Samples, times: Times) -> Self {
        Self::phases(samples, |course| {
            vec![Phase {
                course,
                samples: times.count(),
                restarts: false,
            }]
        })
    }

    /// The same, with a restart of the program so many samples before the end.
    pub(super) fn restarted(samples: &Samples, times: Times, before: u64) -> Self {
        let after = before.min(times.count() - 1);
        Self::phases(samples, |course| {
            let phase = |samples, restarts| Phase {
                course,
                samples,
                restarts,
            };
            vec![phase(times.count() - after, false), phase(after, true)]
        })
    }

    /// In another way for the last samples.
    pub(super) fn changed(first: &Samples, then: &Samples, times: Times, last: u64) -> Self {
        let mut this = Self::phases(first, |course| {
            vec![Phase {
                course,
                samples: times.count() - last,
                restarts: false,
            }]
        });
        for (key, phases) in &mut this.0 {
            if let Some(course) = then.get(key) {
                phases.push(Phase {
                    course: *course,
                    samples: last,
                    restarts: false,
                });
            }
        }
        this
    }

    fn phases(samples: &Samples, phases: impl Fn(Course) -> Vec<Phase>) -> Self {
        let all = samples.iter();
        Self(
            all.map(|(key, course)| (key.clone(), phases(*course)))
                .collect(),
        )
    }
}

impl Test {
    /// A test of what queries count at the end.
    pub(super) fn new(name: String, times: Times, given: &Given, counts: &[(String, u64)]) -> Self {
        let input = |(key, phases): &(Key, Vec<Phase>)| Input {
            series: series(key),
            values: values(phases, times.interval),
        };
        let asked = |(expr, count): &(String, u64)| Asked {
            expr: format!("count({expr}) or vector(0)"),
            eval_time: format!("{}s", times.end),
            exp_samples: [Expected {
                labels: "{}",
                value: *count,
            }],
        };
        Self {
            name,
            evaluation: times.evaluation,
            interval: format!("{}s", times.interval),
            input_series: given.0.iter().map(input).collect(),
            asked: counts.iter().map(asked).collect(),
        }
    }
}

fn series((name, labels): &Key) -> String {
    let labels: Vec<_> = labels
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    promql::selector(name, &labels)
}

/// In promtool's notation: `0+5x10` is 0, 5, 10 .. 50.
fn values(phases: &[Phase], interval: u64) -> String {
    let mut out = Vec::new();
    let mut next = 0.0;
    for phase in phases.iter().filter(|phase| phase.samples > 0) {
        let more = phase.samples - 1;
        out.push(match phase.course {
            Course::Level(level) => format!("{level}x{more}"),
            Course::Rising(a_second) => {
                let step = a_second * interval as f64;
                let first = if phase.restarts { 0.0 } else { next };
                next = first + step * phase.samples as f64;
                let sign = if step < 0.0 { "" } else { "+" };
                format!("{first}{sign}{step}x{more}")
            }
        });
    }
    out.join(" ")
}
