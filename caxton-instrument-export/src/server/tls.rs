//! Certificates and keys from PEM files to a TLS configuration, and again when the
//! files change.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rustls::RootCertStore;
use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use tokio_rustls::TlsAcceptor;

use super::meta;
use super::options::{Server, TlsFiles};
use crate::error::InstallError;

/// Files are looked at again after so long, at the next connection.
const LOOK: Duration = Duration::from_secs(10);

/// What a server shows, and asks for, as its files say.
pub(super) struct Tls {
    files: TlsFiles,
    authorities: Option<PathBuf>,
    current: Mutex<Current>,
}

struct Current {
    acceptor: TlsAcceptor,
    /// When each file was written, and how long it is.
    stamps: Vec<Option<(SystemTime, u64)>>,
    looked: Instant,
}

impl Tls {
    /// `None` where the server speaks plain HTTP.
    pub(super) fn new(server: &Server) -> Result<Option<Self>, InstallError> {
        let files = match (&server.tls, &server.client_ca) {
            (None, None) => return Ok(None),
            (None, Some(path)) => {
                return Err(wrong(
                    path,
                    "clients' certificates need TLS: give the server's own with \
                     `.tls(certificate, key)`",
                ));
            }
            (Some(files), _) => files.clone(),
        };
        let authorities = server.client_ca.clone();
        // Before they are read: a change in between is then seen as one.
        let stamps = stamps(&files, authorities.as_deref());
        let config = configuration(&files, authorities.as_deref())?;
        let current = Current {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            stamps,
            looked: Instant::now(),
        };
        Ok(Some(Self {
            files,
            authorities,
            current: Mutex::new(current),
        }))
    }

    /// For the next connection: a renewed certificate needs no restart. Files
    /// that cannot be used change nothing.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor_at(Instant::now())
    }

    fn acceptor_at(&self, now: Instant) -> TlsAcceptor {
        // One thread serves, so that nobody waits for the files of another.
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_duration_since(current.looked) >= LOOK {
            current.looked = now;
            let authorities = self.authorities.as_deref();
            let stamps = stamps(&self.files, authorities);
            if stamps != current.stamps {
                // Once for each change, whatever comes of it.
                current.stamps = stamps;
                match configuration(&self.files, authorities) {
                    Ok(config) => current.acceptor = TlsAcceptor::from(Arc::new(config)),
                    Err(error) => {
                        meta::certificate_refused();
                        tracing::warn!(
                            target: "caxton_instrument",
                            "{error}; the certificate before it stays in use",
                        );
                    }
                }
            }
        }
        current.acceptor.clone()
    }
}

fn stamps(files: &TlsFiles, authorities: Option<&Path>) -> Vec<Option<(SystemTime, u64)>> {
    let paths = [Some(&*files.certificate), Some(&*files.key), authorities];
    let stamp = |path: &Path| {
        let metadata = std::fs::metadata(path).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    };
    paths.into_iter().flatten().map(stamp).collect()
}

fn configuration(
    files: &TlsFiles,
    authorities: Option<&Path>,
) -> Result<ServerConfig, InstallError> {
    let chain = certificates(&files.certificate)?;
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(|error| wrong(&files.key, &key_error(&error)))?;
    // Named, so that it does not depend on what else is linked.
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(&files.certificate, &error.to_string()))?;
    let builder = match authorities {
        None => builder.with_no_client_auth(),
        Some(path) => builder.with_client_cert_verifier(verifier(path, provider)?),
    };
    let mut config = builder
        .with_single_cert(chain, key)
        .map_err(|error| wrong(&files.certificate, &pair_error(&error, &files.key)))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, InstallError> {
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| wrong(path, &error.to_string()))?;
    if certificates.is_empty() {
        return Err(wrong(path, "it holds no `-----BEGIN CERTIFICATE-----`"));
    }
    Ok(certificates)
}

fn verifier(
    path: &Path,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn rustls::server::danger::ClientCertVerifier>, InstallError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(path)? {
        roots
            .add(certificate)
            .map_err(|error| wrong(path, &format!("it is no authority's certificate: {error}")))?;
    }
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|error| wrong(path, &error.to_string()))
}

fn key_error(error: &rustls::pki_types::pem::Error) -> String {
    match error {
        rustls::pki_types::pem::Error::NoItemsFound => {
            String::from("it holds no `-----BEGIN PRIVATE KEY-----`, or one with a password")
        }
        rustls::pki_types::pem::Error::Io(error) => error.to_string(),
        // Others quote what they cannot read, which may be the key.
        _ => String::from("it is no private key in PEM"),
    }
}

fn pair_error(error: &rustls::Error, key: &Path) -> String {
    match error {
        rustls::Error::InconsistentKeys(_) => {
            format!(
                "the key in `{}` is that of another certificate",
                key.display()
            )
        }
        error => error.to_string(),
    }
}

fn wrong(path: &Path, reason: &str) -> InstallError {
    InstallError::Tls {
        path: path.to_owned(),
        reason: String::from(reason),
    }
}

#[cfg(test)]
mod tests {
    use caxton_telemetry_tests::certificates::Authority;
    use rustls::ClientConfig;
    use rustls::pki_types::ServerName;
    use tokio_rustls::TlsConnector;

    use super::*;

    /// Whether a client that trusts `authority` shakes hands.
    async fn is_trusted(acceptor: TlsAcceptor, authority: &Authority) -> bool {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(authority.ca_file()).unwrap() {
            roots.add(certificate).unwrap();
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let (ours, theirs) = tokio::io::duplex(16_384);
        let serving = tokio::spawn(async move { acceptor.accept(ours).await.is_ok() });
        let name = ServerName::try_from("localhost").unwrap();
        let connector = TlsConnector::from(Arc::new(config));
        // Kept until the server is done: it writes once more.
        let met = connector.connect(name, theirs).await;
        serving.await.unwrap() && met.is_ok()
    }

    #[tokio::test]
    async fn a_renewed_certificate_needs_no_restart() {
        let (old, new) = (Authority::new(), Authority::new());
        let (issued, renewed) = (old.issue(&["localhost"]), new.issue(&["localhost"]));
        let server = Server::on("0").tls(&issued.certificate, &issued.key);
        let tls = Tls::new(&server).unwrap().unwrap();
        let start = Instant::now();
        assert!(is_trusted(tls.acceptor_at(start), &old).await);

        // Half of a renewal: the key is that of another certificate.
        std::fs::copy(&renewed.certificate, &issued.certificate).unwrap();
        assert!(is_trusted(tls.acceptor_at(start + LOOK), &old).await);
        std::fs::copy(&renewed.key, &issued.key).unwrap();
        assert!(is_trusted(tls.acceptor_at(start + LOOK * 3 / 2), &old).await);
        let acceptor = tls.acceptor_at(start + LOOK * 2);
        assert!(is_trusted(acceptor.clone(), &new).await);
        assert!(!is_trusted(acceptor, &old).await);

        std::fs::remove_file(&issued.key).unwrap();
        assert!(is_trusted(tls.acceptor_at(start + LOOK * 4), &new).await);
    }
}
