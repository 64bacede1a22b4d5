//! What Prometheus reads: one job for each service, itself, and Alertmanager.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Deployment;
use super::kubernetes::names::resource_name;
use super::service::{Credentials, Service};
use crate::promql;

/// Jobs that are not a service's.
pub(super) const PROMETHEUS: &str = "prometheus";
pub(super) const ALERTMANAGER: &str = "alertmanager";
pub(super) const FEDERATION: &str = "federation";
const COLLECTED: &str = "collected";

/// The label of a pod by which it belongs to a service, as Prometheus names it.
const POD_NAME: &str = "__meta_kubernetes_pod_label_app_kubernetes_io_name";

#[derive(Serialize)]
pub(super) struct Job {
    #[serde(rename = "job_name")]
    name: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    honor_labels: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics_path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme: Option<&'static str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    params: BTreeMap<&'static str, Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization: Option<Authorization>,
    #[serde(skip_serializing_if = "Option::is_none")]
    basic_auth: Option<BasicAuth>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls_config: Option<Tls>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    static_configs: Vec<StaticConfig>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    kubernetes_sd_configs: Vec<KubernetesSd>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    relabel_configs: Vec<Relabel>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    metric_relabel_configs: Vec<Relabel>,
}

#[derive(Serialize)]
pub(super) struct Authorization {
    r#type: &'static str,
    credentials_file: String,
}

impl Authorization {
    pub(super) fn bearer(file: &str) -> Self {
        Self {
            r#type: "Bearer",
            credentials_file: file.into(),
        }
    }
}

#[derive(Serialize)]
struct BasicAuth {
    username: String,
    password_file: String,
}

#[derive(Serialize)]
struct Tls {
    ca_file: String,
}

#[derive(Serialize)]
pub(super) struct StaticConfig {
    targets: Vec<String>,
}

impl StaticConfig {
    pub(super) fn of(address: &str) -> Self {
        Self {
            targets: vec![address.into()],
        }
    }
}

#[derive(Serialize)]
struct KubernetesSd {
    role: &'static str,
    namespaces: Namespaces,
}

#[derive(Serialize)]
struct Namespaces {
    names: Vec<String>,
}

#[derive(Serialize, Default)]
struct Relabel {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    source_labels: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    regex: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    modulus: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_label: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replacement: Option<&'static str>,
    action: &'static str,
}

impl Relabel {
    fn keep(label: &'static str, regex: String) -> Self {
        Self {
            source_labels: vec![label],
            regex: Some(regex),
            action: "keep",
            ..Self::default()
        }
    }

    /// A label from others, where they match.
    fn replace(from: &[&'static str], regex: Option<&str>, to: &'static str) -> Self {
        Self {
            source_labels: from.to_vec(),
            regex: regex.map(str::to_owned),
            target_label: Some(to),
            action: "replace",
            ..Self::default()
        }
    }
}

impl Job {
    fn at(name: &str, address: &str) -> Self {
        Self {
            static_configs: vec![StaticConfig::of(address)],
            ..Self::new(name)
        }
    }

    fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            honor_labels: false,
            metrics_path: None,
            scheme: None,
            params: BTreeMap::new(),
            authorization: None,
            basic_auth: None,
            tls_config: None,
            static_configs: Vec::new(),
            kubernetes_sd_configs: Vec::new(),
            relabel_configs: Vec::new(),
            metric_relabel_configs: Vec::new(),
        }
    }
}

/// A job for each service, of all targets or of one shard's.
pub(super) fn services(
    deployment: &Deployment,
    shard: Option<usize>,
) -> impl Iterator<Item = Job> + '_ {
    deployment.services().iter().map(move |service| {
        let mut job = if deployment.is_by_pods() {
            Job {
                kubernetes_sd_configs: vec![KubernetesSd {
                    role: "pod",
                    namespaces: Namespaces {
                        names: vec![deployment.kubernetes_namespace().into()],
                    },
                }],
                relabel_configs: of_pods(service),
                ..Job::new(service.name())
            }
        } else {
            Job {
                metrics_path: Some(service.metrics_path().into()),
                ..Job::at(service.name(), &service.address())
            }
        };
        job.scheme = Some(service.scheme());
        read_by(service, &mut job);
        if let Some(shard) = shard {
            job.relabel_configs
                .extend(shared(deployment.shards().len(), shard));
        }
        job
    })
}

fn read_by(service: &Service, job: &mut Job) {
    match service.credentials() {
        Some(Credentials::BearerTokenFile(file)) => {
            job.authorization = Some(Authorization::bearer(file));
        }
        Some(Credentials::Basic {
            user,
            password_file,
        }) => {
            job.basic_auth = Some(BasicAuth {
                username: user.clone(),
                password_file: password_file.clone(),
            });
        }
        None => {}
    }
    job.tls_config = service.authority_file().map(|file| Tls {
        ca_file: file.into(),
    });
}

/// The pods of a service that say that they are to be scraped, where they say.
fn of_pods(service: &Service) -> Vec<Relabel> {
    let mut name = String::new();
    promql::literal(&mut name, &resource_name(service.name()));
    vec![
        Relabel::keep(POD_NAME, name),
        Relabel::keep(
            "__meta_kubernetes_pod_annotation_prometheus_io_scrape",
            String::from("true"),
        ),
        Relabel {
            action: "drop",
            ..Relabel::keep(
                "__meta_kubernetes_pod_phase",
                String::from("Pending|Succeeded|Failed|Completed"),
            )
        },
        Relabel::replace(
            &["__meta_kubernetes_pod_annotation_prometheus_io_scheme"],
            Some("(https?)"),
            "__scheme__",
        ),
        Relabel::replace(
            &["__meta_kubernetes_pod_annotation_prometheus_io_path"],
            Some("(.+)"),
            "__metrics_path__",
        ),
        // An IPv6 address is in brackets where it has a port; targets that
        // are then the same are one.
        Relabel {
            replacement: Some("${1}:${2}"),
            ..Relabel::replace(
                &[
                    "__address__",
                    "__meta_kubernetes_pod_annotation_prometheus_io_port",
                ],
                Some(r"(\[[^\]]+\]|[^:\[]+)(?::\d+)?;(\d+)"),
                "__address__",
            )
        },
        Relabel::replace(&["__meta_kubernetes_namespace"], None, "namespace"),
        Relabel::replace(&["__meta_kubernetes_pod_name"], None, "pod"),
    ]
}

/// Those targets that one of several servers scrapes.
fn shared(shards: usize, shard: usize) -> [Relabel; 2] {
    [
        Relabel {
            source_labels: vec!["__address__"],
            modulus: Some(shards),
            target_label: Some("__tmp_shard"),
            action: "hashmod",
            ..Relabel::default()
        },
        Relabel::keep("__tmp_shard", shard.to_string()),
    ]
}

/// What the shards have scraped, with the labels that it has there.
pub(super) fn federation(deployment: &Deployment) -> Job {
    let mut jobs = String::new();
    service_names(deployment, &mut jobs);
    let mut selector = String::from("{job=~");
    promql::text(&mut selector, &jobs);
    selector.push('}');
    Job {
        honor_labels: true,
        metrics_path: Some(String::from("/federate")),
        params: BTreeMap::from([("match[]", vec![selector])]),
        static_configs: vec![StaticConfig {
            targets: deployment.shards().to_vec(),
        }],
        ..Job::new(FEDERATION)
    }
}

/// Every Prometheus, and Alertmanager.
pub(super) fn own(deployment: &Deployment) -> [Job; 2] {
    let mut prometheus = Job::at(PROMETHEUS, deployment.prometheus_address());
    let shards = deployment.shards().iter();
    let shards = shards.map(|address| StaticConfig::of(address));
    prometheus.static_configs.extend(shards);
    [
        prometheus,
        Job::at(ALERTMANAGER, deployment.alertmanager_address()),
    ]
}

/// The collector: what it says of itself, and what it has of the programs, under
/// the `job` and `instance` that it gives them. What is scraped at the program is
/// left out there: it would count twice.
pub(super) fn collected(deployment: &Deployment) -> Vec<Job> {
    let Some(collector) = deployment.collected() else {
        return Vec::new();
    };
    let own = collector.own_metrics().into_iter();
    let mut jobs: Vec<_> = own.map(|(name, at)| Job::at(name, &at)).collect();
    if let Some(address) = collector.exporter() {
        let mut scraped = String::new();
        service_names(deployment, &mut scraped);
        jobs.push(Job {
            honor_labels: true,
            metric_relabel_configs: vec![Relabel {
                action: "drop",
                ..Relabel::keep("job", scraped)
            }],
            ..Job::at(COLLECTED, &address)
        });
    }
    jobs
}

/// The names of all services, as a regular expression.
fn service_names(deployment: &Deployment, out: &mut String) {
    for service in deployment.services() {
        if !out.is_empty() {
            out.push('|');
        }
        promql::literal(out, service.name());
    }
}
