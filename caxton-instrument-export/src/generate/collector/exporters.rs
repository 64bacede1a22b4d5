//! What sends telemetry.

use std::collections::BTreeMap;

use serde::Serialize;

use super::backend::{Backend, Way};
use super::pipelines::Named;
use super::receivers::any;
use super::{literal, variable};
use crate::generate::components::{Kind, name_in};
use crate::generate::deployment::Deployment;
use crate::generate::kubernetes::names::resource_name;
use crate::generate::ports;

#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(super) enum Exporter {
    Prometheus {
        endpoint: String,
        #[serde(skip_serializing_if = "String::is_empty")]
        namespace: String,
        translation_strategy: &'static str,
        enable_open_metrics: bool,
    },
    RemoteWrite {
        endpoint: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        tls: Option<Plain>,
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        headers: BTreeMap<&'static str, String>,
    },
    OtlpHttp {
        endpoint: String,
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        headers: BTreeMap<&'static str, String>,
    },
    OtlpGrpc {
        endpoint: String,
        tls: Plain,
    },
    LoadBalancing {
        routing_key: &'static str,
        protocol: Protocol,
        resolver: Resolver,
    },
    Datadog {
        api: DatadogApi,
    },
    CloudWatch {
        region: String,
        namespace: String,
        log_group_name: String,
        dimension_rollup_option: &'static str,
    },
}

/// Without TLS: both are in one network.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Plain {
    insecure: bool,
}

const PLAIN: Plain = Plain { insecure: true };

#[derive(Debug, Clone, Serialize)]
pub(super) struct DatadogApi {
    site: String,
    key: String,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Protocol {
    otlp: Template,
}

#[derive(Debug, Clone, Serialize)]
struct Template {
    tls: Plain,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Resolver {
    dns: Dns,
}

#[derive(Debug, Clone, Serialize)]
struct Dns {
    hostname: String,
    port: String,
}

/// The exporter of a place that metrics go to.
pub(super) fn metrics(backend: &Backend, deployment: &Deployment) -> Named<Exporter> {
    let component = |name| name_in(Kind::Exporter, name, deployment.versions().collector);
    let bearer = || {
        let token = backend.token.as_deref().map(variable);
        token
            .map(|token| ("Authorization", format!("Bearer {token}")))
            .into_iter()
            .collect()
    };
    match &backend.way {
        Way::Prometheus { namespace } => Named::new(
            "prometheus",
            Exporter::Prometheus {
                endpoint: any(ports::COLLECTOR_EXPORTER),
                namespace: literal(namespace),
                // Names are as the program has them already.
                translation_strategy: "UnderscoreEscapingWithSuffixes",
                // Exemplars are in OpenMetrics only.
                enable_open_metrics: true,
            },
        ),
        Way::RemoteWrite { url } => Named::new(
            component("prometheus_remote_write"),
            Exporter::RemoteWrite {
                endpoint: literal(url),
                tls: url.starts_with("http://").then_some(PLAIN),
                headers: bearer(),
            },
        ),
        Way::Otlp { url } => Named::new(
            component("otlp_http"),
            Exporter::OtlpHttp {
                endpoint: literal(url),
                headers: bearer(),
            },
        )
        .of("metrics"),
        Way::NewRelic { endpoint } => Named::new(
            component("otlp_http"),
            Exporter::OtlpHttp {
                endpoint: literal(endpoint),
                headers: BTreeMap::from([("api-key", variable("NEW_RELIC_LICENSE_KEY"))]),
            },
        )
        .of("newrelic"),
        Way::Datadog { site } => Named::new(
            "datadog",
            Exporter::Datadog {
                api: DatadogApi {
                    site: literal(site),
                    key: variable("DD_API_KEY"),
                },
            },
        ),
        Way::CloudWatch { region } => Named::new(
            component("awsemf"),
            Exporter::CloudWatch {
                region: literal(region),
                namespace: resource_name(deployment.name()),
                log_group_name: format!("/metrics/{}", resource_name(deployment.name())),
                // One metric for each set of labels, not for each part of it too.
                dimension_rollup_option: "NoDimensionRollup",
            },
        ),
    }
}

/// To a program in the same network, over gRPC.
pub(super) fn traces(address: &str, deployment: &Deployment) -> Named<Exporter> {
    let component = name_in(Kind::Exporter, "otlp_grpc", deployment.versions().collector);
    Named::new(
        component,
        Exporter::OtlpGrpc {
            endpoint: literal(address),
            tls: PLAIN,
        },
    )
    .of("traces")
}

/// All spans of a trace to one gateway.
pub(super) fn gateways(host: &str, deployment: &Deployment) -> Named<Exporter> {
    let version = deployment.versions().collector;
    Named::new(
        name_in(Kind::Exporter, "load_balancing", version),
        Exporter::LoadBalancing {
            routing_key: "traceID",
            protocol: Protocol {
                otlp: Template { tls: PLAIN },
            },
            resolver: Resolver {
                dns: Dns {
                    hostname: literal(host),
                    port: ports::OTLP_GRPC.to_string(),
                },
            },
        },
    )
}

/// To Loki, which reads
/// [OTLP](https://grafana.com/docs/loki/latest/send-data/otel/) below `/otlp`.
pub(super) fn logs(url: &str, deployment: &Deployment) -> Named<Exporter> {
    let version = deployment.versions().collector;
    Named::new(
        name_in(Kind::Exporter, "otlp_http", version),
        Exporter::OtlpHttp {
            endpoint: literal(url),
            headers: BTreeMap::new(),
        },
    )
    .of("logs")
}
