//! From each metric to those who are told of it: what breaks on the way is a
//! finding, before anybody waits for an alert that nobody gets.

use std::collections::{BTreeMap, BTreeSet};

use caxton_instrument::{Catalog, Finding, Level, Location, Severity};

use super::alertmanager::receiver_name;
use super::burn::burns;
use super::kubernetes::names::resource_name;
use super::rules::{OBJECTIVES, RULES};
use super::scenario::windows;
use super::team::Receiver;
use super::{Deployment, Version, scrape, telemetry};

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
    services(deployment, &mut findings);
    addresses(deployment, &mut findings);
    teams(deployment, &sources, &mut findings);
    owners(deployment, &sources, &mut findings);
    lookbacks(catalog, deployment, &mut findings);
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

/// Services that Prometheus could not tell apart, or not read.
fn services(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let services = deployment.services();
    if services.is_empty() {
        findings.push(error(
            "no_service",
            format!(
                "the deployment `{}` has no service, so that no metric is read: name one by `.service(Service::new(..))`",
                deployment.name()
            ),
        ));
    }
    let mut jobs: BTreeMap<&str, usize> = BTreeMap::new();
    let mut addresses: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut resources: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for own in [scrape::PROMETHEUS, scrape::ALERTMANAGER, scrape::FEDERATION] {
        jobs.insert(own, 1);
    }
    for (own, address) in [
        (scrape::PROMETHEUS, deployment.prometheus_address()),
        (scrape::ALERTMANAGER, deployment.alertmanager_address()),
    ] {
        addresses.entry(address.to_owned()).or_default().push(own);
    }
    for service in services {
        let name = service.name();
        *jobs.entry(name).or_default() += 1;
        addresses.entry(service.address()).or_default().push(name);
        resources.entry(resource_name(name)).or_default().push(name);
        if name.is_empty() {
            findings.push(error(
                "service_name",
                format!(
                    "the service at `{}` has no name: it is its `job`",
                    service.address()
                ),
            ));
        }
        if resource_name(name) != name {
            findings.push(warning(
                "service_name",
                format!(
                    "Kubernetes takes no service `{name}`, so that it is `{}` there, and its `job` with it: name the service so",
                    resource_name(name)
                ),
            ));
        }
        let path = service.metrics_path();
        if !path.starts_with('/') || path.contains(char::is_whitespace) {
            findings.push(error(
                "metrics_path",
                format!("the service `{name}` has its metrics at `{path}`, which is no path: write one such as `/metrics`"),
            ));
        }
    }
    let namespace = deployment.kubernetes_namespace();
    if resource_name(namespace) != namespace {
        findings.push(error(
            "namespace",
            format!(
                "Kubernetes takes no namespace `{namespace}`: small letters, digits and `-`, such as `{}`",
                resource_name(namespace)
            ),
        ));
    }
    for (job, count) in jobs.into_iter().filter(|(_, count)| *count > 1) {
        findings.push(error(
            "duplicate_job",
            format!("{count} jobs are called `{job}`, which Prometheus refuses: rename a service, or scrape its instances as one"),
        ));
    }
    for (address, names) in addresses.into_iter().filter(|(_, names)| names.len() > 1) {
        findings.push(error(
            "same_address",
            format!(
                "{} are all at `{address}`, where one program listens: give each its own port",
                quoted(names)
            ),
        ));
    }
    for (name, names) in resources.into_iter().filter(|(_, names)| names.len() > 1) {
        let names: BTreeSet<_> = names.into_iter().collect();
        if names.len() > 1 {
            findings.push(error(
                "service_name",
                format!(
                    "{} are all `{name}` to Kubernetes: name them apart by letters and digits",
                    quoted(names)
                ),
            ));
        }
    }
}

/// Addresses and labels that Prometheus does not take.
fn addresses(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let own = [
        ("Prometheus", deployment.prometheus_address().to_owned()),
        ("Alertmanager", deployment.alertmanager_address().to_owned()),
    ];
    let services = deployment.services().iter();
    let services = services.map(|it| (it.name(), it.address()));
    for (name, address) in own.into_iter().chain(services) {
        let parts = address.rsplit_once(':');
        let is_right = parts.is_some_and(|(host, port)| {
            !host.is_empty()
                && !host.contains(|it: char| it.is_whitespace() || "/@?#".contains(it))
                && port.parse::<u16>().is_ok_and(|port| port > 0)
        });
        if !is_right {
            findings.push(error(
                "address",
                format!("`{name}` is at `{address}`, where nothing can be: write `host:port`, without a scheme, and a port from 1"),
            ));
        }
    }
    for name in deployment.labels_outside().keys() {
        let is_name = name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
            && name
                .chars()
                .all(|it| it.is_ascii_alphanumeric() || it == '_');
        if !is_name || name.starts_with("__") {
            findings.push(error(
                "external_label",
                format!(
                    "`{name}` is no name of a label: letters, digits and `_`, and no `__` first"
                ),
            ));
        }
    }
    if deployment.shard_count() == 0 {
        findings.push(error(
            "shards",
            String::from("no server of Prometheus is left to scrape: write `.shards(1)` or more"),
        ));
    }
}

/// Teams that nobody can tell, or that nobody has anything to tell.
fn teams(deployment: &Deployment, sources: &[Source], findings: &mut Vec<Finding>) {
    let teams = deployment.teams();
    if teams.is_empty() && !sources.is_empty() {
        findings.push(warning(
            "no_team",
            format!(
                "the deployment `{}` has no team, so that its {} alerts tell nobody: name one by `.team(Team::new(..))`",
                deployment.name(),
                sources.len()
            ),
        ));
    }
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for team in teams {
        *names.entry(team.name()).or_default() += 1;
    }
    for (name, count) in &names {
        if *count > 1 {
            findings.push(error(
                "duplicate_team",
                format!("{count} teams are called `{name}`: all but the first are told nothing"),
            ));
        }
    }
    if let Some(name) = deployment.on_call_team()
        && !names.contains_key(name)
    {
        findings.push(error(
            "on_call_without_team",
            format!("`{name}` is on call, and no team: name it by `.team(Team::new(\"{name}\"))`"),
        ));
    }
    let owners: BTreeSet<_> = sources.iter().map(|source| source.owner).collect();
    for (at, team) in teams.iter().enumerate() {
        let name = team.name();
        let is_told = at == 0 || deployment.on_call_team() == Some(name) || owners.contains(name);
        if !is_told {
            findings.push(warning(
                "unused_team",
                format!("no alert has the owner `{name}`, so that the team is told nothing: is an owner spelled in another way?"),
            ));
        }
        for receiver in team.receivers() {
            if let Some(finding) = receivable(deployment, name, receiver) {
                findings.push(finding);
            }
        }
    }
}

/// What Alertmanager cannot do.
fn receivable(deployment: &Deployment, team: &str, receiver: &Receiver) -> Option<Finding> {
    let version = deployment.versions().alertmanager;
    let needs = match receiver {
        Receiver::Webhook { .. } => Version::new(0, 26),
        Receiver::Slack { .. } => Version::new(0, 22),
        Receiver::Email { .. } if deployment.mail().is_none() => {
            return Some(error(
                "email_without_smtp",
                format!(
                    "`{team}` is told by mail, and nothing sends it: name what does by `.smtp(Smtp::new(..))`"
                ),
            ));
        }
        Receiver::PagerDuty { .. } | Receiver::Email { .. } => Version::new(0, 25),
    };
    (version < needs).then(|| {
        error(
            "alertmanager_version",
            format!("`{team}` is told in a way whose secret Alertmanager reads from a file since {needs}, and the target is {version}: `--target alertmanager={needs}`, or another way"),
        )
    })
}

/// Alerts whose owner is no team, or a team that nothing tells of them.
fn owners(deployment: &Deployment, sources: &[Source], findings: &mut Vec<Finding>) {
    let teams = deployment.teams();
    let Some(first) = teams.first() else {
        return;
    };
    let names: Vec<_> = teams.iter().map(super::Team::name).collect();
    let mut strangers: BTreeMap<&str, Vec<&Source>> = BTreeMap::new();
    for source in sources {
        let team = if source.owner.is_empty() {
            Some(first)
        } else {
            teams.iter().find(|team| team.name() == source.owner)
        };
        let Some(team) = team else {
            strangers.entry(source.owner).or_default().push(source);
            continue;
        };
        for severity in &source.severities {
            let is_critical = match severity {
                Severity::Info => continue,
                severity => *severity == Severity::Critical,
            };
            if !team.takes(is_critical) {
                let reached = if team.receivers().is_empty() {
                    "nothing reaches it"
                } else {
                    "what reaches it is for critical ones alone"
                };
                findings.push(at(
                    error(
                        "severity_without_receiver",
                        format!(
                            "`{}` is {} and tells the team `{}`, but {reached}: give the team a way such as `.webhook_file(..)`",
                            source.name,
                            severity.as_str(),
                            team.name(),
                        ),
                    ),
                    [source.location],
                ));
            }
        }
    }
    for (owner, sources) in strangers {
        let nearest = names
            .iter()
            .max_by(|a, b| strsim::jaro(owner, a).total_cmp(&strsim::jaro(owner, b)))
            .filter(|name| strsim::jaro(owner, name) > 0.8);
        let hint = nearest.map_or_else(String::new, |name| format!("; is it `{name}`?"));
        findings.push(at(
            error(
                "owner_without_team",
                format!(
                    "{} {} the owner `{owner}`, which is no team of the deployment: name it by `.team(Team::new(\"{owner}\"))`{hint}",
                    quoted(sources.iter().map(|source| source.name)),
                    if sources.len() == 1 { "has" } else { "have" },
                ),
            ),
            sources.iter().map(|source| source.location),
        ));
    }
}

/// Queries that look back less far than from one scrape to the next: a rate
/// needs two samples, and is silent for ever with fewer.
fn lookbacks(catalog: &Catalog, deployment: &Deployment, findings: &mut Vec<Finding>) {
    let interval = deployment.interval();
    for alert in catalog.alerts() {
        let Some((shortest, _)) = windows(&alert.condition.expr()) else {
            continue;
        };
        if shortest.as_secs() < 2 * interval.as_secs() {
            findings.push(at(
                error(
                    "window_without_samples",
                    format!(
                        "`{}` looks back {} s, and a scrape comes every {} s, so that it never sees two samples: look back four scrapes, {} s",
                        alert.name,
                        shortest.as_secs(),
                        interval.as_secs(),
                        4 * interval.as_secs(),
                    ),
                ),
                [alert.location],
            ));
        }
    }
}

fn chains(deployment: &Deployment, sources: &[Source]) -> Vec<Chain> {
    let services = deployment.services();
    let endpoint =
        |it: &super::Service| format!("{}://{}{}", it.scheme(), it.address(), it.metrics_path());
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
            let told = on_call.into_iter().chain(team.map(super::Team::name));
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
