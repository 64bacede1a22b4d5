//! An authority for one test, and certificates that it signs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tempfile::TempDir;

/// An authority whose files last as long as it does.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
    ca_file: PathBuf,
}

/// A certificate and its key, in PEM files of the authority's folder.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The certificate.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

impl Authority {
    /// A new one.
    ///
    /// # Panics
    ///
    /// When the system gives no folder or no random bytes.
    #[must_use]
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params
            .distinguished_name
            .push(DnType::CommonName, "test authority");
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("a certificate");
        let folder = tempfile::tempdir().expect("a folder");
        let ca_file = folder.path().join("ca.pem");
        std::fs::write(&ca_file, issuer.pem()).expect("a file");
        Self {
            issuer,
            folder,
            ca_file,
        }
    }

    /// The file that trusts it.
    #[must_use]
    pub fn ca_file(&self) -> &Path {
        &self.ca_file
    }

    /// A certificate for a server of these names or addresses, or for a client.
    ///
    /// # Panics
    ///
    /// When a name is none.
    #[must_use]
    pub fn issue(&self, names: &[&str]) -> Issued {
        let names: Vec<String> = names.iter().copied().map(String::from).collect();
        let file = names.join("_");
        let mut params = CertificateParams::new(names).expect("names");
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let path = |end: &str| self.folder.path().join(format!("{file}.{end}.pem"));
        let issued = Issued {
            certificate: path("certificate"),
            key: path("key"),
        };
        std::fs::write(&issued.certificate, certificate.pem()).expect("a file");
        std::fs::write(&issued.key, key.serialize_pem()).expect("a file");
        issued
    }

    /// TLS for a server that shows `issued`; with `clients`, only to clients
    /// that show a certificate of that authority.
    ///
    /// # Panics
    ///
    /// When the files are not as they were written.
    #[must_use]
    pub fn server(issued: &Issued, clients: Option<&Self>) -> Arc<ServerConfig> {
        let chain: Vec<CertificateDer<'static>> =
            CertificateDer::pem_file_iter(&issued.certificate)
                .expect("a file")
                .collect::<Result<_, _>>()
                .expect("certificates");
        let key = PrivateKeyDer::from_pem_file(&issued.key).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .expect("protocol versions");
        let config = match clients {
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots
                    .add(authority.issuer.as_ref().der().clone())
                    .expect("an authority");
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                config.with_client_cert_verifier(verifier.build().expect("a verifier"))
            }
            None => config.with_no_client_auth(),
        };
        let mut config = config.with_single_cert(chain, key).expect("a pair");
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Arc::new(config)
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}
