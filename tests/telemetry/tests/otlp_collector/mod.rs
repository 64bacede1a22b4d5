//! A real OpenTelemetry collector, and what it received.
#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// A collector that writes down what it receives; ends with this value.
pub(crate) struct Collector {
    process: Child,
    folder: TempDir,
    grpc: u16,
    http: u16,
}

/// A span as the collector has it.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    pub(crate) name: String,
    pub(crate) trace: String,
    pub(crate) id: String,
    pub(crate) parent: String,
    pub(crate) json: Value,
    pub(crate) attributes: BTreeMap<String, Value>,
}

/// A log record as the collector has it.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) body: String,
    pub(crate) trace: String,
    pub(crate) span: String,
    pub(crate) scope: String,
    pub(crate) json: Value,
    pub(crate) attributes: BTreeMap<String, Value>,
}

impl Collector {
    /// Starts one; `None` where the test is to be skipped.
    pub(crate) fn start() -> Option<Self> {
        let binary = binary()?;
        let folder = tempfile::tempdir().expect("a folder");
        let (grpc, http) = (free_port(), free_port());
        let config = folder.path().join("config.yaml");
        let output = folder.path().join("received.jsonl");
        let text = format!(
            "receivers:
  otlp:
    protocols:
      grpc: {{ endpoint: 127.0.0.1:{grpc} }}
      http: {{ endpoint: 127.0.0.1:{http} }}
exporters:
  jsonlines: {{ path: {} }}
service:
  telemetry:
    metrics: {{ level: none }}
  pipelines:
    traces: {{ receivers: [otlp], exporters: [jsonlines] }}
    logs: {{ receivers: [otlp], exporters: [jsonlines] }}
",
            output.display()
        );
        std::fs::write(&config, text).expect("a file");
        let log = std::fs::File::create(folder.path().join("log")).expect("a file");
        let process = Command::new(binary)
            .arg("--config")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the collector starts");
        let collector = Self {
            process,
            folder,
            grpc,
            http,
        };
        wait("the collector's ports", || {
            [grpc, http]
                .iter()
                .all(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok())
        });
        Some(collector)
    }

    pub(crate) fn grpc(&self) -> String {
        format!("http://127.0.0.1:{}", self.grpc)
    }

    pub(crate) fn http(&self) -> String {
        format!("http://127.0.0.1:{}", self.http)
    }

    /// What was received of a signal, the `resource` parts of all batches.
    pub(crate) fn resources(&self, signal: &str) -> Vec<Value> {
        let text = std::fs::read_to_string(self.folder.path().join("received.jsonl"));
        let lines: Vec<Value> = text
            .unwrap_or_default()
            .lines()
            .map(|line| serde_json::from_str(line).expect("a line of JSON"))
            .collect();
        let key = match signal {
            "traces" => "resourceSpans",
            _ => "resourceLogs",
        };
        lines
            .iter()
            .filter(|line| line["signal"] == signal)
            .flat_map(|line| list(&line["data"][key]).to_vec())
            .collect()
    }

    pub(crate) fn spans(&self) -> Vec<Span> {
        let mut spans = Vec::new();
        for resource in self.resources("traces") {
            for scope in list(&resource["scopeSpans"]) {
                for json in list(&scope["spans"]) {
                    spans.push(Span {
                        name: text(&json["name"]),
                        trace: text(&json["traceId"]),
                        id: text(&json["spanId"]),
                        parent: text(&json["parentSpanId"]),
                        attributes: attributes(&json["attributes"]),
                        json: json.clone(),
                    });
                }
            }
        }
        spans
    }

    pub(crate) fn records(&self) -> Vec<Record> {
        let mut records = Vec::new();
        for resource in self.resources("logs") {
            for scope in list(&resource["scopeLogs"]) {
                for json in list(&scope["logRecords"]) {
                    records.push(Record {
                        body: text(&json["body"]["stringValue"]),
                        trace: text(&json["traceId"]),
                        span: text(&json["spanId"]),
                        scope: text(&scope["scope"]["name"]),
                        attributes: attributes(&json["attributes"]),
                        json: json.clone(),
                    });
                }
            }
        }
        records
    }

    /// The one span of that name.
    #[track_caller]
    pub(crate) fn span(&self, name: &str) -> Span {
        let spans = self.spans();
        let mut named = spans.iter().filter(|span| span.name == name);
        match (named.next(), named.next()) {
            (Some(span), None) => span.clone(),
            _ => panic!("not one span `{name}` in {spans:#?}"),
        }
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Each attribute's value without its type.
pub(crate) fn attributes(value: &Value) -> BTreeMap<String, Value> {
    list(value)
        .iter()
        .map(|attribute| {
            let value = attribute["value"].as_object();
            let value = value.and_then(|of_type| of_type.values().next());
            (text(&attribute["key"]), value.cloned().unwrap_or_default())
        })
        .collect()
}

/// Waits until something holds, half a minute at most.
#[track_caller]
pub(crate) fn wait(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(30), "no {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Where the collector is; `None` when the test is to be skipped.
fn binary() -> Option<PathBuf> {
    let bin = std::env::var_os("CAXTON_SERVERS").map_or_else(
        || {
            // The test stands in TARGET/PROFILE/deps.
            let test = std::env::current_exe().expect("this test is a file");
            let target = test.ancestors().nth(3).expect("a target folder");
            target.join("servers/bin")
        },
        PathBuf::from,
    );
    let binary = bin.join("otelcolmini");
    if binary.is_file() {
        return Some(binary);
    }
    let message = format!(
        "SKIPPED: no otelcolmini in {}; get it with `scripts/get-servers.sh`, or name its folder in \
         CAXTON_SERVERS",
        bin.display()
    );
    assert!(std::env::var_os("CI").is_none(), "{message}");
    // Past the harness, which keeps what a passing test prints to itself.
    let _ = writeln!(std::io::stderr().lock(), "\n{message}\n");
    None
}
