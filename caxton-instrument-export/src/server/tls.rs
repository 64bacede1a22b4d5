//! Certificates and keys from PEM files to a TLS configuration.

use std::path::Path;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use tokio_rustls::TlsAcceptor;

use super::options::{Server, TlsFiles};
use crate::error::InstallError;

/// `None` where the server speaks plain HTTP.
pub(super) fn acceptor(server: &Server) -> Result<Option<TlsAcceptor>, InstallError> {
    match (&server.tls, &server.client_ca) {
        (None, None) => Ok(None),
        (None, Some(path)) => Err(wrong(
            path,
            "clients' certificates need TLS: give the server's own with `.tls(certificate, key)`",
        )),
        (Some(files), authorities) => {
            let config = configuration(files, authorities.as_deref())?;
            Ok(Some(TlsAcceptor::from(Arc::new(config))))
        }
    }
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
