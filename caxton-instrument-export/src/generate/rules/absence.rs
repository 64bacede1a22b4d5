//! Targets that do not answer, are gone, or say nothing: where nothing is
//! sampled, no other alert fires.

use std::collections::BTreeMap;

use caxton_instrument::query::{Window, minutes};
use caxton_instrument::{Catalog, MetaMetrics, Severity};
use serde_saphyr::LitString;

use super::{AlertingRule, Annotations, Group, Rule};
use crate::generate::wording::plain;
use crate::generate::{Deployment, Service};
use crate::promql::{self, Route};

/// The series that each target has that says anything at all.
pub(in crate::generate) fn witness(catalog: &Catalog, route: &Route) -> Option<String> {
    let witness = catalog.metric(MetaMetrics::SERIES_LIVE.name())?;
    Some(route.metric(witness).into_owned())
}

/// What is missing of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::generate) enum Missing {
    /// Its answers.
    Down,
    /// Every trace of it.
    Gone,
    /// What it declares.
    Silent,
}

impl Missing {
    pub(in crate::generate) const fn alert(self) -> &'static str {
        match self {
            Self::Down => "TargetDown",
            Self::Gone => "TargetGone",
            Self::Silent => "TargetSilent",
        }
    }

    pub(in crate::generate) const fn hold(self) -> Window {
        match self {
            Self::Down | Self::Gone => minutes(2),
            Self::Silent => minutes(5),
        }
    }

    pub(in crate::generate) const fn severity(self) -> Severity {
        match self {
            Self::Down | Self::Gone => Severity::Critical,
            Self::Silent => Severity::Warning,
        }
    }
}

/// What can be missing at the end of a route: only who scrapes a target can tell
/// that it does not answer.
pub(in crate::generate) fn all(catalog: &Catalog, route: &Route) -> Vec<Missing> {
    let has_witness = witness(catalog, route).is_some();
    match route {
        Route::Scrape if has_witness => vec![Missing::Down, Missing::Gone, Missing::Silent],
        Route::Scrape => vec![Missing::Down, Missing::Gone],
        _ if has_witness => vec![Missing::Gone],
        _ => Vec::new(),
    }
}

pub(super) fn group(catalog: &Catalog, deployment: &Deployment) -> Option<Group> {
    let route = deployment.metrics_route();
    let missing = all(catalog, route);
    let witness = witness(catalog, route).unwrap_or_default();
    let services = deployment.services().iter();
    let rules: Vec<_> = services
        .flat_map(|service| {
            let rules = missing.iter();
            rules.map(|missing| rule(*missing, service, route, &witness))
        })
        .collect();
    // A crate's name has no space.
    (!rules.is_empty()).then(|| Group::new("scraped targets", rules))
}

fn rule(missing: Missing, service: &Service, route: &Route, witness: &str) -> Rule {
    let name = service.name();
    let job = route.label("job");
    let up = promql::selector("up", &[("job", name)]);
    let series = promql::selector(witness, &[(job, name)]);
    let (shown, address) = (plain(name), plain(&service.address()));
    let (expr, summary, description) = match (missing, route) {
        (Missing::Down, _) => (
            format!("{up} == 0"),
            format!("{shown} does not answer at {{{{ $labels.instance }}}}."),
            String::from(
                "Prometheus cannot read its metrics: it does not run, hangs, or is not to be \
                 reached. Alerts on its metrics are silent meanwhile.",
            ),
        ),
        (Missing::Gone, Route::Scrape) => (
            format!("absent({up})"),
            format!("Prometheus knows no target of the job {shown}."),
            format!(
                "It was to be scraped at {address}: the job is not in Prometheus's \
                 configuration, or discovery finds nothing. Alerts on its metrics are silent \
                 meanwhile."
            ),
        ),
        (Missing::Gone, _) => (
            format!("absent({series})"),
            format!("Nothing arrives of {shown}."),
            String::from(
                "It does not run, cannot reach its collector, or the collector does not pass on \
                 what it sends. Alerts on its metrics are silent meanwhile.",
            ),
        ),
        (Missing::Silent, _) => (
            format!("{up} == 1 unless on (job, instance) {series}"),
            format!("{{{{ $labels.instance }}}} answers, without the metrics of {shown}."),
            String::from(
                "Another program listens at that address, no recorder was installed, or nothing \
                 was ever recorded. Alerts on its metrics are silent meanwhile.",
            ),
        ),
    };
    Rule::Alert(AlertingRule {
        alert: missing.alert().into(),
        expr: LitString(expr),
        hold: Some(promql::duration(missing.hold())),
        keep: None,
        labels: BTreeMap::from([
            ("service", shown),
            ("severity", missing.severity().as_str().into()),
        ]),
        annotations: Annotations {
            summary,
            description,
            ..Annotations::default()
        },
    })
}
