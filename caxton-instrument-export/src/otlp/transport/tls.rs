//! Certificates: whom to trust, and who this program is.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use tonic::transport::{Certificate, ClientTlsConfig, Identity};

use crate::otlp::endpoint::{Checked, Endpoint, EndpointError};

const CA: &str = "file of authorities";
const CERTIFICATE: &str = "client certificate";
const KEY: &str = "client key";

/// What an endpoint's files hold, known to be of use.
pub(super) struct Tls {
    /// PEM of the authorities; `None` for those of the system.
    authorities: Option<Vec<u8>>,
    /// PEM of certificate chain and key.
    identity: Option<(Vec<u8>, Vec<u8>)>,
    config: ClientConfig,
}

impl Tls {
    /// Reads and checks the files; `None` for an address without TLS.
    pub(super) fn read(
        endpoint: &Endpoint,
        checked: &Checked,
    ) -> Result<Option<Self>, EndpointError> {
        let files = Files(&checked.shown);
        if !checked.is_tls() {
            if endpoint.ca_file.is_some() || endpoint.identity.is_some() {
                return Err(files.tls(
                    "certificates are of no use over http://: write https://, or leave the files \
                     out",
                ));
            }
            return Ok(None);
        }
        let authorities = endpoint.ca_file.as_deref();
        let authorities = authorities.map(|path| files.read(CA, path)).transpose()?;
        let roots = match (&authorities, &endpoint.ca_file) {
            (Some(pem), Some(path)) => files.roots(pem, path)?,
            _ => files.native_roots()?,
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| files.tls(&error.to_string()))?
            .with_root_certificates(roots);
        let Some((certificate, key)) = &endpoint.identity else {
            return Ok(Some(Self {
                authorities,
                identity: None,
                config: builder.with_no_client_auth(),
            }));
        };
        let certificate_pem = files.read(CERTIFICATE, certificate)?;
        let key_pem = files.read(KEY, key)?;
        let chain = files.certificates(CERTIFICATE, &certificate_pem, certificate)?;
        let private = PrivateKeyDer::from_pem_slice(&key_pem).map_err(|_| {
            files.pem(
                KEY,
                key,
                "holds no private key that is not encrypted: write PEM that begins \
                                 `-----BEGIN PRIVATE KEY-----`",
            )
        })?;
        let config =
            builder
                .with_client_auth_cert(chain, private)
                .map_err(|error| {
                    files.pem(KEY, key, &format!(
                "does not belong to the certificate `{}` ({error}): give the key that the \
                 certificate was made with",
                certificate.display(),
            ))
                })?;
        Ok(Some(Self {
            authorities,
            identity: Some((certificate_pem, key_pem)),
            config,
        }))
    }

    pub(super) fn rustls(&self) -> ClientConfig {
        self.config.clone()
    }

    pub(super) fn tonic(&self) -> ClientTlsConfig {
        let config = match &self.authorities {
            Some(pem) => ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem)),
            None => ClientTlsConfig::new().with_native_roots(),
        };
        match &self.identity {
            Some((certificate, key)) => config.identity(Identity::from_pem(certificate, key)),
            None => config,
        }
    }
}

/// Files of the endpoint that is shown so.
struct Files<'a>(&'a str);

impl Files<'_> {
    fn read(&self, what: &'static str, path: &Path) -> Result<Vec<u8>, EndpointError> {
        std::fs::read(path).map_err(|source| EndpointError::File {
            endpoint: String::from(self.0),
            what,
            path: PathBuf::from(path),
            hint: match source.kind() {
                io::ErrorKind::NotFound => "correct the path, or mount the file there",
                io::ErrorKind::PermissionDenied => "let the user that runs this program read it",
                _ => "give a PEM file",
            },
            source,
        })
    }

    fn certificates(
        &self,
        what: &'static str,
        pem: &[u8],
        path: &Path,
    ) -> Result<Vec<CertificateDer<'static>>, EndpointError> {
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        match certificates {
            Ok(certificates) if !certificates.is_empty() => Ok(certificates),
            _ => Err(self.pem(
                what,
                path,
                "holds no certificate: write PEM that begins \
                                           `-----BEGIN CERTIFICATE-----`",
            )),
        }
    }

    fn roots(&self, pem: &[u8], path: &Path) -> Result<RootCertStore, EndpointError> {
        let mut roots = RootCertStore::empty();
        for certificate in self.certificates(CA, pem, path)? {
            roots.add(certificate).map_err(|error| {
                let reason = format!("holds a certificate that is none of an authority ({error})");
                self.pem(CA, path, &reason)
            })?;
        }
        Ok(roots)
    }

    fn native_roots(&self) -> Result<RootCertStore, EndpointError> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            return Err(self.tls(
                "this system trusts no authority: install its certificates (`ca-certificates`), or \
                 name the collector's own with `ca_file`",
            ));
        }
        Ok(roots)
    }

    fn tls(&self, reason: &str) -> EndpointError {
        EndpointError::Tls {
            endpoint: String::from(self.0),
            reason: String::from(reason),
        }
    }

    fn pem(&self, what: &'static str, path: &Path, reason: &str) -> EndpointError {
        EndpointError::Pem {
            endpoint: String::from(self.0),
            what,
            path: PathBuf::from(path),
            reason: String::from(reason),
        }
    }
}
