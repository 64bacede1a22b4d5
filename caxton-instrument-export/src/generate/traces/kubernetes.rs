//! How Kubernetes runs a store for traces: one process with a volume.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::generate::kubernetes::container::{Resources, Security};
use serde_saphyr::LitString;

use super::{OTLP_GRPC, OTLP_HTTP, Traces};
use crate::generate::kubernetes::names::resource_name;
use crate::generate::{Deployment, images, yaml};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Object<T> {
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata,
    #[serde(flatten)]
    content: T,
}

#[derive(Serialize)]
struct Metadata {
    name: String,
    namespace: String,
    labels: Labels,
}

type Labels = BTreeMap<&'static str, String>;

#[derive(Serialize)]
struct Data {
    data: BTreeMap<String, LitString>,
}

#[derive(Serialize)]
struct Spec<T> {
    spec: T,
}

#[derive(Serialize)]
struct Service {
    selector: Labels,
    ports: Vec<ServicePort>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ServicePort {
    name: &'static str,
    port: u16,
    target_port: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StatefulSet {
    service_name: String,
    replicas: u8,
    selector: Selector,
    template: Template,
    volume_claim_templates: [Claim; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Selector {
    match_labels: Labels,
}

#[derive(Serialize)]
struct Template {
    metadata: TemplateMetadata,
    spec: Pod,
}

#[derive(Serialize)]
struct TemplateMetadata {
    labels: Labels,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Pod {
    security_context: PodSecurity,
    containers: [Container; 1],
    volumes: [Volume; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PodSecurity {
    run_as_non_root: bool,
    run_as_user: u32,
    fs_group: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Container {
    name: &'static str,
    image: String,
    args: [String; 1],
    ports: Vec<ContainerPort>,
    readiness_probe: Probe,
    resources: Resources,
    security_context: Security,
    volume_mounts: [Mount; 2],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ContainerPort {
    name: &'static str,
    container_port: u16,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Probe {
    http_get: HttpGet,
}

#[derive(Serialize)]
struct HttpGet {
    path: &'static str,
    port: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Mount {
    name: &'static str,
    #[serde(rename = "mountPath")]
    path: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Volume {
    name: &'static str,
    config_map: ConfigMap,
}

#[derive(Serialize)]
struct ConfigMap {
    name: String,
}

#[derive(Serialize)]
struct Claim {
    metadata: ClaimMetadata,
    spec: ClaimSpec,
}

#[derive(Serialize)]
struct ClaimMetadata {
    name: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ClaimSpec {
    access_modes: [&'static str; 1],
    resources: ClaimResources,
}

#[derive(Serialize)]
struct ClaimResources {
    requests: BTreeMap<&'static str, &'static str>,
}

/// Of the images: neither runs as root.
const USER: u32 = 10001;

pub(super) fn render(traces: &Traces, deployment: &Deployment) -> String {
    let name = service(&traces.host);
    let labels = Labels::from([
        ("app.kubernetes.io/component", String::from("traces")),
        ("app.kubernetes.io/name", name.clone()),
    ]);
    let object = |api_version, kind| (api_version, kind, metadata(&name, &labels, deployment));
    let (path, _) = traces.program.places();
    let (_, file) = path.rsplit_once('/').unwrap_or(("", path));
    let config = with(
        object("v1", "ConfigMap"),
        Data {
            data: BTreeMap::from([(file.into(), LitString(traces.config()))]),
        },
    );
    let ports = [
        ("otlp-grpc", OTLP_GRPC),
        ("otlp-http", OTLP_HTTP),
        ("queries", traces.program.queries()),
    ];
    let service = Service {
        selector: labels.clone(),
        ports: ports
            .map(|(name, port)| ServicePort {
                name,
                port,
                target_port: name,
            })
            .into(),
    };
    let service = with(object("v1", "Service"), Spec { spec: service });
    let set = StatefulSet {
        service_name: name.clone(),
        replicas: 1,
        selector: Selector {
            match_labels: labels.clone(),
        },
        template: Template {
            metadata: TemplateMetadata {
                labels: labels.clone(),
            },
            spec: pod(traces, &name, ports),
        },
        volume_claim_templates: [Claim {
            metadata: ClaimMetadata { name: "data" },
            spec: ClaimSpec {
                access_modes: ["ReadWriteOnce"],
                resources: ClaimResources {
                    requests: BTreeMap::from([("storage", "20Gi")]),
                },
            },
        }],
    };
    let set = with(object("apps/v1", "StatefulSet"), Spec { spec: set });
    yaml::objects(&[
        yaml::object(&config),
        yaml::object(&service),
        yaml::object(&set),
    ])
}

fn with<T>(
    (api_version, kind, metadata): (&'static str, &'static str, Metadata),
    content: T,
) -> Object<T> {
    Object {
        api_version,
        kind,
        metadata,
        content,
    }
}

fn metadata(name: &str, labels: &Labels, deployment: &Deployment) -> Metadata {
    Metadata {
        name: name.into(),
        namespace: deployment.kubernetes_namespace().into(),
        labels: labels.clone(),
    }
}

/// The first part of a host's name: `tempo` of `tempo.monitoring.svc`.
fn service(host: &str) -> String {
    resource_name(host.split('.').next().unwrap_or(host))
}

fn pod(traces: &Traces, name: &str, ports: [(&'static str, u16); 3]) -> Pod {
    let (path, folder) = traces.program.places();
    let (config_folder, _) = path.rsplit_once('/').unwrap_or(("/", path));
    Pod {
        security_context: PodSecurity {
            run_as_non_root: true,
            run_as_user: USER,
            fs_group: USER,
        },
        containers: [Container {
            name: traces.program.name(),
            image: images::image(traces.program.name()),
            args: [format!("{}{path}", traces.program.argument())],
            ports: ports
                .map(|(name, container_port)| ContainerPort {
                    name,
                    container_port,
                })
                .into(),
            readiness_probe: Probe {
                http_get: HttpGet {
                    path: traces.program.health(),
                    port: "queries",
                },
            },
            resources: Resources::of("250m", "512Mi", "2Gi"),
            security_context: Security::default(),
            volume_mounts: [
                Mount {
                    name: "config",
                    path: config_folder.into(),
                },
                Mount {
                    name: "data",
                    path: folder.into(),
                },
            ],
        }],
        volumes: [Volume {
            name: "config",
            config_map: ConfigMap { name: name.into() },
        }],
    }
}
