//! Files from the catalog: what other programs need to know of its metrics.
//!
//! ```text
//! deployment  names, addresses and versions that all files share
//! service     a program that is scraped
//! team        who is told
//! scale       more than one Prometheus
//! configured  what the program's own `caxton.toml` says of it
//! target      the versions
//! prometheus  what Prometheus does
//! scrape      what it reads, and how
//! alertmanager  who is told of what, and when
//! kubernetes  the same for Kubernetes and the operator of Prometheus
//! wiring      from each metric to those who are told of it
//! rules       alerting rules for Prometheus
//! wording     what people are told, in Prometheus's templates
//! rule_tests  unit tests of the rules, for promtool
//! scenario    samples for which a condition holds, or does not
//! yaml        texts that cannot leave their quotes
//! stack       what stands beside the programs and Prometheus
//! ports       where that listens
//! collector   the OpenTelemetry collector
//! components  which components it has in which version
//! semconv     a registry of the metrics for OpenTelemetry's tools
//! traces      a store for traces
//! logs        a store for logs, and the agent that reads them
//! load        a load test
//! images      the containers that files name
//! literal     texts in quotes that are not YAML's
//! ```
//!
//! Each is a pure function of the catalog, so that the same declarations give
//! the same bytes, and `catalog check DIR` can tell what has drifted.

mod alertmanager;
mod collector;
pub mod components;
#[cfg(feature = "config")]
mod configured;
mod deployment;
mod images;
mod kubernetes;
mod literal;
mod load;
mod logs;
mod ports;
mod prometheus;
mod rule_tests;
mod rules;
mod scale;
mod scenario;
mod scrape;
mod semconv;
mod service;
mod stack;
mod target;
mod team;
mod traces;
mod wiring;
mod wording;
mod yaml;

use caxton_instrument::Catalog;

pub use collector::{Backend, Collector};
pub use deployment::Deployment;
pub use load::LoadTest;
pub use logs::{LogKeys, Logs};
pub use scale::RemoteWrite;
pub use service::Service;
pub use stack::Endpoint;
pub use target::{Targets, Version};
pub use team::{Smtp, Team};
pub use traces::Traces;
pub use wiring::{Chain, Wiring, wiring};

/// A generated file: where it belongs below the folder, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The path, with `/` between folders.
    pub path: String,
    /// All of it.
    pub text: String,
}

/// Every file that a catalog and its deployment give, by path.
///
/// ```standalone_crate
/// use caxton_instrument::prelude::*;
/// use caxton_instrument::query::minutes;
/// use caxton_instrument::{Alert, Catalog, alert};
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
/// #[alert(severity = warning, hold = minutes(5))]
/// static MAIL_WAITS: Alert = Mail::MESSAGES_WAITING.sum().above(1_000.0);
///
/// use caxton_instrument_export::generate::{self, Deployment, Service};
///
/// let here = Deployment::new("mailer").service(Service::new("mailer", "localhost", 9464));
/// let files = generate::files(&Catalog::collect()?, &here);
/// assert_eq!(files[0].path, "prometheus/rules.yml");
/// assert!(files[0].text.contains("expr: |-\n          sum(mailer_messages_waiting) > 1000\n"));
/// # Ok::<(), caxton_instrument::CatalogError>(())
/// ```
#[must_use]
pub fn files(catalog: &Catalog, deployment: &Deployment) -> Vec<File> {
    let file = |path: &str, text: String| File {
        path: path.into(),
        text,
    };
    let mut files = vec![file(RULES, rules::render(catalog))];
    if !catalog.alerts().is_empty() {
        files.push(file(
            "prometheus/rules_test.yml",
            rule_tests::render(catalog),
        ));
    }
    files.extend(prometheus::files(catalog, deployment, &files));
    files.push(file(
        "alertmanager/alertmanager.yml",
        alertmanager::render(catalog, deployment),
    ));
    files.extend(kubernetes::files(deployment, &files));
    let stacked = stacked(catalog, deployment).into_iter();
    files.extend(stacked.map(|(path, text)| file(path, text)));
    files
}

/// What stands beside the programs and Prometheus, and what tells of the metrics.
fn stacked(catalog: &Catalog, deployment: &Deployment) -> Vec<(&'static str, String)> {
    let mut files = Vec::new();
    if let Some(collector) = deployment.collected() {
        files.extend(collector::render(collector, deployment));
    }
    if let Some(traces) = deployment.traces() {
        files.extend(traces::render(traces, deployment));
    }
    if let Some(logs) = deployment.logs() {
        files.extend(logs::render(logs, deployment));
    }
    if let Some(test) = deployment.tested() {
        files.extend(load::render(test, catalog, deployment));
    }
    files.extend(semconv::render(catalog, deployment));
    files.push(("METRICS.md", crate::catalog::markdown(catalog)));
    files.push(("catalog.json", crate::catalog::json(catalog)));
    files
}

/// The rules that Prometheus evaluates.
const RULES: &str = "prometheus/rules.yml";

/// What each file says first.
const HEADER: &str = "# Generated from the declarations in the code: change those, then write it \
                      again with `catalog generate`.\n";
