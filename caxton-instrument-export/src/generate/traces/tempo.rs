//! A configuration of
//! [Tempo](https://grafana.com/docs/tempo/latest/configuration/), version 3, which
//! has
//! [no ingester and no compactor](https://github.com/grafana/tempo/pull/6273) any
//! more.

use serde::Serialize;

use super::{OTLP_GRPC, OTLP_HTTP, Program, Traces};
use crate::generate::yaml;

#[derive(Serialize)]
struct Document {
    server: Server,
    distributor: Distributor,
    backend_scheduler: Scheduler,
    storage: Storage,
    usage_report: UsageReport,
}

#[derive(Serialize)]
struct Server {
    http_listen_port: u16,
}

#[derive(Serialize)]
struct Distributor {
    receivers: Receivers,
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
struct Listener {
    endpoint: String,
}

#[derive(Serialize)]
struct Scheduler {
    provider: Provider,
}

#[derive(Serialize)]
struct Provider {
    compaction: Compactions,
}

#[derive(Serialize)]
struct Compactions {
    compaction: Compaction,
}

#[derive(Serialize)]
struct Compaction {
    block_retention: String,
}

#[derive(Serialize)]
struct Storage {
    trace: TraceStorage,
}

#[derive(Serialize)]
struct TraceStorage {
    backend: &'static str,
    local: Folder,
    wal: Folder,
}

#[derive(Serialize)]
struct Folder {
    path: &'static str,
}

#[derive(Serialize)]
struct UsageReport {
    reporting_enabled: bool,
}

pub(super) fn render(traces: &Traces) -> String {
    let listener = |port: u16| Listener {
        endpoint: format!("0.0.0.0:{port}"),
    };
    yaml::file(&Document {
        server: Server {
            http_listen_port: Program::Tempo.queries(),
        },
        distributor: Distributor {
            receivers: Receivers {
                otlp: Otlp {
                    protocols: Protocols {
                        grpc: listener(OTLP_GRPC),
                        http: listener(OTLP_HTTP),
                    },
                },
            },
        },
        backend_scheduler: Scheduler {
            provider: Provider {
                compaction: Compactions {
                    compaction: Compaction {
                        block_retention: traces.hours(),
                    },
                },
            },
        },
        storage: Storage {
            trace: TraceStorage {
                backend: "local",
                local: Folder {
                    path: "/var/tempo/blocks",
                },
                wal: Folder {
                    path: "/var/tempo/wal",
                },
            },
        },
        usage_report: UsageReport {
            reporting_enabled: false,
        },
    })
}
