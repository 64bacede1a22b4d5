//! Whether a system that runs is the one that was declared.
//!
//! ```text
//! service       probes, and the exposition against the catalog
//! prometheus    targets, rules, alerts, Alertmanagers
//! alertmanager  whether it takes alerts
//! ```

mod alertmanager;
mod prometheus;
mod service;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::io::Write;

use caxton_instrument::Catalog;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde::Serialize;
use serde_json::Value;

use super::against;
use super::command::{FOUND, Failure, WELL, collect, print};
use super::document::Document;
use super::fetch::Client;
use super::found::{Class, Found, fails, listing};
use super::table::visible;
use super::text::counted;
use crate::generate::Deployment;
use crate::scrape::Scrape;

static UNREACHABLE: Class = Class::error(
    "unreachable",
    "it does not answer: is it started, does it listen at this address, may this machine reach it?",
);

/// `catalog verify URL...`.
pub(super) fn command() -> Command {
    Command::new("verify")
        .about("Check a running system: services, Prometheus, Alertmanager; fails if one is not well")
        .arg(
            Arg::new("url")
                .value_name("URL")
                .action(ArgAction::Append)
                .help("Of a service (or its metrics), of Prometheus or of Alertmanager; without one, the deployment's services"),
        )
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .value_parser(PossibleValuesParser::new(["table", "json"]))
                .default_value("table")
                .help("How to tell it"),
        )
        .arg(super::fetch::token_arg())
        .arg(
            Arg::new("strict")
                .long("strict")
                .action(ArgAction::SetTrue)
                .help("Fail on notes too"),
        )
}

/// What was asked, and what it said.
#[derive(Debug, Default, Serialize)]
struct Report {
    /// What holds.
    passed: Vec<String>,
    found: Vec<Found>,
    #[serde(skip)]
    scrapes: Vec<Scrape>,
}

impl Report {
    fn pass(&mut self, what: String) {
        self.passed.push(what);
    }
}

pub(super) fn run(
    deployment: Option<Deployment>,
    matches: &ArgMatches,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let catalog = collect()?;
    let deployment = deployment.unwrap_or_else(|| Deployment::of(&catalog));
    let given: Vec<String> = matches
        .get_many::<String>("url")
        .map(|urls| urls.cloned().collect())
        .unwrap_or_default();
    let addresses = if given.is_empty() {
        let services = deployment.services().iter();
        services
            .map(|it| format!("{}{}", it.address(), it.metrics_path()))
            .collect()
    } else {
        given
    };
    let token = super::fetch::token(matches)?;
    let report = verified(&catalog, &deployment, &addresses, token.as_deref());
    let is_strict = matches.get_flag("strict");
    let told = match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => json(&report, is_strict),
        _ => table(&report),
    };
    print(out, &told)?;
    Ok(if fails(&report.found, is_strict) {
        FOUND
    } else {
        WELL
    })
}

fn verified(
    catalog: &Catalog,
    deployment: &Deployment,
    addresses: &[String],
    token: Option<&str>,
) -> Report {
    let client = Client::new(token);
    let document = Document::of(catalog);
    let mut report = Report::default();
    for address in addresses {
        let base = Base::of(address);
        match kind(&client, &base) {
            Err(error) => report.found.push(UNREACHABLE.on(&base.origin, error)),
            Ok(Kind::Prometheus) => {
                prometheus::verify(&client, &base, catalog, deployment, &mut report);
            }
            Ok(Kind::Alertmanager) => alertmanager::verify(&client, &base, &mut report),
            Ok(Kind::Service) => service::verify(&client, &base, &document, &mut report),
        }
    }
    if !report.scrapes.is_empty() {
        let unseen = against::unseen(&document, &report.scrapes);
        report.found.extend(unseen);
    }
    report
}

/// An address, in its parts.
struct Base {
    /// Scheme, host and port; of a server below a path, with it.
    origin: String,
    /// The path of the metrics.
    metrics: String,
}

impl Base {
    fn of(address: &str) -> Self {
        let address = if address.contains("://") {
            address.into()
        } else {
            format!("http://{address}")
        };
        let host = address.find("://").map_or(0, |at| at + 3);
        let path = address[host..].find('/').map(|at| host + at);
        let (origin, path) = address.split_at(path.unwrap_or(address.len()));
        let path = path.trim_end_matches('/');
        let metrics = if path.is_empty() { "/metrics" } else { path };
        Self {
            origin: origin.into(),
            metrics: metrics.into(),
        }
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

enum Kind {
    Service,
    Prometheus,
    Alertmanager,
}

/// What answers, told by what only it has.
fn kind(client: &Client, base: &Base) -> Result<Kind, String> {
    let build = client.get(&base.at("/api/v1/status/buildinfo"))?;
    if build.status == 200 && value(&build.body)["data"]["version"].is_string() {
        return Ok(Kind::Prometheus);
    }
    let status = client.get(&base.at("/api/v2/status"))?;
    if status.status == 200 && value(&status.body)["versionInfo"].is_object() {
        return Ok(Kind::Alertmanager);
    }
    Ok(Kind::Service)
}

/// An answer in JSON; `null` for any other.
fn value(body: &str) -> Value {
    serde_json::from_str(body).unwrap_or_default()
}

fn table(report: &Report) -> String {
    let mut out = String::new();
    for passed in &report.passed {
        // Writing to text cannot fail.
        let _ = writeln!(out, "ok  {}", visible(passed));
    }
    if !report.found.is_empty() {
        out.push('\n');
        out.push_str(&listing(&report.found));
    }
    let errors = report
        .found
        .iter()
        .filter(|it| fails(std::slice::from_ref(it), false))
        .count();
    let _ = writeln!(
        out,
        "{} passed, {}, {}",
        counted(report.passed.len(), "check"),
        counted(errors, "error"),
        counted(report.found.len() - errors, "note"),
    );
    out
}

fn json(report: &Report, is_strict: bool) -> String {
    #[derive(Serialize)]
    struct Told<'a> {
        version: u32,
        well: bool,
        #[serde(flatten)]
        report: &'a Report,
    }
    let told = Told {
        version: 1,
        well: !fails(&report.found, is_strict),
        report,
    };
    // Texts, which JSON can say.
    let mut text = serde_json::to_string_pretty(&told).unwrap_or_default();
    text.push('\n');
    text
}
