//! A service: its probes, its health, and its exposition against the catalog.

use super::super::against;
use super::super::document::Document;
use super::super::fetch::Client;
use super::super::found::Class;
use super::{Base, Report, UNREACHABLE, value};
use crate::scrape::Scrape;

static NOT_LIVE: Class = Class::error(
    "not_live",
    "the process answers and says that it does not live: look at its log, restart it",
);
static NOT_READY: Class = Class::error(
    "not_ready",
    "it takes no requests: it starts, it stops, or a critical check fails, see its /health",
);
static UNHEALTHY: Class = Class::error(
    "unhealthy",
    "a critical check fails: look after what it names",
);
static DEGRADED: Class = Class::note(
    "degraded",
    "a check fails that the service can do without: look after what it names",
);
static NO_PAGE: Class = Class::note(
    "no_page",
    "the service has no such page: serve it with `server`, or merge its router",
);
static NO_METRICS: Class = Class::error(
    "no_metrics",
    "there is no exposition: is it the right path, and may this machine read it?",
);
static NO_EXPOSITION: Class = Class::error(
    "no_exposition",
    "what is there is no exposition: is it the right address?",
);

pub(super) fn verify(client: &Client, base: &Base, document: &Document, report: &mut Report) {
    probe(client, base, "/livez", &NOT_LIVE, report);
    probe(client, base, "/readyz", &NOT_READY, report);
    health(client, base, report);
    metrics(client, base, document, report);
}

fn probe(client: &Client, base: &Base, path: &str, class: &'static Class, report: &mut Report) {
    let address = base.at(path);
    match client.get(&address) {
        Ok(answer) if answer.status == 200 => report.pass(address),
        Ok(answer) if answer.status == 404 => {
            report
                .found
                .push(NO_PAGE.on(&address, "it answers with 404"));
        }
        Ok(answer) => {
            let message = format!("it answers with {}", answer.status);
            report.found.push(class.on(&address, message));
        }
        Err(error) => report.found.push(UNREACHABLE.on(&address, error)),
    }
}

fn health(client: &Client, base: &Base, report: &mut Report) {
    let address = base.at("/health");
    let answer = match client.get(&address) {
        Ok(answer) => answer,
        Err(error) => return report.found.push(UNREACHABLE.on(&address, error)),
    };
    if answer.status == 404 {
        return report
            .found
            .push(NO_PAGE.on(&address, "it answers with 404"));
    }
    let health = value(&answer.body);
    let failed: Vec<_> = health["checks"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, check)| check["status"].as_str().is_some_and(|it| it != "healthy"))
        .map(|(name, check)| match check["error"].as_str() {
            Some(error) => format!("{name}: {error}"),
            None => name.clone(),
        })
        .collect();
    let status = health["status"].as_str().unwrap_or_default();
    let message = || {
        let status = format!("it answers with {} {status}", answer.status);
        [status, failed.join("; ")].join(" ").trim_end().to_owned()
    };
    match (answer.status, status) {
        (200, "degraded") => report.found.push(DEGRADED.on(&address, message())),
        (200, _) => report.pass(address),
        _ => report.found.push(UNHEALTHY.on(&address, message())),
    }
}

fn metrics(client: &Client, base: &Base, document: &Document, report: &mut Report) {
    let address = base.at(&base.metrics);
    let answer = match client.get(&address) {
        Ok(answer) => answer,
        Err(error) => return report.found.push(UNREACHABLE.on(&address, error)),
    };
    if answer.status != 200 {
        let message = format!("it answers with {}", answer.status);
        return report.found.push(NO_METRICS.on(&address, message));
    }
    match Scrape::parse(&answer.body) {
        Ok(scrape) => {
            let found = against::of(document, &scrape);
            if found.is_empty() {
                let families = scrape.families.len();
                report.pass(format!(
                    "{address}: {families} metrics as they are declared"
                ));
            }
            report.found.extend(found);
            report.scrapes.push(scrape);
        }
        Err(mistake) => {
            let message = mistake.to_string();
            report.found.push(NO_EXPOSITION.on(&address, message));
        }
    }
}
