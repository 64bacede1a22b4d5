//! Where a server listens, and to whom.

use std::path::PathBuf;

use super::secret::Secret;

/// Enough for scrapers, probes and people.
const MAX_CONNECTIONS: usize = 128;

/// A server for the pages: where it listens, and who may read them. Given to
/// [`Builder::listen`](crate::Builder::listen) and
/// [`Builder::admin`](crate::Builder::admin).
///
/// On loopback it needs nothing more. An address that others reach is refused
/// unless readers authenticate, with a token, a password or a certificate, or
/// unless [`allow_unauthenticated`](Self::allow_unauthenticated) says that they
/// need not:
///
/// ```no_run
/// use caxton_instrument_export::server::{Secret, Server};
///
/// # fn main() -> Result<(), caxton_instrument_export::InstallError> {
/// let server = Server::on("0.0.0.0:9464")
///     .tls("/etc/shop/tls.crt", "/etc/shop/tls.key")
///     .bearer_token(Secret::env("METRICS_TOKEN"));
/// let telemetry = caxton_instrument_export::builder().listen(server).install()?;
/// # Ok(())
/// # }
/// ```
///
/// Prometheus sends the token with
/// [`authorization`](https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config)
/// and the certificate with `tls_config`.
///
/// `/livez` and `/readyz` stay open, since a kubelet has no credentials, and
/// tell nothing but one word; [`protect_probes`](Self::protect_probes) closes
/// them too. With [`client_ca`](Self::client_ca) they need a certificate in any
/// case, because the connection does.
#[derive(Debug, Clone)]
#[must_use = "nothing listens before it is given to `Builder::listen` and installed"]
pub struct Server {
    pub(super) address: String,
    pub(super) tls: Option<TlsFiles>,
    pub(super) client_ca: Option<PathBuf>,
    pub(super) bearer: Option<Secret>,
    pub(super) basic: Option<(String, Secret)>,
    pub(super) is_open: bool,
    pub(super) probes_are_open: bool,
    pub(super) max_connections: usize,
}

/// A certificate chain and its key, in PEM.
#[derive(Debug, Clone)]
pub(super) struct TlsFiles {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

impl Server {
    /// A server on `"127.0.0.1:9464"`, `"localhost:9464"`, `"[::1]:9464"`. A
    /// bare port, `"9464"`, is one of 127.0.0.1; port 0 takes any free one.
    pub fn on(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            tls: None,
            client_ca: None,
            bearer: None,
            basic: None,
            is_open: false,
            probes_are_open: true,
            max_connections: MAX_CONNECTIONS,
        }
    }

    /// Speaks TLS 1.2 and 1.3 with the certificate chain and the key in these
    /// PEM files, the server's own certificate first. They are read once: a
    /// renewed certificate needs a restart.
    pub fn tls(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.tls = Some(TlsFiles {
            certificate: certificate.into(),
            key: key.into(),
        });
        self
    }

    /// Takes connections only from clients with a certificate that one of the
    /// authorities in this PEM file issued (mutual TLS). Needs
    /// [`tls`](Self::tls). A client needs the token or password too, if there is
    /// one.
    pub fn client_ca(mut self, path: impl Into<PathBuf>) -> Self {
        self.client_ca = Some(path.into());
        self
    }

    /// Answers who sends `Authorization: Bearer <token>`
    /// ([RFC 6750](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)): visible
    /// ASCII characters, 1,024 at most. Without [`tls`](Self::tls) the token
    /// passes the network in the clear.
    pub fn bearer_token(mut self, token: impl Into<Secret>) -> Self {
        self.bearer = Some(token.into());
        self
    }

    /// Answers who sends this user and password
    /// ([RFC 7617](https://www.rfc-editor.org/rfc/rfc7617)), in UTF-8. Beside a
    /// token either is enough.
    pub fn basic_auth(mut self, user: impl Into<String>, password: impl Into<Secret>) -> Self {
        self.basic = Some((user.into(), password.into()));
        self
    }

    /// Lets everybody who reaches the address read the pages, for a network
    /// that keeps others out.
    pub fn allow_unauthenticated(mut self) -> Self {
        self.is_open = true;
        self
    }

    /// Asks for credentials on `/livez` and `/readyz` as well.
    pub fn protect_probes(mut self) -> Self {
        self.probes_are_open = false;
        self
    }

    /// Connections served at a time, 128 if not stated; one at least. Others
    /// wait.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections.max(1);
        self
    }

    /// Whether a reader has to show who it is.
    pub(super) const fn authenticates(&self) -> bool {
        self.bearer.is_some() || self.basic.is_some() || self.client_ca.is_some()
    }
}

impl From<&str> for Server {
    fn from(address: &str) -> Self {
        Self::on(address)
    }
}

impl From<String> for Server {
    fn from(address: String) -> Self {
        Self::on(address)
    }
}

impl From<&String> for Server {
    fn from(address: &String) -> Self {
        Self::on(address)
    }
}
