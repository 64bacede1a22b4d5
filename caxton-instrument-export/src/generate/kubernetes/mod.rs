//! What [Kubernetes](https://kubernetes.io/docs/reference/kubernetes-api/) runs
//! of a deployment, and what the
//! [Prometheus operator](https://prometheus-operator.dev/docs/api-reference/api/)
//! reads of it.
//!
//! ```text
//! names     names that Kubernetes takes
//! workload  each service: its pods and its address
//! container what a container may use, and may not do
//! monitor   what the operator scrapes
//! bundle    rules and dashboards, as they are generated
//! ```

mod bundle;
pub(super) mod container;
mod monitor;
pub(super) mod names;
mod workload;

use std::collections::BTreeMap;

use serde::Serialize;

use super::rules::RuleFile;
use super::service::Service;
use super::{Deployment, File, yaml};

/// The label of a pod by which it belongs to a service, and which is the
/// `job` of its metrics.
pub(super) const NAME: &str = "app.kubernetes.io/name";
const PART_OF: &str = "app.kubernetes.io/part-of";

/// Of every kind of object: what it is called.
#[derive(Serialize)]
struct Metadata {
    name: String,
    namespace: String,
    labels: BTreeMap<&'static str, String>,
}

/// An object of Kubernetes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Object<Spec> {
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata,
    spec: Spec,
}

impl Metadata {
    fn of(deployment: &Deployment, name: String) -> Self {
        let labels = BTreeMap::from([
            (NAME, name.clone()),
            (PART_OF, names::resource_name(deployment.name())),
        ]);
        Self {
            name,
            namespace: deployment.kubernetes_namespace().into(),
            labels,
        }
    }
}

/// A value in a Secret that is there already: what is generated holds none.
#[derive(Serialize, Clone)]
struct SecretKey {
    name: String,
    key: &'static str,
}

impl SecretKey {
    /// Of what a reader of the metrics shows.
    fn of_reader(service: &Service, key: &'static str) -> Self {
        Self {
            name: format!("{}-metrics", names::resource_name(service.name())),
            key,
        }
    }
}

/// The Secret with a service's certificate, of the type `kubernetes.io/tls`.
fn tls_secret(service: &Service) -> String {
    format!("{}-tls", names::resource_name(service.name()))
}

/// Each service's objects, the rules, and the dashboards among `files`.
pub(super) fn files(
    deployment: &Deployment,
    rules: &[(&str, RuleFile)],
    files: &[File],
) -> Vec<File> {
    let mut out = Vec::new();
    for service in deployment.services() {
        let name = names::resource_name(service.name());
        out.push(File {
            path: format!("kubernetes/service-{name}.yml"),
            text: yaml::objects(&workload::objects(deployment, service)),
        });
        out.push(File {
            path: format!("kubernetes/service-{name}-monitor.yml"),
            text: yaml::objects(&[monitor::object(deployment, service)]),
        });
    }
    let rules = bundle::rules(deployment, rules);
    if !rules.is_empty() {
        out.push(File {
            path: String::from("kubernetes/rules.yml"),
            text: yaml::objects(&rules),
        });
    }
    let dashboards = bundle::dashboards(deployment, files);
    if !dashboards.is_empty() {
        out.push(File {
            path: String::from("kubernetes/dashboards.yml"),
            text: yaml::objects(&dashboards),
        });
    }
    out
}
