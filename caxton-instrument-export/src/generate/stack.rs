//! What stands beside the programs and Prometheus: a collector, a store for
//! traces, one for logs, a load test.

use caxton_instrument::Catalog;

use super::collector::{self, Collector};
use super::deployment::Deployment;
use super::load::{self, LoadTest};
use super::logs::{self, Logs};
use super::traces::{self, Traces};
use super::{File, semconv};

/// What a deployment has of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Stack {
    collector: Option<Collector>,
    traces: Option<Traces>,
    logs: Option<Logs>,
    load_test: Option<LoadTest>,
    schemas: Option<String>,
}

/// Where a program listens.
///
/// ```
/// use caxton_instrument_export::generate::{Deployment, Logs, Traces};
///
/// let shop = Deployment::new("shop")
///     .traces_in(Traces::tempo("tempo"))
///     .logs_in(Logs::loki("loki"));
/// for endpoint in shop.endpoints() {
///     println!("{} has {} at {}", endpoint.program, endpoint.what, endpoint.address());
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Endpoint {
    /// The program: `collector`, `gateway`, `tempo`, `jaeger`, `loki`, or the
    /// name of a service.
    pub program: String,
    /// What is there.
    pub what: &'static str,
    /// The host.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl Endpoint {
    pub(super) fn new(program: &str, what: &'static str, host: &str, port: u16) -> Self {
        Self {
            program: program.into(),
            what,
            host: host.into(),
            port,
        }
    }

    /// `host:port`.
    #[must_use]
    pub fn address(&self) -> String {
        address(&self.host, self.port)
    }
}

/// `host:port`, with brackets around an IPv6 address.
pub(super) fn address(host: &str, port: u16) -> String {
    if host.contains(':') && !host.starts_with('[') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

impl Deployment {
    /// Programs send to this collector.
    #[must_use]
    pub fn collector(mut self, collector: Collector) -> Self {
        self.stack.collector = Some(collector);
        self
    }

    /// The collector sends traces there.
    #[must_use]
    pub fn traces_in(mut self, traces: Traces) -> Self {
        self.stack.traces = Some(traces);
        self
    }

    /// Logs go there: those that come to the collector, and lines that an agent
    /// reads.
    #[must_use]
    pub fn logs_in(mut self, logs: Logs) -> Self {
        self.stack.logs = Some(logs);
        self
    }

    /// A load test for it.
    #[must_use]
    pub fn load_test(mut self, test: LoadTest) -> Self {
        self.stack.load_test = Some(test);
        self
    }

    /// The registry for OpenTelemetry's tools is published below this URL, as
    /// `<url>/<version>`; until one is stated it is a placeholder in `.invalid`.
    #[must_use]
    pub fn schemas_at(mut self, url: &str) -> Self {
        self.stack.schemas = Some(url.into());
        self
    }

    /// Where the collector and the stores listen: every generated file names these
    /// addresses and no others.
    #[must_use]
    pub fn endpoints(&self) -> Vec<Endpoint> {
        let mut all = Vec::new();
        if let Some(collector) = &self.stack.collector {
            all.extend(collector.endpoints());
        }
        if let Some(traces) = &self.stack.traces {
            all.extend(traces.endpoints());
        }
        if let Some(logs) = &self.stack.logs {
            all.extend(logs.endpoints());
        }
        all
    }

    pub(super) const fn collected(&self) -> Option<&Collector> {
        self.stack.collector.as_ref()
    }

    pub(super) const fn traces(&self) -> Option<&Traces> {
        self.stack.traces.as_ref()
    }

    pub(super) const fn logs(&self) -> Option<&Logs> {
        self.stack.logs.as_ref()
    }

    pub(super) fn schemas(&self) -> Option<&str> {
        self.stack.schemas.as_deref()
    }
}

/// The files of all of it, and those that tell of the metrics.
pub(super) fn files(catalog: &Catalog, deployment: &Deployment) -> Vec<File> {
    let stack = &deployment.stack;
    let mut files = Vec::new();
    if let Some(collector) = &stack.collector {
        files.extend(collector::render(collector, deployment));
    }
    if let Some(traces) = &stack.traces {
        files.extend(traces::render(traces, deployment));
    }
    if let Some(logs) = &stack.logs {
        files.extend(logs::render(logs, deployment));
    }
    if let Some(test) = &stack.load_test {
        files.extend(load::render(test, catalog, deployment));
    }
    files.extend(semconv::render(catalog, deployment));
    files.push(("METRICS.md", crate::catalog::markdown(catalog)));
    files.push(("catalog.json", crate::catalog::json(catalog)));
    files.push(("catalog.html", crate::catalog::html(catalog)));
    let file = |(path, text): (&str, String)| File {
        path: path.into(),
        text,
    };
    files.into_iter().map(file).collect()
}
