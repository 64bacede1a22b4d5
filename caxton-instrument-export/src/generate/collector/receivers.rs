//! What takes telemetry.

use serde::Serialize;

use super::super::deployment::Deployment;
use super::super::ports;
use super::literal;
use super::pipelines::Named;
use crate::promql;

#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(super) enum Receiver {
    Otlp { protocols: Protocols },
    Prometheus { config: Scrapes },
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Protocols {
    grpc: Listener,
    http: Listener,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Listener {
    endpoint: String,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Scrapes {
    scrape_configs: Vec<Scrape>,
}

#[derive(Debug, Clone, Serialize)]
struct Scrape {
    job_name: String,
    scrape_interval: String,
    metrics_path: String,
    static_configs: [Targets; 1],
}

#[derive(Debug, Clone, Serialize)]
struct Targets {
    targets: [String; 1],
}

/// On every address of the machine.
pub(super) fn any(port: u16) -> String {
    format!("0.0.0.0:{port}")
}

pub(super) fn otlp() -> Named<Receiver> {
    let listener = |port| Listener {
        endpoint: any(port),
    };
    Named::new(
        "otlp",
        Receiver::Otlp {
            protocols: Protocols {
                grpc: listener(ports::OTLP_GRPC),
                http: listener(ports::OTLP_HTTP),
            },
        },
    )
}

/// Scrapes each service as Prometheus would.
pub(super) fn prometheus(deployment: &Deployment) -> Named<Receiver> {
    let scrape = |service: &super::super::Service| Scrape {
        job_name: literal(service.name()),
        scrape_interval: promql::duration(deployment.interval()),
        metrics_path: literal(service.metrics_path()),
        static_configs: [Targets {
            targets: [literal(&service.address())],
        }],
    };
    Named::new(
        "prometheus",
        Receiver::Prometheus {
            config: Scrapes {
                scrape_configs: deployment.services().iter().map(scrape).collect(),
            },
        },
    )
}
