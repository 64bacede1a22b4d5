//! A real `VictoriaMetrics`, as a store behind a collector.

use std::net::SocketAddr;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::process::{Server, free_address, get, percent_encoded, servers};

/// The program, as `scripts/get-servers.sh` names it.
pub const PROGRAM: &str = "victoria-metrics";

/// A store that ends with this value.
#[derive(Debug)]
pub struct Victoria {
    address: SocketAddr,
    _server: Server,
    _folder: TempDir,
}

impl Victoria {
    /// Starts an empty one that names metrics as Prometheus does; `None` when the
    /// test is to be skipped.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[must_use]
    pub fn start() -> Option<Self> {
        Self::with(&["-opentelemetry.usePrometheusNaming"])
    }

    /// The same that leaves names as they are sent, which it does by itself.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[must_use]
    pub fn without_translation() -> Option<Self> {
        Self::with(&[])
    }

    fn with(options: &[&str]) -> Option<Self> {
        let program = servers(&[PROGRAM])?.join(PROGRAM);
        let folder = tempfile::tempdir().expect("a folder");
        let address = free_address();
        let mut command = Command::new(program);
        command
            .arg(format!("-httpListenAddr={address}"))
            .arg(format!(
                "-storageDataPath={}",
                folder.path().join("data").display()
            ))
            .args(options)
            .arg("-search.latencyOffset=0s")
            .args(["-memory.allowedBytes=256MB", "-retentionPeriod=1d"]);
        let server = Server::start(&mut command, &folder.path().join("log"), &[address]);
        Some(Self {
            address,
            _server: server,
            _folder: folder,
        })
    }

    /// The base URL of its OTLP receiver.
    #[must_use]
    pub fn otlp(&self) -> String {
        format!("http://{}/opentelemetry", self.address)
    }

    /// The series that a `PromQL` query gives, each with `metric` and `value`.
    ///
    /// # Panics
    ///
    /// When it finds something wrong with the query.
    #[must_use]
    pub fn query(&self, query: &str) -> Vec<Value> {
        // What came last is searched for once it is on disk, and it is kept back
        // for a second otherwise.
        get(self.address, "/internal/force_flush").expect("an answer");
        let path = format!("/api/v1/query?nocache=1&query={}", percent_encoded(query));
        let answer = get(self.address, &path).expect("an answer");
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        answer["data"]["result"]
            .as_array()
            .expect("a vector")
            .clone()
    }
}
