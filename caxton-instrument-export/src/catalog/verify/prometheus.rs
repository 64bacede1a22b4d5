//! A Prometheus, by its
//! [HTTP API](https://prometheus.io/docs/prometheus/3.5/querying/api/): that it
//! scrapes the services, and has the rules that are generated.

use std::collections::{BTreeMap, BTreeSet};

use caxton_instrument::Catalog;
use serde::Deserialize;
use serde_json::Value;

use super::super::fetch::Client;
use super::super::found::Class;
use super::{Base, Report, UNREACHABLE, value};
use crate::generate::{self, Deployment};

static NO_ANSWER: Class = Class::error(
    "no_answer",
    "its API does not answer: may this machine ask it, is a proxy in between?",
);
static NO_JOB: Class = Class::error(
    "job_missing",
    "no target has this job: load the generated `prometheus.yml`, or name the job as the service",
);
static DOWN: Class = Class::error(
    "target_down",
    "it cannot be scraped: start it, or set right what the error names",
);
static NO_RULE: Class = Class::error(
    "rule_missing",
    "the rule is generated and not loaded: write it with `catalog generate`, name the file in \
     `rule_files`, and reload Prometheus",
);
static OTHER_RULE: Class = Class::error(
    "rule_outdated",
    "the loaded rule asks something else than the generated one: write it with \
     `catalog generate`, and reload Prometheus",
);
static BAD_RULE: Class = Class::error(
    "rule_fails",
    "the rule cannot be evaluated: set right what the error names",
);
static FIRES: Class = Class::note("alert_fires", "look after what it names");
static NO_ALERTMANAGER: Class = Class::error(
    "no_alertmanager",
    "alerts reach nobody: name an Alertmanager under `alerting` in `prometheus.yml`",
);

pub(super) fn verify(
    client: &Client,
    base: &Base,
    catalog: &Catalog,
    deployment: &Deployment,
    report: &mut Report,
) {
    if let Some(data) = ask(client, base, "/api/v1/targets?state=active", report) {
        targets(base, &data, deployment, report);
    }
    let expected = generated(catalog, deployment);
    if let Some(data) = ask(client, base, "/api/v1/rules", report) {
        rules(base, &data, &expected, report);
    }
    let has_alerts = expected.values().any(|rule| rule.is_alert);
    if has_alerts && let Some(data) = ask(client, base, "/api/v1/alertmanagers", report) {
        alertmanagers(client, base, &data, report);
    }
}

/// The data of an answer.
fn ask(client: &Client, base: &Base, path: &str, report: &mut Report) -> Option<Value> {
    let address = base.at(path);
    match client.get(&address) {
        Ok(answer) if answer.status == 200 => {
            let mut answer = value(&answer.body);
            if answer["status"] == "success" {
                return Some(answer["data"].take());
            }
            report
                .found
                .push(NO_ANSWER.on(&address, "it is no success"));
        }
        Ok(answer) => {
            let message = format!("it answers with {}", answer.status);
            report.found.push(NO_ANSWER.on(&address, message));
        }
        Err(error) => report.found.push(UNREACHABLE.on(&address, error)),
    }
    None
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn targets(base: &Base, data: &Value, deployment: &Deployment, report: &mut Report) {
    let targets = list(data, "activeTargets");
    let jobs: BTreeSet<_> = targets
        .iter()
        .map(|it| text(&it["labels"], "job"))
        .collect();
    for service in deployment.services() {
        if !jobs.contains(service.name()) {
            let message = format!("{} has no target of it", base.origin);
            report.found.push(NO_JOB.on(service.name(), message));
        }
    }
    for target in targets {
        let (job, address) = (text(&target["labels"], "job"), text(target, "scrapeUrl"));
        match text(target, "health") {
            "up" => report.pass(format!("target {job} {address} is up")),
            health => {
                let error = text(target, "lastError");
                let message = format!("{job} is {health}: {error}");
                report.found.push(DOWN.on(address, message));
            }
        }
    }
}

/// A rule as far as it is compared.
struct Rule {
    is_alert: bool,
    /// All queries of its name: a record may have several.
    queries: BTreeSet<String>,
}

/// What a rule file says.
#[derive(Deserialize)]
struct RuleFile {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    rules: Vec<Generated>,
}

#[derive(Deserialize)]
struct Generated {
    alert: Option<String>,
    record: Option<String>,
    expr: String,
}

/// The generated rules by their names. Files that are none have no groups.
fn generated(catalog: &Catalog, deployment: &Deployment) -> BTreeMap<String, Rule> {
    let mut rules: BTreeMap<String, Rule> = BTreeMap::new();
    for file in generate::files(catalog, deployment) {
        if !file.path.starts_with("prometheus/") {
            continue;
        }
        let Ok(RuleFile { groups }) = serde_saphyr::from_str(&file.text) else {
            continue;
        };
        for rule in groups.into_iter().flat_map(|group| group.rules) {
            let is_alert = rule.alert.is_some();
            let Some(name) = rule.alert.or(rule.record) else {
                continue;
            };
            let queries = &mut rules
                .entry(name)
                .or_insert_with(|| Rule {
                    is_alert,
                    queries: BTreeSet::new(),
                })
                .queries;
            queries.insert(bare(&rule.expr));
        }
    }
    rules
}

/// A query without its layout: Prometheus gives it in one line.
fn bare(query: &str) -> String {
    query.chars().filter(|c| !c.is_whitespace()).collect()
}

fn rules(base: &Base, data: &Value, expected: &BTreeMap<String, Rule>, report: &mut Report) {
    let mut loaded: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for rule in list(data, "groups").iter().flat_map(|it| list(it, "rules")) {
        let name = text(rule, "name");
        loaded
            .entry(name)
            .or_default()
            .insert(bare(text(rule, "query")));
        if text(rule, "health") == "err" {
            report
                .found
                .push(BAD_RULE.on(name, text(rule, "lastError")));
        }
        for alert in list(rule, "alerts") {
            if text(alert, "state") == "firing" {
                let annotations = &alert["annotations"];
                report
                    .found
                    .push(FIRES.on(name, text(annotations, "summary")));
            }
        }
    }
    let mut right = 0;
    for (name, rule) in expected {
        match loaded.get(name.as_str()) {
            None => {
                let message = format!("{} has it not", base.origin);
                report.found.push(NO_RULE.on(name, message));
            }
            Some(queries) if rule.queries.is_subset(queries) => right += 1,
            Some(queries) => {
                let missing = rule.queries.difference(queries).count();
                let message = format!("{missing} of {} queries", rule.queries.len());
                report.found.push(OTHER_RULE.on(name, message));
            }
        }
    }
    if right > 0 {
        let all = expected.len();
        report.pass(format!(
            "{}: {right} of {all} rules as generated",
            base.origin
        ));
    }
}

fn alertmanagers(client: &Client, base: &Base, data: &Value, report: &mut Report) {
    let active = list(data, "activeAlertmanagers");
    if active.is_empty() {
        let message = "it sends alerts to none";
        report.found.push(NO_ALERTMANAGER.on(&base.origin, message));
    }
    for manager in active {
        let url = text(manager, "url");
        let origin = url.split("/api/").next().unwrap_or(url);
        super::alertmanager::named(client, origin, report);
    }
}
