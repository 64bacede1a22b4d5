//! From each metric to those who are told of it: what breaks on the way is a
//! finding, before anybody waits for an alert that nobody gets.
//!
//! ```text
//! scraped  what cannot be scraped, or not told apart
//! told     who cannot be told, or has nothing to be told
//! ```

mod scraped;
mod told;

use std::collections::BTreeSet;

use caxton_instrument::{Catalog, Finding, Level, Location, Severity};

use super::alertmanager::receiver_name;
use super::burn::burns;
use super::rules::{OBJECTIVES, RULES};
use super::{Deployment, Service, Team, telemetry};

/// How alerts get from metrics to people, and where they do not.
///
/// ```standalone_crate
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::{Alert, Catalog, alert};
/// use caxton_instrument_export::generate::{self, Deployment, Service, Team};
///
/// /// The mailer.
/// #[derive(MetricSet)]
/// #[metric_set(namespace = "mailer")]
/// struct Mail {
///     /// Mail that waits to be sent.
///     messages_waiting: Gauge,
/// }
///
/// /// {value} messages wait.
/// #[alert(severity = warning, owner = "post")]
/// static MAIL_WAITS: Alert = Mail::MESSAGES_WAITING.sum().above(1_000.0);
///
/// let here = Deployment::new("mailer")
///     .service(Service::new("mailer", "localhost", 9464))
///     .team(Team::new("mail").webhook_file("/etc/alertmanager/secrets/mail"));
/// let wiring = generate::wiring(&Catalog::collect()?, &here);
/// assert_eq!(wiring.findings[0].class, "owner_without_team");
/// assert_eq!(wiring.chains[0].metrics, ["mailer_messages_waiting"]);
/// assert_eq!(wiring.chains[0].endpoints, ["http://localhost:9464/metrics"]);
/// # Ok::<(), caxton_instrument::CatalogError>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Wiring {
    /// From metrics to a receiver: one for each alert and severity.
    pub chains: Vec<Chain>,
    /// Where a chain ends before its receiver, or does not begin. An error is
    /// an alert that would be lost.
    pub findings: Vec<Finding>,
}

/// What an alert goes through.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Chain {
    /// The alert, or the objective whose budget burns.
    pub alert: &'static str,
    /// Its severity.
    pub severity: Severity,
    /// The metrics that it reads.
    pub metrics: Vec<&'static str>,
    /// Where they are exposed.
    pub endpoints: Vec<String>,
    /// The jobs that scrape them.
    pub jobs: Vec<String>,
    /// The file of its rule.
    pub rule_file: String,
    /// The team whose route takes it; `None` where nobody is told.
    pub team: Option<String>,
    /// Alertmanager's receivers.
    pub receivers: Vec<String>,
}

/// Something that ends at a team: an alert, or an objective.
struct Source {
    name: &'static str,
    owner: &'static str,
    severities: Vec<Severity>,
    location: Location,
    metrics: BTreeSet<&'static str>,
    rule_file: &'static str,
}

/// Follows each alert from its metrics to its receivers.
#[must_use]
pub fn wiring(catalog: &Catalog, deployment: &Deployment) -> Wiring {
    let sources = sources(catalog, deployment);
    let mut findings = Vec::new();
    scraped::services(deployment, &mut findings);
    scraped::addresses(deployment, &mut findings);
    scraped::lookbacks(catalog, deployment, &mut findings);
    told::versions(deployment, &mut findings);
    told::teams(deployment, &sources, &mut findings);
    told::owners(deployment, &sources, &mut findings);
    findings.sort();
    Wiring {
        chains: chains(deployment, &sources),
        findings,
    }
}

fn sources(catalog: &Catalog, deployment: &Deployment) -> Vec<Source> {
    let own = telemetry::alerts(catalog);
    let alerts = catalog.alerts().iter().chain(&own).map(|alert| {
        let mut metrics = BTreeSet::new();
        let expr = alert.condition.expr();
        expr.each_metric(&mut |metric| {
            metrics.insert(metric.name);
        });
        Source {
            name: alert.name,
            owner: alert.owner,
            severities: vec![alert.severity],
            location: alert.location,
            metrics,
            rule_file: RULES,
        }
    });
    let objectives = catalog.slos().iter().map(|slo| {
        let mut metrics = BTreeSet::new();
        let expr = slo.indicator.bad_share(slo.window);
        expr.each_metric(&mut |metric| {
            metrics.insert(metric.name);
        });
        Source {
            name: slo.name,
            owner: slo.owner,
            severities: burns(slo, deployment.interval())
                .iter()
                .map(|burn| burn.severity)
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect(),
            location: slo.location,
            metrics,
            rule_file: OBJECTIVES,
        }
    });
    alerts.chain(objectives).collect()
}

fn error(class: &'static str, message: String) -> Finding {
    Finding::new(Level::Error, class, message)
}

fn warning(class: &'static str, message: String) -> Finding {
    Finding::new(Level::Warning, class, message)
}

fn at(mut finding: Finding, places: impl IntoIterator<Item = Location>) -> Finding {
    finding.places.extend(places);
    finding
}

fn chains(deployment: &Deployment, sources: &[Source]) -> Vec<Chain> {
    let services = deployment.services();
    let endpoint =
        |it: &Service| format!("{}://{}{}", it.scheme(), it.address(), it.metrics_path());
    let endpoints: Vec<_> = services.iter().map(endpoint).collect();
    let jobs: Vec<_> = services.iter().map(|it| it.name().to_owned()).collect();
    let teams = deployment.teams();
    let mut chains = Vec::new();
    for source in sources {
        for severity in &source.severities {
            let is_critical = *severity == Severity::Critical;
            // What no route takes goes to the first team.
            let team = teams
                .iter()
                .find(|team| team.name() == source.owner)
                .or_else(|| teams.first())
                .filter(|_| *severity != Severity::Info);
            let on_call = deployment
                .on_call_team()
                .filter(|name| is_critical && team.is_some_and(|team| team.name() != *name));
            let told = on_call.into_iter().chain(team.map(Team::name));
            chains.push(Chain {
                alert: source.name,
                severity: *severity,
                metrics: source.metrics.iter().copied().collect(),
                endpoints: endpoints.clone(),
                jobs: jobs.clone(),
                rule_file: format!("prometheus/{}", source.rule_file),
                team: team.map(|team| team.name().to_owned()),
                receivers: told.map(|team| receiver_name(team, is_critical)).collect(),
            });
        }
    }
    chains
}

fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
