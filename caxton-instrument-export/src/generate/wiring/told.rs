//! Who cannot be told, or has nothing to be told.

use std::collections::{BTreeMap, BTreeSet};

use caxton_instrument::{Finding, Severity};

use super::{Source, at, error, quoted, warning};
use crate::generate::team::Receiver;
use crate::generate::{Deployment, Team, Version};

/// Versions that do not have what every file uses.
pub(super) fn versions(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let targets = deployment.versions();
    let oldest = [
        ("prometheus", targets.prometheus, Version::new(2, 42)),
        ("alertmanager", targets.alertmanager, Version::new(0, 22)),
    ];
    for (name, version, oldest) in oldest {
        if version < oldest {
            findings.push(error(
                "target_version",
                format!("the target is {name} {version}, which does not read these files: they are for {oldest} and newer, `--target {name}={oldest}`"),
            ));
        }
    }
}

/// Teams that nobody can tell, or that nobody has anything to tell.
pub(super) fn teams(deployment: &Deployment, sources: &[Source], findings: &mut Vec<Finding>) {
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
pub(super) fn owners(deployment: &Deployment, sources: &[Source], findings: &mut Vec<Finding>) {
    let teams = deployment.teams();
    let Some(first) = teams.first() else {
        return;
    };
    let names: Vec<_> = teams.iter().map(Team::name).collect();
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
