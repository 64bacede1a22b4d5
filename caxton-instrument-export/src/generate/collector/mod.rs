//! A configuration of the
//! [OpenTelemetry collector](https://opentelemetry.io/docs/collector/configuration/).
//!
//! ```text
//! mod         what is asked for
//! backend     where metrics go
//! receivers   what takes telemetry
//! processors  what changes or drops it
//! exporters   what sends it
//! pipelines   how they are put together
//! ```
//!
//! A file is made of pipelines, and what it defines is what they hold: nothing is
//! defined that no pipeline has, and no pipeline names what is not defined.

mod backend;
mod exporters;
mod pipelines;
mod processors;
mod receivers;

pub use backend::Backend;

use std::time::Duration;

use super::deployment::Deployment;
use super::ports;
use super::stack::{Endpoint, address};

/// A collector that takes OTLP from the programs and sends it on.
///
/// ```
/// use std::time::Duration;
/// use caxton_instrument_export::generate::{Backend, Collector, Deployment};
///
/// let shop = Deployment::new("shop").collector(
///     Collector::new("collector")
///         .metrics_to(Backend::prometheus())
///         .metrics_to(Backend::datadog("datadoghq.eu"))
///         .keep_slow_traces(Duration::from_millis(500))
///         .keep_share(0.05),
/// );
/// assert!(shop.endpoints().iter().any(|it| it.address() == "collector:4317"));
/// ```
///
/// Secrets are named by their environment variables, as `${env:NAME}`, and never
/// stand in what is generated.
#[derive(Debug, Clone, PartialEq)]
pub struct Collector {
    host: String,
    backends: Vec<Backend>,
    scrapes: bool,
    sampling: Option<Sampling>,
    gateways: Option<String>,
    environment: Option<String>,
    has_health_check: bool,
}

/// Which traces are kept, besides those with an error.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Sampling {
    slow: Duration,
    share: f64,
}

impl Collector {
    /// A collector at this host, which keeps traces with an error, those that
    /// take a second or longer, and a tenth of the others.
    ///
    /// Metrics are there for Prometheus to scrape unless another way is stated;
    /// those of services that are scraped themselves Prometheus leaves out.
    #[must_use]
    pub fn new(host: &str) -> Self {
        Self {
            host: host.into(),
            backends: Vec::new(),
            scrapes: false,
            sampling: Some(Sampling {
                slow: Duration::from_secs(1),
                share: 0.1,
            }),
            gateways: None,
            environment: None,
            has_health_check: true,
        }
    }

    /// Metrics go there too. There is one Prometheus exporter: of two the latter
    /// counts.
    #[must_use]
    pub fn metrics_to(mut self, backend: Backend) -> Self {
        if backend.is_prometheus() {
            self.backends.retain(|it| !it.is_prometheus());
        }
        self.backends.push(backend);
        self
    }

    /// It scrapes the services too, for a place that only the collector sends to.
    /// Of a program that sends its metrics itself, series would come twice.
    #[must_use]
    pub const fn scraping(mut self) -> Self {
        self.scrapes = true;
        self
    }

    /// Traces that take so long, or longer, are kept.
    #[must_use]
    pub fn keep_slow_traces(mut self, from: Duration) -> Self {
        self.sampled().slow = from;
        self
    }

    /// Of the traces that are neither slow nor have an error this share is kept,
    /// between 0 and 1.
    #[must_use]
    pub fn keep_share(mut self, share: f64) -> Self {
        let share = if share.is_nan() { 0.0 } else { share };
        self.sampled().share = share.clamp(0.0, 1.0);
        self
    }

    /// Every trace is kept, and no collector has to wait for the end of one.
    #[must_use]
    pub const fn keep_every_trace(mut self) -> Self {
        self.sampling = None;
        self
    }

    /// Which traces are kept is decided by gateways, for more than one collector:
    /// a decision needs all spans of a trace in one place. Each collector sends a
    /// trace to the gateway that its id says; `host` is a name that resolves to
    /// the addresses of all of them, such as a headless service.
    #[must_use]
    pub fn gateways(mut self, host: &str) -> Self {
        self.gateways = Some(host.into());
        self
    }

    /// The
    /// [environment](https://opentelemetry.io/docs/specs/semconv/resource/deployment-environment/)
    /// of all that comes without one.
    #[must_use]
    pub fn environment(mut self, name: &str) -> Self {
        self.environment = Some(name.into());
        self
    }

    /// Without the extension that says whether it is well, for a build that has
    /// none.
    #[must_use]
    pub const fn without_health_check(mut self) -> Self {
        self.has_health_check = false;
        self
    }

    fn sampled(&mut self) -> &mut Sampling {
        self.sampling.get_or_insert(Sampling {
            slow: Duration::from_secs(1),
            share: 0.1,
        })
    }

    /// Where metrics go.
    fn backends(&self) -> Vec<Backend> {
        if self.backends.is_empty() {
            vec![Backend::prometheus()]
        } else {
            self.backends.clone()
        }
    }

    /// Jobs that read what collectors say of themselves, and where.
    pub(super) fn own_metrics(&self) -> Vec<(&'static str, String)> {
        let at = |host: &str| address(host, ports::COLLECTOR_METRICS);
        let gateways = self.gateways.iter().map(|host| ("gateway", at(host)));
        [("collector", at(&self.host))]
            .into_iter()
            .chain(gateways)
            .collect()
    }

    /// Where metrics of the programs are scraped, if they are.
    pub(super) fn exporter(&self) -> Option<String> {
        let is_scraped = self.backends().iter().any(Backend::is_prometheus);
        is_scraped.then(|| address(&self.host, ports::COLLECTOR_EXPORTER))
    }

    /// What it listens on.
    pub(super) fn endpoints(&self) -> Vec<Endpoint> {
        let at = |what, port| Endpoint::new("collector", what, &self.host, port);
        let mut all = vec![
            at("OTLP over gRPC", ports::OTLP_GRPC),
            at("OTLP over HTTP", ports::OTLP_HTTP),
            at("its own metrics", ports::COLLECTOR_METRICS),
        ];
        if self.has_health_check {
            all.push(at("whether it is well", ports::COLLECTOR_HEALTH));
        }
        if self.exporter().is_some() {
            all.push(at(
                "metrics of the programs, for Prometheus",
                ports::COLLECTOR_EXPORTER,
            ));
        }
        if let Some(host) = &self.gateways {
            let at = |what, port| Endpoint::new("gateway", what, host, port);
            all.push(at("OTLP over gRPC", ports::OTLP_GRPC));
            all.push(at("OTLP over HTTP", ports::OTLP_HTTP));
            all.push(at("its own metrics", ports::COLLECTOR_METRICS));
            if self.has_health_check {
                all.push(at("whether it is well", ports::COLLECTOR_HEALTH));
            }
        }
        all
    }
}

/// The files, by path.
pub(super) fn render(
    collector: &Collector,
    deployment: &Deployment,
) -> Vec<(&'static str, String)> {
    let mut files = vec![(
        "collector/collector.yml",
        pipelines::collector(collector, deployment),
    )];
    if collector.gateways.is_some()
        && let Some(gateway) = pipelines::gateway(collector, deployment)
    {
        files.push(("collector/gateway.yml", gateway));
    }
    files
}

/// A text that the collector takes as it is: it reads `$` as the beginning of a
/// [reference](https://opentelemetry.io/docs/collector/configuration/#environment-variables).
fn literal(text: &str) -> String {
    text.replace('$', "$$")
}

/// The value of an environment variable, read when the collector starts. What
/// cannot be in a name is an underscore.
fn variable(name: &str) -> String {
    let is_legal = |it: char| it.is_ascii_alphanumeric() || it == '_';
    let mut name: String = name
        .chars()
        .map(|it| if is_legal(it) { it } else { '_' })
        .collect();
    if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
        name.insert(0, '_');
    }
    format!("${{env:{name}}}")
}
