//! Each recording rule has the value that its samples come to.

use caxton_instrument::Record;

use super::file::{Given, Test};
use super::{RESTARTED, times};
use crate::generate::scenario::{Answer, Unsolved, answer, answered, at_rest};
use crate::promql::{self, Route};

pub(super) fn tests(record: &Record, route: &Route) -> Result<Vec<Test>, Unsolved> {
    let expr = record.query.expr();
    let (samples, found) = answered(&expr, route)?;
    let times = times(&expr, None);
    let name = |of: &str| format!("{} {of}", record.name);
    let mut tests = vec![
        Test::new(
            name("has its value"),
            times,
            &Given::steady(&samples, times),
            &expected(record, &found, 1e-6),
        ),
        // What was counted just before is not known.
        Test::new(
            name("goes on across a restart"),
            times,
            &Given::restarted(&samples, times, RESTARTED),
            &expected(record, &found, 0.2),
        ),
        Test::new(
            name("is nothing without series"),
            times,
            &Given::nothing(),
            &[(record.name.into(), 0)],
        ),
    ];
    let rest = at_rest(&samples);
    let without_traffic = answer(&expr, &rest, route)
        .map(|found| expected(record, &found, 1e-6))
        .unwrap_or_default();
    if !without_traffic.is_empty() {
        tests.push(Test::new(
            name("without traffic"),
            times,
            &Given::steady(&rest, times),
            &without_traffic,
        ));
    }
    Ok(tests)
}

/// Each of its series is about what it is to be.
fn expected(record: &Record, answer: &Answer, tolerance: f64) -> Vec<(String, u64)> {
    let one = |(labels, value): (&std::collections::BTreeMap<String, String>, f64)| {
        let labels: Vec<_> = labels
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let series = promql::selector(record.name, &labels);
        let value_text = promql::number(value);
        let most = promql::number((value.abs() * tolerance).max(1e-9));
        (format!("abs({series} - {value_text}) <= {most}"), 1)
    };
    answer.groups().map(one).collect()
}
