//! What takes telemetry.

use serde::Serialize;
use serde_json::Value;

use super::literal;
use super::pipelines::Named;
use crate::generate::deployment::Deployment;
use crate::generate::{ports, scrape};
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
    global: Global,
    scrape_configs: Vec<Value>,
}

#[derive(Debug, Clone, Serialize)]
struct Global {
    scrape_interval: String,
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

/// Scrapes each service as Prometheus does.
pub(super) fn prometheus(deployment: &Deployment) -> Named<Receiver> {
    let jobs = scrape::services(deployment, None);
    // A job of texts, lists and maps cannot fail to be a value.
    let job = |job| literally(serde_json::to_value(job).unwrap_or_default());
    Named::new(
        "prometheus",
        Receiver::Prometheus {
            config: Scrapes {
                global: Global {
                    scrape_interval: promql::duration(deployment.interval()),
                },
                scrape_configs: jobs.map(job).collect(),
            },
        },
    )
}

/// With every text as the collector takes it literally.
fn literally(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(literal(&text)),
        Value::Array(items) => items.into_iter().map(literally).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| (literal(&key), literally(value)))
            .collect(),
        other => other,
    }
}
