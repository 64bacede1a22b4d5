//! Lines to Loki.
//!
//! ```text
//! mod    what is asked for
//! alloy  the agent that reads lines
//! loki   the store
//! keys   what is called what in a line
//! ```

mod alloy;
mod keys;
mod loki;

pub use keys::LogKeys;

use super::deployment::Deployment;
use super::stack::{Endpoint, address};

/// The port of Loki's HTTP interface, and that of its parts among themselves.
const HTTP: u16 = 3100;
const GRPC: u16 = 9096;

/// Loki, and how JSON lines get there: an agent,
/// [Grafana Alloy](https://grafana.com/docs/alloy/latest/), reads the files that the
/// programs write. (Promtail
/// [ended on 2 March 2026](https://grafana.com/docs/loki/latest/send-data/promtail/).)
///
/// A program that sends its logs to the collector needs no agent.
///
/// ```
/// use caxton_instrument_export::generate::{Deployment, LogKeys, Logs, Service};
///
/// let shop = Deployment::new("shop")
///     .service(Service::new("checkout", "checkout", 9464))
///     .logs_in(Logs::loki("loki").folder("/var/log/shop").keys(LogKeys::short()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logs {
    host: String,
    folder: String,
    keys: LogKeys,
}

impl Logs {
    /// Loki at this host; the files are `/var/log/<service>/*.log`.
    #[must_use]
    pub fn loki(host: &str) -> Self {
        Self {
            host: host.into(),
            folder: String::from("/var/log"),
            keys: LogKeys::default(),
        }
    }

    /// The files are `<service>/*.log` below another folder.
    #[must_use]
    pub fn folder(mut self, path: &str) -> Self {
        self.folder = path.trim_end_matches('/').into();
        self
    }

    /// The lines have other keys than by default.
    #[must_use]
    pub fn keys(mut self, keys: LogKeys) -> Self {
        self.keys = keys;
        self
    }

    /// Below it Loki reads OTLP.
    pub(super) fn otlp_url(&self) -> String {
        format!("http://{}/otlp", address(&self.host, HTTP))
    }

    fn push_url(&self) -> String {
        format!("http://{}/loki/api/v1/push", address(&self.host, HTTP))
    }

    pub(super) fn endpoints(&self) -> Vec<Endpoint> {
        vec![
            Endpoint::new("loki", "HTTP", &self.host, HTTP),
            Endpoint::new("loki", "gRPC among its parts", &self.host, GRPC),
        ]
    }
}

/// The files, by path.
pub(super) fn render(logs: &Logs, deployment: &Deployment) -> Vec<(&'static str, String)> {
    vec![
        ("logs/config.alloy", alloy::render(logs, deployment)),
        ("logs/loki.yml", loki::render()),
    ]
}
