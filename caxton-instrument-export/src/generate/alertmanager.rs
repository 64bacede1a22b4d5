//! The configuration of
//! [Alertmanager](https://prometheus.io/docs/alerting/latest/configuration/):
//! who is told of what, and when.

use std::collections::{BTreeMap, BTreeSet};

use caxton_instrument::{Catalog, Severity};
use serde::Serialize;

use super::rules::absence::Missing;
use super::team::{Receiver as Way, Team};
use super::wording::plain;
use super::{Deployment, yaml};
use crate::promql;

/// The receiver that tells nobody.
const NOBODY: &str = "nobody";

const NO_TEAM: &str =
    "The deployment has no team, so nobody is told: `Deployment::team` names one.";

#[derive(Serialize)]
struct Config {
    global: Global,
    route: Route,
    inhibit_rules: Vec<Inhibition>,
    receivers: Vec<Receiver>,
}

#[derive(Serialize)]
struct Global {
    resolve_timeout: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    smtp_smarthost: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    smtp_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    smtp_auth_username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    smtp_auth_password_file: Option<String>,
}

#[derive(Serialize, Default)]
struct Route {
    receiver: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    group_by: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    matchers: Vec<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    r#continue: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_wait: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_interval: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repeat_interval: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    routes: Vec<Self>,
}

#[derive(Serialize)]
struct Inhibition {
    source_matchers: Vec<String>,
    target_matchers: Vec<String>,
    equal: Vec<String>,
}

#[derive(Serialize)]
struct Receiver {
    name: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    webhook_configs: Vec<Webhook>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    slack_configs: Vec<Slack>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pagerduty_configs: Vec<PagerDuty>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    email_configs: Vec<Email>,
}

#[derive(Serialize)]
struct Webhook {
    url_file: String,
    send_resolved: bool,
}

#[derive(Serialize)]
struct Slack {
    api_url_file: String,
    channel: String,
    title: &'static str,
    text: &'static str,
    send_resolved: bool,
}

#[derive(Serialize)]
struct PagerDuty {
    routing_key_file: String,
    severity: &'static str,
    send_resolved: bool,
}

#[derive(Serialize)]
struct Email {
    to: String,
    headers: BTreeMap<&'static str, &'static str>,
    send_resolved: bool,
}

const TITLE: &str = "[{{ .Status | toUpper }}] {{ .CommonLabels.alertname }} \
                     ({{ .CommonLabels.severity }}, {{ .Alerts | len }})";
const TEXT: &str = "{{ range .Alerts }}{{ .Annotations.summary }}\n\
                    {{ with .Annotations.description }}{{ . }}\n{{ end }}\
                    {{ with .Annotations.runbook_url }}{{ . }}\n{{ end }}{{ end }}";

pub(super) fn render(catalog: &Catalog, deployment: &Deployment) -> String {
    let smtp = deployment.mail();
    let login = smtp.and_then(|smtp| smtp.login.as_ref());
    let config = Config {
        global: Global {
            resolve_timeout: "5m",
            smtp_smarthost: smtp.map(|smtp| smtp.host.clone()),
            smtp_from: smtp.map(|smtp| plain(&smtp.from)),
            smtp_auth_username: login.map(|(user, _)| user.clone()),
            smtp_auth_password_file: login.map(|(_, file)| file.clone()),
        },
        route: route(deployment),
        inhibit_rules: inhibitions(catalog, deployment),
        receivers: receivers(deployment),
    };
    let notes: &[String] = if deployment.teams().is_empty() {
        &[String::from(NO_TEAM)]
    } else {
        &[]
    };
    yaml::noted(notes, &config)
}

/// The name of what tells a team of alerts of a severity. No two are alike,
/// whatever teams are called.
pub(super) fn receiver_name(team: &str, is_critical: bool) -> String {
    let severity = if is_critical {
        Severity::Critical
    } else {
        Severity::Warning
    };
    format!("{team} {}", severity.as_str())
}

fn matcher(label: &str, comparison: &str, value: &str) -> String {
    let mut matcher = format!("{label}{comparison}");
    // Quoted as in PromQL, with the escapes that both parsers know.
    promql::text(&mut matcher, value);
    matcher
}

fn is_severity(severity: Severity) -> String {
    matcher("severity", "=", severity.as_str())
}

/// Where alerts go, from the first line that takes one: what tells nobody,
/// who is told of everything that is critical, owners, and the first team.
fn route(deployment: &Deployment) -> Route {
    let first = deployment.teams().first().map(Team::name);
    let mut routes = vec![Route {
        receiver: NOBODY.into(),
        matchers: vec![is_severity(Severity::Info)],
        ..Route::default()
    }];
    let teams = deployment.teams();
    let on_call = deployment
        .on_call_team()
        .filter(|name| teams.iter().any(|team| team.name() == *name));
    if let Some(name) = on_call {
        routes.push(Route {
            // Its own alerts come to it by its own route.
            matchers: vec![is_severity(Severity::Critical), matcher("team", "!=", name)],
            r#continue: true,
            ..critical(name)
        });
    }
    for team in teams {
        routes.push(Route {
            receiver: receiver_name(team.name(), false),
            matchers: vec![matcher("team", "=", team.name())],
            routes: vec![critical(team.name())],
            ..Route::default()
        });
    }
    if let Some(first) = first
        && on_call != Some(first)
    {
        routes.push(critical(first));
    }
    Route {
        receiver: first.map_or_else(|| NOBODY.into(), |first| receiver_name(first, false)),
        group_by: vec!["alertname", "job"],
        group_wait: Some("30s"),
        group_interval: Some("5m"),
        repeat_interval: Some("12h"),
        routes,
        ..Route::default()
    }
}

/// What is critical is told sooner, and again every hour.
fn critical(team: &str) -> Route {
    Route {
        receiver: receiver_name(team, true),
        matchers: vec![is_severity(Severity::Critical)],
        group_wait: Some("10s"),
        repeat_interval: Some("1h"),
        ..Route::default()
    }
}

/// What is not told because something else is.
fn inhibitions(catalog: &Catalog, deployment: &Deployment) -> Vec<Inhibition> {
    // Those that tell two alerts of one rule apart: one agent's does not
    // silence another's.
    let labels: BTreeSet<&str> = catalog
        .alerts()
        .iter()
        .flat_map(|alert| alert.condition.labels())
        .chain(catalog.slos().iter().flat_map(|slo| slo.indicator.labels()))
        .map(|label| deployment.metrics_route().label(label))
        .filter(|label| !matches!(*label, "alertname" | "job"))
        .collect();
    let same: Vec<String> = ["alertname", "job"]
        .into_iter()
        .chain(labels)
        .map(str::to_owned)
        .collect();
    let lesser = |than: Severity, silenced: &[Severity]| Inhibition {
        source_matchers: vec![is_severity(than)],
        target_matchers: vec![match silenced {
            [one] => is_severity(*one),
            several => {
                let names: Vec<_> = several.iter().map(|it| it.as_str()).collect();
                matcher("severity", "=~", &names.join("|"))
            }
        }],
        equal: same.clone(),
    };
    vec![
        lesser(Severity::Critical, &[Severity::Warning, Severity::Info]),
        lesser(Severity::Warning, &[Severity::Info]),
        // What is not read says nothing of itself: that it is not is told. What
        // has no such label is not of one target.
        without_target(Missing::Down.alert(), &["job", "instance"]),
        without_target(Missing::Gone.alert(), &["job"]),
    ]
}

fn without_target(alert: &str, labels: &[&str]) -> Inhibition {
    let mut target_matchers = vec![matcher("alertname", "!=", alert)];
    target_matchers.extend(labels.iter().map(|label| matcher(label, "!=", "")));
    Inhibition {
        source_matchers: vec![matcher("alertname", "=", alert)],
        target_matchers,
        equal: labels.iter().map(|it| (*it).to_owned()).collect(),
    }
}

fn receivers(deployment: &Deployment) -> Vec<Receiver> {
    let nobody = Receiver {
        name: NOBODY.into(),
        webhook_configs: Vec::new(),
        slack_configs: Vec::new(),
        pagerduty_configs: Vec::new(),
        email_configs: Vec::new(),
    };
    let mut receivers = vec![nobody];
    for team in deployment.teams() {
        for is_critical in [false, true] {
            receivers.push(receiver(team, is_critical, deployment.mail().is_some()));
        }
    }
    receivers
}

fn receiver(team: &Team, is_critical: bool, sends_mail: bool) -> Receiver {
    let mut receiver = Receiver {
        name: receiver_name(team.name(), is_critical),
        webhook_configs: Vec::new(),
        slack_configs: Vec::new(),
        pagerduty_configs: Vec::new(),
        email_configs: Vec::new(),
    };
    for way in team.receivers().iter().filter(|it| it.takes(is_critical)) {
        match way {
            Way::Webhook { url_file } => receiver.webhook_configs.push(Webhook {
                url_file: url_file.clone(),
                send_resolved: true,
            }),
            Way::Slack { channel, url_file } => receiver.slack_configs.push(Slack {
                api_url_file: url_file.clone(),
                channel: plain(channel),
                title: TITLE,
                text: TEXT,
                send_resolved: true,
            }),
            Way::PagerDuty { key_file } => receiver.pagerduty_configs.push(PagerDuty {
                routing_key_file: key_file.clone(),
                severity: "critical",
                send_resolved: true,
            }),
            // Without a server for it no mail is sent, and Alertmanager would
            // not start: that is a finding.
            Way::Email { to } if sends_mail => receiver.email_configs.push(Email {
                to: plain(to),
                headers: BTreeMap::from([("Subject", TITLE)]),
                send_resolved: true,
            }),
            Way::Email { .. } => {}
        }
    }
    receiver
}
