//! What cannot be scraped, or not told apart.

use std::collections::{BTreeMap, BTreeSet};

use caxton_instrument::{Catalog, Finding};

use super::{at, error, quoted, warning};
use crate::generate::kubernetes::names::resource_name;
use crate::generate::scenario::windows;
use crate::generate::{Deployment, scrape};

/// Services that Prometheus could not tell apart, or not read.
pub(super) fn services(deployment: &Deployment, findings: &mut Vec<Finding>) {
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
    for (own, address) in own(deployment) {
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

/// Where Prometheus, its shards and Alertmanager are.
fn own(deployment: &Deployment) -> impl Iterator<Item = (&'static str, &str)> {
    let shards = deployment.shards().iter();
    let own = [
        (scrape::PROMETHEUS, deployment.prometheus_address()),
        (scrape::ALERTMANAGER, deployment.alertmanager_address()),
    ];
    own.into_iter()
        .chain(shards.map(|address| (scrape::PROMETHEUS, address.as_str())))
}

/// Addresses and labels that Prometheus does not take.
pub(super) fn addresses(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let own = own(deployment).map(|(name, address)| (name, address.to_owned()));
    let services = deployment.services().iter();
    let services = services.map(|it| (it.name(), it.address()));
    for (name, address) in own.chain(services) {
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
}

/// Queries that look back less far than from one scrape to the next: a rate
/// needs two samples, and is silent for ever with fewer.
pub(super) fn lookbacks(catalog: &Catalog, deployment: &Deployment, findings: &mut Vec<Finding>) {
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
