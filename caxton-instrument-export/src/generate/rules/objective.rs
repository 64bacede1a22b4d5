//! What objectives are measured by, and alerts on the rate at which their error
//! budgets burn.

use std::collections::BTreeMap;

use caxton_instrument::Slo;
use caxton_instrument::alert::{Piece, pieces};
use caxton_instrument::query::{
    Arithmetic, Comparison, Dimension, Expr, Logic, Window, hours, minutes,
};
use caxton_instrument::slo::Indicator;
use serde_saphyr::LitString;

use super::{AlertingRule, Annotations, Group, RecordingRule, Rule};
use crate::generate::Deployment;
use crate::generate::burn::{self, Burn, burns};
use crate::generate::wording::{plain, template};
use crate::promql::{self, Route, Tree};

/// Windows from here on are asked less often: they are much to read, and change
/// little.
const LONG: Window = hours(12);

/// How often; shorter than the five minutes for which Prometheus knows a sample.
const SELDOM: Window = minutes(2);

pub(super) fn groups(krate: &str, slos: &[&Slo], deployment: &Deployment) -> Vec<Group> {
    let route = deployment.metrics_route();
    let (mut recent, mut long, mut alerts) = (Vec::new(), Vec::new(), Vec::new());
    for slo in slos {
        let burns = burns(slo, deployment.interval());
        for window in burn::windows(slo, &burns) {
            let group = if window < LONG {
                &mut recent
            } else {
                &mut long
            };
            group.push(recorded(
                slo,
                &burn::bad_share(window),
                &measured(slo.indicator, window),
                route,
            ));
        }
        if slo.min_events > 0 {
            for burn in &burns {
                let group = if burn.long < LONG {
                    &mut recent
                } else {
                    &mut long
                };
                let events = slo.indicator.events(burn.long);
                group.push(recorded(slo, &burn::events(burn.long), &events, route));
            }
        }
        recent.push(record(
            slo,
            burn::OBJECTIVE,
            format!("vector({})", promql::number(slo.objective)),
        ));
        long.push(record(slo, burn::BUDGET_REMAINING, remaining(slo)));
        alerts.extend(burns.iter().map(|burn| alert(slo, burn, route)));
    }
    recent.extend(alerts);
    vec![
        Group::new(format!("{krate} objectives over days"), long).every(SELDOM),
        Group::new(format!("{krate} objectives"), recent),
    ]
}

/// The share of bad events; none, where there were no events.
pub(in crate::generate) fn measured(indicator: &dyn Indicator, over: Window) -> Expr {
    let zero = || Box::new(Expr::Number(0.0));
    let bad = Box::new(indicator.bad_share(over));
    // What is divided by no events is no number, and compares with nothing.
    let bad = Expr::Compare(bad, Comparison::AtLeast, zero());
    let events = Box::new(indicator.events(over));
    let none = Expr::Arithmetic(events, Arithmetic::Times, zero());
    Expr::Logic(Box::new(bad), Logic::Or, Box::new(none))
}

fn recorded(slo: &Slo, name: &str, expr: &Expr, route: &Route) -> Rule {
    record(slo, name, promql::expression_for(expr, route))
}

fn record(slo: &Slo, name: &str, expr: String) -> Rule {
    Rule::Record(RecordingRule {
        record: name.into(),
        expr: LitString(expr),
        labels: BTreeMap::from([("slo", slo.name.into())]),
    })
}

fn of_slo(slo: &Slo, name: &str) -> Tree {
    Tree::leaf(promql::selector(name, &[("slo", slo.name)]))
}

fn number(value: f64) -> Tree {
    Tree::leaf(promql::number(value))
}

/// All of it where nothing bad happened, below nothing where it is overspent.
fn remaining(slo: &Slo) -> String {
    let bad = of_slo(slo, &burn::bad_share(slo.window));
    let spent = bad.then("/", number(slo.budget()));
    promql::lay_out(&number(1.0).then("-", spent))
}

pub(in crate::generate) fn alert_name(slo: &Slo) -> String {
    format!("{}BudgetBurns", slo.name)
}

fn alert(slo: &Slo, burn: &Burn, route: &Route) -> Rule {
    let burns = |over: Window| {
        let threshold = if burn.is_multiple {
            number(burn.rate).then("*", number(slo.budget()))
        } else {
            number(burn.threshold)
        };
        of_slo(slo, &burn::bad_share(over)).then(">", threshold)
    };
    let mut condition = burns(burn.long).then("and", burns(burn.short));
    if slo.min_events > 0 {
        let events = of_slo(slo, &burn::events(burn.long));
        let enough = events.then(">=", number(f64::from(slo.min_events)));
        condition = condition.then("and", enough);
    }
    let (long, short) = (promql::duration(burn.long), promql::duration(burn.short));
    let mut labels = BTreeMap::from([
        ("severity", burn.severity.as_str().into()),
        ("slo", slo.name.into()),
        ("long_window", long.clone()),
        ("short_window", short.clone()),
    ]);
    if !slo.owner.is_empty() {
        labels.insert("team", plain(slo.owner));
    }
    Rule::Alert(AlertingRule {
        alert: alert_name(slo),
        expr: LitString(promql::lay_out(&condition)),
        hold: None,
        keep: None,
        labels,
        annotations: Annotations {
            summary: summary(slo, &long, route),
            description: description(slo, burn, &long, &short, route),
            runbook_url: plain(slo.runbook),
        },
    })
}

/// What is promised, and how much of it is not kept, where.
fn summary(slo: &Slo, long: &str, route: &Route) -> String {
    let mut out = template(slo.summary, Dimension::RATIO, route);
    let named: Vec<_> = pieces(slo.summary).collect();
    if !named.contains(&Piece::Value) {
        out.extend([
            " In the last ",
            long,
            " {{ $value | humanizePercentage }} was not so.",
        ]);
    }
    for label in slo.indicator.labels() {
        if !named.contains(&Piece::Label(label)) {
            let label = route.label(label);
            out.extend([" ", label, ": {{ $labels.", label, " }}."]);
        }
    }
    out
}

fn description(slo: &Slo, burn: &Burn, long: &str, short: &str, route: &Route) -> String {
    let mut paragraphs = Vec::new();
    if !slo.description.is_empty() {
        paragraphs.push(template(slo.description, Dimension::RATIO, route));
    }
    let (promised, missed) = (percent(slo.objective), percent(burn.threshold));
    let time = promql::duration(slo.window);
    let rate = burn.threshold / slo.budget();
    let hours = (slo.window.as_secs() as f64 / rate / 3_600.0).round();
    let left = if hours < 48.0 {
        format!("{} hours", hours.max(1.0))
    } else {
        format!("{} days", (hours / 24.0).round())
    };
    paragraphs.push(format!(
        "{promised} % of {time} is promised, and more than {missed} % of the last {long} and of \
         the last {short} was not so. At that rate the error budget of {time} is gone in {left}."
    ));
    paragraphs.join("\n\n")
}

/// To a few digits: 99.9 of 0.999.
fn percent(share: f64) -> f64 {
    (share * 100.0 * 1e6).round() / 1e6
}
