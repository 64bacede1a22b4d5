//! A configuration of
//! [Jaeger](https://www.jaegertracing.io/docs/latest/deployment/configuration/),
//! version 2, which is a collector with a store.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{OTLP_GRPC, OTLP_HTTP, Program, Traces};
use crate::generate::ports::COLLECTOR_METRICS;
use crate::generate::yaml;

/// What the store is called in the file.
const STORE: &str = "traces";

#[derive(Serialize)]
struct Document {
    service: Service,
    extensions: Extensions,
    receivers: Receivers,
    processors: BTreeMap<&'static str, BTreeMap<&'static str, &'static str>>,
    exporters: Exporters,
}

#[derive(Serialize)]
struct Service {
    extensions: [&'static str; 2],
    pipelines: Pipelines,
    telemetry: Telemetry,
}

#[derive(Serialize)]
struct Pipelines {
    traces: Pipeline,
}

#[derive(Serialize)]
struct Pipeline {
    receivers: [&'static str; 1],
    processors: [&'static str; 1],
    exporters: [&'static str; 1],
}

#[derive(Serialize)]
struct Telemetry {
    metrics: Metrics,
}

#[derive(Serialize)]
struct Metrics {
    readers: [Reader; 1],
}

#[derive(Serialize)]
struct Reader {
    pull: Pull,
}

#[derive(Serialize)]
struct Pull {
    exporter: PullExporter,
}

#[derive(Serialize)]
struct PullExporter {
    prometheus: Address,
}

#[derive(Serialize)]
struct Address {
    host: &'static str,
    port: u16,
}

#[derive(Serialize)]
struct Extensions {
    jaeger_storage: Storage,
    jaeger_query: Query,
}

#[derive(Serialize)]
struct Storage {
    backends: BTreeMap<&'static str, Backend>,
}

#[derive(Serialize)]
struct Backend {
    badger: Badger,
}

#[derive(Serialize)]
struct Badger {
    directories: Directories,
    ephemeral: bool,
    ttl: Ttl,
}

#[derive(Serialize)]
struct Directories {
    keys: &'static str,
    values: &'static str,
}

#[derive(Serialize)]
struct Ttl {
    spans: String,
}

#[derive(Serialize)]
struct Query {
    storage: QueryStorage,
    http: Listener,
}

#[derive(Serialize)]
struct QueryStorage {
    traces: &'static str,
}

#[derive(Serialize)]
struct Listener {
    endpoint: String,
}

#[derive(Serialize)]
struct Receivers {
    otlp: Otlp,
}

#[derive(Serialize)]
struct Otlp {
    protocols: Protocols,
}

#[derive(Serialize)]
struct Protocols {
    grpc: Listener,
    http: Listener,
}

#[derive(Serialize)]
struct Exporters {
    jaeger_storage_exporter: StorageExporter,
}

#[derive(Serialize)]
struct StorageExporter {
    trace_storage: &'static str,
}

pub(super) fn render(traces: &Traces) -> String {
    let listener = |port: u16| Listener {
        endpoint: format!("0.0.0.0:{port}"),
    };
    let badger = Badger {
        directories: Directories {
            keys: "/badger/keys",
            values: "/badger/values",
        },
        ephemeral: false,
        ttl: Ttl {
            spans: traces.hours(),
        },
    };
    yaml::file(&Document {
        service: Service {
            extensions: ["jaeger_storage", "jaeger_query"],
            pipelines: Pipelines {
                traces: Pipeline {
                    receivers: ["otlp"],
                    processors: ["batch"],
                    exporters: ["jaeger_storage_exporter"],
                },
            },
            telemetry: Telemetry {
                metrics: Metrics {
                    readers: [Reader {
                        pull: Pull {
                            exporter: PullExporter {
                                prometheus: Address {
                                    host: "0.0.0.0",
                                    port: COLLECTOR_METRICS,
                                },
                            },
                        },
                    }],
                },
            },
        },
        extensions: Extensions {
            jaeger_storage: Storage {
                backends: BTreeMap::from([(STORE, Backend { badger })]),
            },
            jaeger_query: Query {
                storage: QueryStorage { traces: STORE },
                http: listener(Program::Jaeger.queries()),
            },
        },
        receivers: Receivers {
            otlp: Otlp {
                protocols: Protocols {
                    grpc: listener(OTLP_GRPC),
                    http: listener(OTLP_HTTP),
                },
            },
        },
        processors: BTreeMap::from([("batch", BTreeMap::new())]),
        exporters: Exporters {
            jaeger_storage_exporter: StorageExporter {
                trace_storage: STORE,
            },
        },
    })
}
