//! A service in Kubernetes: a `Deployment` of its pods, and a `Service` before
//! them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::container::{Resources, Security};
use super::{Metadata, NAME, Object, SecretKey, names, tls_secret, yaml};
use crate::generate::service::Credentials;
use crate::generate::{Deployment, Service};

/// Where a pod has its certificate.
const TLS: &str = "/etc/caxton/tls";

#[derive(Serialize)]
struct Pods {
    replicas: u16,
    selector: Selector,
    template: Template,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Selector {
    match_labels: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct Template {
    metadata: TemplateMetadata,
    spec: PodSpec,
}

#[derive(Serialize)]
struct TemplateMetadata {
    labels: BTreeMap<&'static str, String>,
    annotations: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PodSpec {
    automount_service_account_token: bool,
    security_context: PodSecurity,
    containers: [Container; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    volumes: Vec<Volume>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PodSecurity {
    run_as_non_root: bool,
    seccomp_profile: Seccomp,
}

#[derive(Serialize)]
struct Seccomp {
    r#type: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Container {
    name: String,
    image: String,
    env: Vec<Variable>,
    ports: [ContainerPort; 1],
    liveness_probe: Probe,
    readiness_probe: Probe,
    resources: Resources,
    security_context: Security,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    volume_mounts: Vec<Mount>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Variable {
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value_from: Option<ValueFrom>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ValueFrom {
    secret_key_ref: SecretKey,
}

impl Variable {
    fn new(name: &'static str, value: impl Into<String>) -> Self {
        Self {
            name,
            // Kubernetes fills in `$(NAME)`, unless there are two `$`.
            value: Some(value.into().replace("$(", "$$(")),
            value_from: None,
        }
    }

    fn secret(name: &'static str, secret_key_ref: SecretKey) -> Self {
        Self {
            name,
            value: None,
            value_from: Some(ValueFrom { secret_key_ref }),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ContainerPort {
    name: &'static str,
    #[serde(rename = "containerPort")]
    port: u16,
    protocol: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Probe {
    http_get: HttpGet,
    period_seconds: u16,
    timeout_seconds: u16,
    failure_threshold: u16,
}

#[derive(Serialize)]
struct HttpGet {
    path: &'static str,
    port: &'static str,
    scheme: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Mount {
    name: &'static str,
    #[serde(rename = "mountPath")]
    path: &'static str,
    read_only: bool,
}

#[derive(Serialize)]
struct Volume {
    name: &'static str,
    secret: SecretVolume,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SecretVolume {
    secret_name: String,
}

#[derive(Serialize)]
struct Address {
    selector: BTreeMap<&'static str, String>,
    ports: [ServicePort; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ServicePort {
    name: &'static str,
    port: u16,
    target_port: &'static str,
    protocol: &'static str,
}

pub(super) fn objects(deployment: &Deployment, service: &Service) -> [String; 2] {
    let name = names::resource_name(service.name());
    let selector = BTreeMap::from([(NAME, name.clone())]);
    let metadata = || Metadata::of(deployment, name.clone());
    let pods = Object {
        api_version: "apps/v1",
        kind: "Deployment",
        metadata: metadata(),
        spec: Pods {
            replicas: service.copies(),
            selector: Selector {
                match_labels: selector.clone(),
            },
            template: Template {
                metadata: TemplateMetadata {
                    labels: metadata().labels,
                    annotations: annotations(service),
                },
                spec: pod(service, &name),
            },
        },
    };
    let address = Object {
        api_version: "v1",
        kind: "Service",
        metadata: metadata(),
        spec: Address {
            selector,
            ports: [ServicePort {
                name: "metrics",
                port: service.port(),
                target_port: "metrics",
                protocol: "TCP",
            }],
        },
    };
    [yaml::object(&pods), yaml::object(&address)]
}

/// What a job with `kubernetes_sd_configs` reads of a pod.
fn annotations(service: &Service) -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("prometheus.io/scrape", String::from("true")),
        ("prometheus.io/scheme", service.scheme().into()),
        ("prometheus.io/port", service.port().to_string()),
        ("prometheus.io/path", service.metrics_path().into()),
    ])
}

fn pod(service: &Service, name: &str) -> PodSpec {
    let is_https = service.scheme() == "https";
    let (volumes, volume_mounts) = if is_https {
        let volume = Volume {
            name: "tls",
            secret: SecretVolume {
                secret_name: tls_secret(service),
            },
        };
        let mount = Mount {
            name: "tls",
            path: TLS,
            read_only: true,
        };
        (vec![volume], vec![mount])
    } else {
        (Vec::new(), Vec::new())
    };
    // A pod that hangs is ended after half a minute; one that drains gets no
    // request within ten seconds.
    let probe = |path: &'static str, period_seconds: u16| Probe {
        http_get: HttpGet {
            path,
            port: "metrics",
            scheme: service.scheme().to_ascii_uppercase(),
        },
        period_seconds,
        timeout_seconds: 2,
        failure_threshold: if path == "/livez" { 3 } else { 2 },
    };
    PodSpec {
        automount_service_account_token: false,
        security_context: PodSecurity {
            run_as_non_root: true,
            seccomp_profile: Seccomp {
                r#type: "RuntimeDefault",
            },
        },
        containers: [Container {
            name: name.to_owned(),
            image: service.container_image(),
            env: environment(service),
            ports: [ContainerPort {
                name: "metrics",
                port: service.port(),
                protocol: "TCP",
            }],
            liveness_probe: probe("/livez", 10),
            readiness_probe: probe("/readyz", 5),
            resources: Resources::of("100m", "128Mi", "512Mi"),
            security_context: Security::default(),
            volume_mounts,
        }],
        volumes,
    }
}

/// What stands over the program's `caxton.toml` in a pod: Prometheus and the
/// probes come from other machines.
fn environment(service: &Service) -> Vec<Variable> {
    let mut variables = vec![
        Variable::new("OTEL_SERVICE_NAME", service.name()),
        Variable::new(
            "CAXTON_OBSERVABILITY_SERVER_ADDRESS",
            format!("0.0.0.0:{}", service.port()),
        ),
    ];
    match service.credentials() {
        Some(Credentials::BearerTokenFile(_)) => variables.push(Variable::secret(
            "CAXTON_OBSERVABILITY_SERVER_BEARER_TOKEN",
            SecretKey::of_reader(service, "token"),
        )),
        Some(Credentials::Basic { .. }) => variables.extend([
            Variable::secret(
                "CAXTON_OBSERVABILITY_SERVER_BASIC_USER",
                SecretKey::of_reader(service, "username"),
            ),
            Variable::secret(
                "CAXTON_OBSERVABILITY_SERVER_BASIC_PASSWORD",
                SecretKey::of_reader(service, "password"),
            ),
        ]),
        None => variables.push(Variable::new(
            "CAXTON_OBSERVABILITY_SERVER_ALLOW_UNAUTHENTICATED",
            "true",
        )),
    }
    if service.scheme() == "https" {
        variables.extend([
            Variable::new(
                "CAXTON_OBSERVABILITY_SERVER_TLS_CERT",
                format!("{TLS}/tls.crt"),
            ),
            Variable::new(
                "CAXTON_OBSERVABILITY_SERVER_TLS_KEY",
                format!("{TLS}/tls.key"),
            ),
        ]);
    }
    if let Some(url) = service.collector_url() {
        variables.push(Variable::new("OTEL_EXPORTER_OTLP_ENDPOINT", url));
    }
    variables
}
