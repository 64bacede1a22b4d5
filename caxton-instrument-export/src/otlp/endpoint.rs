//! Where telemetry goes, as a program or a file says it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

mod checked;
mod error;

pub(super) use checked::{Checked, shown};
pub use error::EndpointError;

/// How the body of a request is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compression {
    /// Not at all; best on loopback.
    #[default]
    None,
    /// gzip, which every collector reads.
    Gzip,
    /// Zstandard: smaller and cheaper than gzip, for collectors that read it.
    Zstd,
}

/// How long, and with what pauses, a batch is tried again.
///
/// The pause doubles from `initial` to `max`, each one somewhere between its
/// half and its whole, so that programs that failed together do not come back
/// together. A collector that asks for a pause of its own gets that one.
///
/// ```
/// use std::time::Duration;
///
/// use caxton_instrument_export::otlp::Retry;
///
/// let patient = Retry { elapsed: Duration::from_secs(300), ..Retry::default() };
/// assert_eq!(patient.initial, Duration::from_secs(1));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// The first pause.
    pub initial: Duration,
    /// The longest pause.
    pub max: Duration,
    /// No attempt begins later than this after the first one. Zero: one attempt.
    pub elapsed: Duration,
}

impl Default for Retry {
    /// From one second to thirty, for one minute.
    fn default() -> Self {
        Self {
            initial: Duration::from_secs(1),
            max: Duration::from_secs(30),
            elapsed: Duration::from_secs(60),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Grpc,
    Http,
}

/// A collector, and how to speak to it.
///
/// ```
/// use std::time::Duration;
///
/// use caxton_instrument_export::otlp::{Compression, Endpoint};
///
/// # let token = "secret";
/// let collector = Endpoint::grpc("https://collector.example.com:4317")
///     .header("authorization", format!("Bearer {token}"))
///     .compression(Compression::Gzip)
///     .timeout(Duration::from_secs(5))
///     .ca_file("/etc/ssl/collector-ca.pem");
/// assert!(!format!("{collector:?}").contains(token));
/// ```
///
/// Nothing is read or checked before telemetry starts; a mistake is then an
/// [`EndpointError`]. Redirects are not followed and no proxy is used, since
/// both would hand headers with secrets to somebody else.
#[derive(Clone, PartialEq, Eq)]
#[must_use = "nothing is sent before telemetry starts with it"]
pub struct Endpoint {
    pub(super) protocol: Protocol,
    pub(super) url: String,
    /// The URL is the whole address, to which no signal's path is added.
    pub(super) exact: bool,
    pub(super) headers: Vec<(String, String)>,
    pub(super) compression: Compression,
    pub(super) timeout: Duration,
    pub(super) ca_file: Option<PathBuf>,
    pub(super) identity: Option<(PathBuf, PathBuf)>,
    pub(super) retry: Retry,
}

impl Endpoint {
    /// OTLP over gRPC, usually port 4317: `http://localhost:4317`, or `https://`
    /// for TLS.
    pub fn grpc(url: impl Into<String>) -> Self {
        Self::new(Protocol::Grpc, url.into(), false)
    }

    /// OTLP as protobuf over HTTP/1.1, usually port 4318: `http://localhost:4318`.
    /// The path of each signal is added: `/v1/metrics`, `/v1/traces`, `/v1/logs`.
    pub fn http(url: impl Into<String>) -> Self {
        Self::new(Protocol::Http, url.into(), false)
    }

    /// The same with an address that is used as it is, for one signal, as
    /// `OTEL_EXPORTER_OTLP_METRICS_ENDPOINT` has it.
    pub fn http_exact(url: impl Into<String>) -> Self {
        Self::new(Protocol::Http, url.into(), true)
    }

    fn new(protocol: Protocol, url: String, exact: bool) -> Self {
        Self {
            protocol,
            url,
            exact,
            headers: Vec::new(),
            compression: Compression::default(),
            timeout: Duration::from_secs(10),
            ca_file: None,
            identity: None,
            retry: Retry::default(),
        }
    }

    /// A header of each request, or an entry of gRPC's metadata; another one of
    /// the same name is replaced. The value is never printed.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let name = name.into();
        self.headers
            .retain(|(other, _)| !other.eq_ignore_ascii_case(&name));
        self.headers.push((name, value.into()));
        self
    }

    /// How bodies are compressed; not at all if this is not called.
    pub const fn compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// How long one attempt may take, from the look-up of the name to the last
    /// byte of the answer. Ten seconds if this is not called.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// A PEM file with the authorities that may sign the collector's
    /// certificate, instead of those that the system trusts.
    pub fn ca_file(mut self, path: impl AsRef<Path>) -> Self {
        self.ca_file = Some(path.as_ref().to_owned());
        self
    }

    /// PEM files with the certificate that this program shows to the collector,
    /// chain included, and its private key: mutual TLS.
    pub fn client_identity(mut self, certificate: impl AsRef<Path>, key: impl AsRef<Path>) -> Self {
        self.identity = Some((certificate.as_ref().to_owned(), key.as_ref().to_owned()));
        self
    }

    /// When and for how long a batch is tried again.
    pub const fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Endpoint")
            .field("protocol", &self.protocol)
            .field("url", &shown(&self.url))
            .field("headers", &names)
            .field("compression", &self.compression)
            .field("timeout", &self.timeout)
            .field("ca_file", &self.ca_file)
            .field("identity", &self.identity)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
