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
//! rules       recording and alerting rules for Prometheus
//! burn        how fast an error budget may burn
//! telemetry   alerts on what telemetry says of itself
//! wording     what people are told, in Prometheus's templates
//! rule_tests  unit tests of the rules, for promtool
//! scenario    samples for which a condition holds, or does not
//! grafana     dashboards, and their provisioning
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
//! yaml        files in YAML
//! ```
//!
//! [`catalog::html`](fn@crate::catalog::html) is among them, as `catalog.html`.
//!
//! Each is a pure function of the catalog, so that the same declarations give
//! the same bytes, and `catalog check DIR` can tell what has drifted.

mod alertmanager;
mod burn;
mod collector;
pub mod components;
#[cfg(feature = "config")]
mod configured;
mod deployment;
mod grafana;
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
mod telemetry;
mod traces;
mod wiring;
mod wording;
mod yaml;

use caxton_instrument::Catalog;
use rules::RuleFile;

pub use collector::{Backend, Collector};
pub use deployment::Deployment;
pub use load::LoadTest;
pub use logs::{LogKeys, Logs};
pub use rule_tests::{Untested, untested};
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
    let rules = rules::files(catalog, deployment);
    let file = |(name, rules): &(&str, RuleFile)| File {
        path: format!("prometheus/{name}"),
        text: yaml::file(rules),
    };
    let mut files: Vec<_> = rules.iter().map(file).collect();
    files.extend(rule_tests::files(catalog, deployment, &rules));
    files.extend(prometheus::files(catalog, deployment, &rules));
    files.push(File {
        path: String::from("alertmanager/alertmanager.yml"),
        text: alertmanager::render(catalog, deployment),
    });
    files.extend(grafana::files(catalog, deployment));
    files.extend(kubernetes::files(deployment, &rules, &files));
    files.extend(stack::files(catalog, deployment));
    files
}

/// What each file says first.
const HEADER: &str = "# Generated from the declarations in the code: change those, then write it \
                      again with `catalog generate`.\n";
