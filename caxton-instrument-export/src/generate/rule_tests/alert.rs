//! Each alert fires where it is to, and nowhere else.

use caxton_instrument::Alert;

use super::file::{Given, Test};
use super::{RESTARTED, firing, times};
use crate::generate::scenario::{Samples, Unsolved, answer, at_rest, samples};
use crate::promql::Route;

pub(super) fn tests(alert: &Alert, route: &Route) -> Result<Vec<Test>, Unsolved> {
    let condition = alert.condition.expr();
    let times = times(&condition, alert.hold);
    let fires = samples(&condition, true, route)?;
    let quiet = samples(&condition, false, route)?;
    let rest = at_rest(&fires);
    let holds = |samples| answer(&condition, samples, route).is_some_and(|it| !it.is_empty());
    let restarted = |samples| Given::restarted(samples, times, RESTARTED);
    let steady = |samples| Given::steady(samples, times);
    let cases = [
        ("fires", steady(&fires), true),
        ("is silent below its threshold", steady(&quiet), false),
        ("fires across a restart", restarted(&fires), true),
        ("is silent across a restart", restarted(&quiet), false),
        ("without traffic", steady(&rest), holds(&rest)),
        ("without series", Given::nothing(), holds(&Samples::new())),
    ];
    let severity = [("severity", alert.severity.as_str())];
    let tests = cases.map(|(name, given, fires)| {
        let name = format!("{} {name}", alert.name);
        let firing = firing(alert.name, &severity);
        Test::new(name, times, &given, &[(firing, u64::from(fires))])
    });
    Ok(tests.into())
}
