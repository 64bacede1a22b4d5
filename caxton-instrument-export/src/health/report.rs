//! What a round of checks found, as `/health` writes it.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

/// Characters of an error that are shown.
const MAX_ERROR: usize = 200;

/// The program's health, or that of one dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Healthy,
    /// Something failed that the program can do without.
    Degraded,
    Unhealthy,
}

/// How one run of a check ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Passed,
    Failed(String),
    TimedOut(Duration),
    /// The run before it has blocked its thread and not ended yet.
    Blocked,
    Panicked,
}

/// One check, as it ended.
#[derive(Debug, Clone)]
pub(super) struct Checked {
    pub(super) name: Arc<str>,
    pub(super) is_critical: bool,
    pub(super) outcome: Outcome,
    pub(super) latency: Duration,
}

/// All checks of a round, in the order in which they were given.
#[derive(Debug)]
pub(crate) struct Report {
    pub(super) checks: Vec<Checked>,
    pub(super) taken: Instant,
}

impl Report {
    pub(super) fn new(checks: Vec<Checked>) -> Self {
        Self {
            checks,
            taken: Instant::now(),
        }
    }

    pub(crate) fn status(&self) -> Status {
        let failed = |check: &&Checked| check.outcome != Outcome::Passed;
        let mut failed = self.checks.iter().filter(failed).peekable();
        if failed.peek().is_none() {
            Status::Healthy
        } else if failed.any(|check| check.is_critical) {
            Status::Unhealthy
        } else {
            Status::Degraded
        }
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.checks.len()))?;
        for check in &self.checks {
            map.serialize_entry(&*check.name, check)?;
        }
        map.end()
    }
}

impl Serialize for Checked {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let error = self.outcome.error();
        let mut map = serializer.serialize_map(None)?;
        let status = match error {
            None => Status::Healthy,
            Some(_) => Status::Unhealthy,
        };
        map.serialize_entry("status", &status)?;
        let latency = u64::try_from(self.latency.as_millis()).unwrap_or(u64::MAX);
        map.serialize_entry("latency_ms", &latency)?;
        if let Some(error) = error {
            map.serialize_entry("error", &error)?;
        }
        map.end()
    }
}

impl Outcome {
    fn error(&self) -> Option<String> {
        match self {
            Self::Passed => None,
            Self::Failed(error) => Some(error.clone()),
            Self::TimedOut(after) => Some(format!("no answer within {after:?}")),
            Self::Blocked => Some(String::from("an earlier run has not ended")),
            Self::Panicked => Some(String::from("the check panicked")),
        }
    }

    /// An error and its sources on one line, cut where it gets long.
    pub(super) fn failed(error: &(dyn Error + 'static)) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            let part = error.to_string();
            // Some show their source themselves.
            if !text.ends_with(&part) {
                text.extend([": ", &part]);
            }
            source = error.source();
        }
        let mut line: String = text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(MAX_ERROR)
            .collect();
        if text.chars().nth(MAX_ERROR).is_some() {
            line.push('…');
        }
        Self::Failed(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(name: &str, is_critical: bool, outcome: Outcome) -> Checked {
        Checked {
            name: name.into(),
            is_critical,
            outcome,
            latency: Duration::from_micros(2_900),
        }
    }

    fn failed() -> Outcome {
        Outcome::Failed(String::from("gone"))
    }

    #[test]
    fn the_worst_that_matters_decides() {
        let cases = [
            (vec![], Status::Healthy),
            (vec![checked("a", true, Outcome::Passed)], Status::Healthy),
            (vec![checked("a", false, failed())], Status::Degraded),
            (
                vec![checked("a", true, Outcome::Blocked)],
                Status::Unhealthy,
            ),
            (
                vec![
                    checked("a", false, failed()),
                    checked("b", true, Outcome::Panicked),
                ],
                Status::Unhealthy,
            ),
            (
                vec![
                    checked("a", true, Outcome::Passed),
                    checked("b", false, failed()),
                ],
                Status::Degraded,
            ),
        ];
        for (checks, expected) in cases {
            assert_eq!(Report::new(checks.clone()).status(), expected, "{checks:?}");
        }
    }

    #[test]
    fn checks_are_written_in_the_order_in_which_they_were_given() {
        let report = Report::new(vec![
            checked("postgres", true, Outcome::Passed),
            checked(
                "clickhouse",
                false,
                Outcome::TimedOut(Duration::from_secs(2)),
            ),
        ]);
        assert_eq!(
            serde_json::to_string(&report).unwrap(),
            "{\"postgres\":{\"status\":\"healthy\",\"latency_ms\":2},\
             \"clickhouse\":{\"status\":\"unhealthy\",\"latency_ms\":2,\"error\":\"no answer within 2s\"}}"
        );
    }

    #[test]
    fn an_error_is_one_short_line_with_its_sources() {
        let inner = std::io::Error::other("line one\nline two");
        let outer = std::io::Error::new(std::io::ErrorKind::NotFound, Wrapping(inner));
        let Outcome::Failed(text) = Outcome::failed(&outer) else {
            panic!("no error");
        };
        assert_eq!(text, "db error: line one line two");
        let Outcome::Failed(text) = Outcome::failed(&std::io::Error::other("ä".repeat(500)))
        else {
            panic!("no error");
        };
        assert_eq!(text.chars().count(), MAX_ERROR + 1);
    }

    #[derive(Debug)]
    struct Wrapping(std::io::Error);

    impl std::fmt::Display for Wrapping {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("db error")
        }
    }

    impl Error for Wrapping {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }
}
