//! Each alert on an error budget fires where the budget burns, and only there:
//! not for what has ended, nor for what just began, nor with little traffic.

use caxton_instrument::Slo;
use caxton_instrument::query::{Comparison, Expr};

use super::file::{Given, Test, Times};
use super::{RESTARTED, SAMPLES, firing};
use crate::generate::Deployment;
use crate::generate::burn::{self, Burn, burns};
use crate::generate::rules::objective::alert_name;
use crate::generate::scenario::{Answer, Samples, Unsolved, answer, at_rest, samples};
use crate::promql::{self, Route};

const HOUR: u64 = 3_600;

pub(super) fn tests(slo: &Slo, deployment: &Deployment) -> Result<Vec<Test>, Unsolved> {
    let route = deployment.metrics_route();
    let mut tests = Vec::new();
    for burn in burns(slo, deployment.interval()) {
        tests.extend(of_burn(slo, &burn, route)?);
    }
    tests.extend(of_budget(slo, route)?);
    Ok(tests)
}

fn of_burn(slo: &Slo, burn: &Burn, route: &Route) -> Result<Vec<Test>, Unsolved> {
    let (long, short) = (burn.long.as_secs(), burn.short.as_secs());
    // There is no `for` to wait for: seldom is enough.
    let length = long + 2 * short;
    let evaluation = if length > 12 * HOUR { 6 * HOUR } else { HOUR };
    let times = Times::evaluated(evaluation, length, short / SAMPLES);
    // What is asked of the long window decides how much there is.
    let burning = Expr::Compare(
        Box::new(slo.indicator.bad_share(burn.long)),
        Comparison::Above,
        Box::new(Expr::Number(burn.threshold)),
    );
    let with_traffic = |samples: &Samples, factor: f64| traffic(slo, burn, samples, factor, route);
    let burns = with_traffic(&samples(&burning, true, route)?, 4.0)?;
    let well = with_traffic(&samples(&burning, false, route)?, 4.0)?;
    // More than the short window and less than the long one needs to forget.
    let just = (short + short / 5) / times.interval;
    let steady = |samples: &Samples| Given::steady(samples, times);
    let restarted = |samples| Given::restarted(samples, times, RESTARTED);
    let changed = |first, then| Given::changed(first, then, times, just);
    let mut cases = vec![
        ("fires", steady(&burns), true),
        ("is silent below its threshold", steady(&well), false),
        ("fires across a restart", restarted(&burns), true),
        ("is silent across a restart", restarted(&well), false),
        ("is silent when it has ended", changed(&burns, &well), false),
        (
            "is silent when it just began",
            changed(&well, &burns),
            false,
        ),
        ("is silent without traffic", steady(&at_rest(&burns)), false),
        ("is silent without series", Given::nothing(), false),
    ];
    if slo.min_events > 0 {
        let little = with_traffic(&burns, 0.75)?;
        cases.push(("is silent with little traffic", steady(&little), false));
    }
    let name = alert_name(slo);
    let window = promql::duration(burn.long);
    let labels = [
        ("severity", burn.severity.as_str()),
        ("slo", slo.name),
        ("long_window", window.as_str()),
    ];
    let test = |(case, given, fires): (&str, Given, bool)| {
        let firing = firing(&name, &labels);
        let name = format!("{name} of {window} {case}");
        Test::new(name, times, &given, &[(firing, u64::from(fires))])
    };
    Ok(cases.into_iter().map(test).collect())
}

/// The same shares of so many times the events that the alert wants to see.
fn traffic(
    slo: &Slo,
    burn: &Burn,
    samples: &Samples,
    factor: f64,
    route: &Route,
) -> Result<Samples, Unsolved> {
    let events = answer(&slo.indicator.events(burn.long), samples, route);
    let events = events.and_then(|events| total(&events));
    let events = events.filter(|it| *it > 0.0).ok_or(Unsolved::Unknown)?;
    let wanted = f64::from(slo.min_events.max(1)) * factor;
    let scaled = samples.iter();
    Ok(scaled
        .map(|(key, course)| (key.clone(), course.scaled(wanted / events)))
        .collect())
}

fn total(events: &Answer) -> Option<f64> {
    let (_, first) = events.groups().next()?;
    Some(first)
}

/// What is left of the budget, in part and overspent; all without traffic.
fn of_budget(slo: &Slo, route: &Route) -> Result<Vec<Test>, Unsolved> {
    let times = Times::evaluated(HOUR, 4 * HOUR, HOUR / SAMPLES);
    let spent = Expr::Compare(
        Box::new(slo.indicator.bad_share(slo.window)),
        Comparison::Above,
        Box::new(Expr::Number(slo.budget())),
    );
    let over = samples(&spent, true, route)?;
    let within = samples(&spent, false, route)?;
    let test = |case: &str, samples: &Samples, condition: &str| {
        let remaining = promql::selector(burn::BUDGET_REMAINING, &[("slo", slo.name)]);
        Test::new(
            format!("the error budget of {} {case}", slo.name),
            times,
            &Given::steady(samples, times),
            &[(format!("{remaining} {condition}"), 1)],
        )
    };
    let share = |samples: &Samples| {
        let bad = answer(&slo.indicator.bad_share(slo.window), samples, route);
        bad.and_then(|bad| total(&bad)).ok_or(Unsolved::Unknown)
    };
    let left = |samples: &Samples| {
        let left = 1.0 - share(samples)? / slo.budget();
        let (low, high) = (promql::number(left - 1e-4), promql::number(left + 1e-4));
        Ok(format!("> {low} < {high}"))
    };
    Ok(vec![
        test("is overspent", &over, &left(&over)?),
        test("is spent in part", &within, &left(&within)?),
        test("is whole without traffic", &at_rest(&over), "== 1"),
    ])
}
