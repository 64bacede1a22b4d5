//! A configuration of
//! [Loki](https://grafana.com/docs/loki/latest/configure/) in one process, with the
//! index and the schema that it wants for structured metadata.

use serde::Serialize;

use super::{GRPC, HTTP};
use crate::generate::yaml;

/// All of it is below this folder.
const FOLDER: &str = "/loki";

#[derive(Serialize)]
struct Document {
    auth_enabled: bool,
    server: Server,
    common: Common,
    schema_config: SchemaConfig,
    limits_config: Limits,
    compactor: Compactor,
    analytics: Analytics,
}

#[derive(Serialize)]
struct Server {
    http_listen_port: u16,
    grpc_listen_port: u16,
}

#[derive(Serialize)]
struct Common {
    instance_addr: &'static str,
    path_prefix: &'static str,
    storage: Storage,
    replication_factor: u8,
    ring: Ring,
}

#[derive(Serialize)]
struct Storage {
    filesystem: Filesystem,
}

#[derive(Serialize)]
struct Filesystem {
    chunks_directory: String,
    rules_directory: String,
}

#[derive(Serialize)]
struct Ring {
    kvstore: KvStore,
}

#[derive(Serialize)]
struct KvStore {
    store: &'static str,
}

#[derive(Serialize)]
struct SchemaConfig {
    configs: [Period; 1],
}

#[derive(Serialize)]
struct Period {
    from: &'static str,
    store: &'static str,
    object_store: &'static str,
    schema: &'static str,
    index: Index,
}

#[derive(Serialize)]
struct Index {
    prefix: &'static str,
    period: &'static str,
}

#[derive(Serialize)]
struct Limits {
    allow_structured_metadata: bool,
    retention_period: &'static str,
}

#[derive(Serialize)]
struct Compactor {
    working_directory: String,
    retention_enabled: bool,
    delete_request_store: &'static str,
}

#[derive(Serialize)]
struct Analytics {
    reporting_enabled: bool,
}

pub(super) fn render() -> String {
    yaml::file(&Document {
        auth_enabled: false,
        server: Server {
            http_listen_port: HTTP,
            grpc_listen_port: GRPC,
        },
        common: Common {
            instance_addr: "127.0.0.1",
            path_prefix: FOLDER,
            storage: Storage {
                filesystem: Filesystem {
                    chunks_directory: format!("{FOLDER}/chunks"),
                    rules_directory: format!("{FOLDER}/rules"),
                },
            },
            replication_factor: 1,
            ring: Ring {
                kvstore: KvStore { store: "inmemory" },
            },
        },
        schema_config: SchemaConfig {
            configs: [Period {
                from: "2024-04-01",
                store: "tsdb",
                object_store: "filesystem",
                schema: "v13",
                index: Index {
                    prefix: "index_",
                    period: "24h",
                },
            }],
        },
        limits_config: Limits {
            allow_structured_metadata: true,
            // 31 days.
            retention_period: "744h",
        },
        compactor: Compactor {
            working_directory: format!("{FOLDER}/compactor"),
            retention_enabled: true,
            delete_request_store: "filesystem",
        },
        analytics: Analytics {
            reporting_enabled: false,
        },
    })
}
