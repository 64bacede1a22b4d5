//! Where one signal goes: what its own section says, else what holds for all.

use std::path::PathBuf;
use std::time::Duration;

use super::value::{Compression, Headers, HttpUrl, Protocol};
use super::{Config, Otlp};

/// What is sent to a collector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Signal {
    /// Metrics.
    Metrics,
    /// Traces.
    Traces,
    /// Logs.
    Logs,
}

/// A collector, and how to speak to it about one signal.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Collector {
    /// Where it is.
    pub url: String,
    /// Whether the URL is used as it is, over HTTP.
    pub is_exact: bool,
    /// How to speak to it.
    pub protocol: Protocol,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// Headers of each request.
    pub headers: Headers,
    /// How requests are compressed.
    pub compression: Compression,
    /// The authorities that may sign its certificate.
    pub ca_file: Option<PathBuf>,
    /// The certificate that is shown to it.
    pub client_cert: Option<PathBuf>,
    /// The certificate's private key.
    pub client_key: Option<PathBuf>,
}

/// The port that gRPC has by convention, and that of HTTP.
pub(super) const GRPC_PORT: u16 = 4317;
pub(super) const HTTP_PORT: u16 = 4318;

/// The protocol that a port tells.
fn of_port(endpoint: &HttpUrl) -> Protocol {
    if endpoint.port() == GRPC_PORT {
        Protocol::Grpc
    } else {
        Protocol::Http
    }
}

impl Config {
    /// Where a signal goes; `None` if it is not sent.
    ///
    /// ```
    /// use caxton_instrument_export::config::{Config, Signal};
    ///
    /// # #[cfg(feature = "otlp")]
    /// # fn main() -> Result<(), caxton_instrument_export::config::ConfigError> {
    /// let text = "observability.otlp_endpoint = \"http://collector:4318\"";
    /// let config = Config::from_text("caxton.toml", text)?;
    /// let collector = config.collector(Signal::Traces).expect("an endpoint is set");
    /// assert_eq!(collector.url, "http://collector:4318");
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "otlp"))]
    /// # fn main() {}
    /// ```
    #[must_use]
    pub fn collector(&self, signal: Signal) -> Option<Collector> {
        let all = &self.observability;
        let (own, is_enabled) = match signal {
            Signal::Metrics => (&self.metrics_otlp, all.enable_metrics),
            Signal::Traces => (&self.traces_otlp, all.enable_tracing),
            Signal::Logs => (&self.logging_otlp, all.enable_logging),
        };
        let endpoint = own.endpoint.as_ref().or(all.otlp_endpoint.as_ref());
        if all.otlp_disabled || !is_enabled.unwrap_or(endpoint.is_some()) {
            return None;
        }
        let protocol = own.protocol.or_else(|| {
            // An endpoint of its own is perhaps of another kind.
            let of_all = all.otlp_protocol;
            of_all.or_else(|| endpoint.map(of_port))
        });
        let protocol = protocol.unwrap_or(Protocol::Grpc);
        let url = match (endpoint, protocol) {
            (Some(endpoint), _) => endpoint.as_str().to_owned(),
            (None, Protocol::Http) => format!("http://localhost:{HTTP_PORT}"),
            (None, Protocol::Grpc) => format!("http://localhost:{GRPC_PORT}"),
        };
        Some(Collector {
            url,
            is_exact: own.endpoint.is_some() && protocol == Protocol::Http,
            protocol,
            timeout: own.timeout.unwrap_or(all.otlp_timeout),
            headers: headers(own, all.otlp_headers.as_ref()),
            compression: own.compression.unwrap_or(all.otlp_compression),
            ca_file: own.ca_file.clone().or_else(|| all.otlp_ca_file.clone()),
            client_cert: own
                .client_cert
                .clone()
                .or_else(|| all.otlp_client_cert.clone()),
            client_key: own
                .client_key
                .clone()
                .or_else(|| all.otlp_client_key.clone()),
        })
    }
}

fn headers(own: &Otlp, all: Option<&Headers>) -> Headers {
    own.headers.as_ref().or(all).cloned().unwrap_or_default()
}
