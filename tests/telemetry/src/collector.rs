//! A real OpenTelemetry collector, and what it received.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::certificates::Issued;
use crate::process::{Server, free_address, servers};

/// The program, as `scripts/get-servers.sh` names it.
pub const PROGRAM: &str = "otelcolmini";

/// How a collector is to listen, and where it is to send.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// Its certificate: then it speaks TLS only.
    pub certificate: Option<&'a Issued>,
    /// The authority of clients: then it takes only those with a certificate.
    pub client_authority: Option<&'a Path>,
    /// The base URL of an OTLP receiver over HTTP that gets the metrics too,
    /// without `/v1/metrics`.
    pub forward: Option<&'a str>,
}

/// A collector that ends with this value. Whatever it acknowledged is in its
/// file by then.
#[derive(Debug)]
pub struct Collector {
    program: PathBuf,
    folder: TempDir,
    grpc: SocketAddr,
    http: SocketAddr,
    scheme: &'static str,
    server: Option<Server>,
}

impl Collector {
    /// Starts one for metrics, traces and logs, over gRPC and HTTP; `None` when
    /// the test is to be skipped.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[must_use]
    pub fn start(options: Options<'_>) -> Option<Self> {
        let program = servers(&[PROGRAM])?.join(PROGRAM);
        let folder = tempfile::tempdir().expect("a folder");
        let mut collector = Self {
            program,
            folder,
            grpc: free_address(),
            http: free_address(),
            scheme: if options.certificate.is_some() {
                "https"
            } else {
                "http"
            },
            server: None,
        };
        let config = collector.config(options);
        std::fs::write(collector.folder.path().join("config.yaml"), config).expect("a file");
        collector.restart();
        Some(collector)
    }

    /// Ends it, as a crash would.
    pub fn stop(&mut self) {
        self.server = None;
    }

    /// Starts it again at the same addresses, with the same file.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn restart(&mut self) {
        self.stop();
        let folder = self.folder.path();
        let mut command = Command::new(&self.program);
        command.arg("--config").arg(folder.join("config.yaml"));
        self.server = Some(Server::start(
            &mut command,
            &folder.join("log"),
            &[self.grpc, self.http],
        ));
    }

    /// The URL of its gRPC receiver.
    #[must_use]
    pub fn grpc(&self) -> String {
        format!("{}://localhost:{}", self.scheme, self.grpc.port())
    }

    /// The base URL of its HTTP receiver.
    #[must_use]
    pub fn http(&self) -> String {
        format!("{}://localhost:{}", self.scheme, self.http.port())
    }

    /// What it says about itself.
    #[must_use]
    pub fn log(&self) -> String {
        self.server.as_ref().map(Server::log).unwrap_or_default()
    }

    /// Every batch of a signal (`metrics`, `traces`, `logs`) as OTLP/JSON, in the
    /// order in which they came.
    ///
    /// # Panics
    ///
    /// When a line is no JSON.
    #[must_use]
    pub fn received(&self, signal: &str) -> Vec<Value> {
        let text = std::fs::read_to_string(self.folder.path().join("received.jsonl"));
        // The last line may still be written.
        text.unwrap_or_default()
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'))
            .map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"))
            .filter(|line| line["signal"] == signal)
            .map(|mut line| line["data"].take())
            .collect()
    }

    fn config(&self, options: Options<'_>) -> String {
        let mut tls = String::new();
        if let Some(issued) = options.certificate {
            let (certificate, key) = (issued.certificate.display(), issued.key.display());
            let _ = write!(
                tls,
                "\n        tls:\n          cert_file: {certificate}\n          key_file: {key}"
            );
        }
        if let Some(authority) = options.client_authority {
            let _ = write!(tls, "\n          client_ca_file: {}", authority.display());
        }
        let (forward, exporters) = match options.forward {
            // Acknowledged here only once it is acknowledged there.
            Some(url) => (
                format!(
                    "\n  otlp_http:\n    endpoint: {url}\n    compression: none\n    \
                     sending_queue: {{ enabled: false }}"
                ),
                "jsonlines, otlp_http",
            ),
            None => (String::new(), "jsonlines"),
        };
        format!(
            "receivers:
  otlp:
    protocols:
      grpc:
        endpoint: {}{tls}
      http:
        endpoint: {}{tls}
exporters:
  jsonlines:
    path: {}{forward}
service:
  telemetry:
    metrics: {{ level: none }}
  pipelines:
    metrics: {{ receivers: [otlp], exporters: [{exporters}] }}
    traces: {{ receivers: [otlp], exporters: [jsonlines] }}
    logs: {{ receivers: [otlp], exporters: [jsonlines] }}
",
            self.grpc,
            self.http,
            self.folder.path().join("received.jsonl").display(),
        )
    }
}
