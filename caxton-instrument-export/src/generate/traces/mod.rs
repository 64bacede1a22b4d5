//! A store for traces.
//!
//! ```text
//! mod         what is asked for
//! tempo       Grafana Tempo
//! jaeger      Jaeger
//! kubernetes  how Kubernetes runs it
//! ```

mod jaeger;
mod kubernetes;
mod tempo;

use super::deployment::Deployment;
use super::ports::{OTLP_GRPC, OTLP_HTTP};
use super::stack::{Endpoint, address};

/// A store for traces, which takes OTLP at the ports that the collector sends to.
///
/// ```
/// use caxton_instrument_export::generate::{Collector, Deployment, Traces};
///
/// let shop = Deployment::new("shop")
///     .collector(Collector::new("collector"))
///     .traces_in(Traces::tempo("tempo"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traces {
    program: Program,
    host: String,
    days: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Program {
    Tempo,
    Jaeger,
}

impl Program {
    const fn name(self) -> &'static str {
        match self {
            Self::Tempo => "tempo",
            Self::Jaeger => "jaeger",
        }
    }

    /// Where people and Grafana look at traces.
    const fn queries(self) -> u16 {
        match self {
            Self::Tempo => 3200,
            Self::Jaeger => 16686,
        }
    }

    /// The path at that port which tells whether it is well.
    const fn health(self) -> &'static str {
        match self {
            Self::Tempo => "/ready",
            Self::Jaeger => "/",
        }
    }

    /// Where its configuration is, and the folder of what it keeps.
    const fn places(self) -> (&'static str, &'static str) {
        match self {
            Self::Tempo => ("/etc/tempo/tempo.yml", "/var/tempo"),
            Self::Jaeger => ("/etc/jaeger/jaeger.yml", "/badger"),
        }
    }

    /// The argument that names its configuration.
    const fn argument(self) -> &'static str {
        match self {
            Self::Tempo => "-config.file=",
            Self::Jaeger => "--config=",
        }
    }
}

impl Traces {
    /// [Grafana Tempo](https://grafana.com/docs/tempo/latest/), version 3, in one
    /// process that keeps traces on a disk for two weeks.
    #[must_use]
    pub fn tempo(host: &str) -> Self {
        Self::of(Program::Tempo, host)
    }

    /// [Jaeger](https://www.jaegertracing.io/docs/latest/), version 2, in one
    /// process that keeps traces on a disk for two weeks.
    #[must_use]
    pub fn jaeger(host: &str) -> Self {
        Self::of(Program::Jaeger, host)
    }

    fn of(program: Program, host: &str) -> Self {
        Self {
            program,
            host: host.into(),
            days: 14,
        }
    }

    /// Traces are kept for so many days, one at least.
    #[must_use]
    pub fn keep_days(mut self, days: u32) -> Self {
        self.days = days.max(1);
        self
    }

    /// Hours that traces are kept for.
    fn hours(&self) -> String {
        format!("{}h", u64::from(self.days) * 24)
    }

    /// `host:port` that the collector sends to.
    pub(super) fn address(&self) -> String {
        address(&self.host, OTLP_GRPC)
    }

    pub(super) fn endpoints(&self) -> Vec<Endpoint> {
        let at = |what, port| Endpoint::new(self.program.name(), what, &self.host, port);
        let mut all = vec![
            at("OTLP over gRPC", OTLP_GRPC),
            at("OTLP over HTTP", OTLP_HTTP),
            at("queries", self.program.queries()),
        ];
        if self.program == Program::Jaeger {
            all.push(at("its own metrics", super::ports::COLLECTOR_METRICS));
        }
        all
    }

    fn config(&self) -> String {
        match self.program {
            Program::Tempo => tempo::render(self),
            Program::Jaeger => jaeger::render(self),
        }
    }
}

/// The files, by path.
pub(super) fn render(traces: &Traces, deployment: &Deployment) -> Vec<(&'static str, String)> {
    let config = match traces.program {
        Program::Tempo => "traces/tempo.yml",
        Program::Jaeger => "traces/jaeger.yml",
    };
    vec![
        (config, traces.config()),
        (
            "traces/kubernetes.yml",
            kubernetes::render(traces, deployment),
        ),
    ]
}
