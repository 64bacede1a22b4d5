//! A client of a few lines, over TCP or TLS: one request a connection.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::certificates::{Authority, Issued};

/// Nothing in these tests takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub code: u16,
    /// The status line and the headers.
    pub head: String,
    /// The body.
    pub body: String,
}

impl Answer {
    /// Every value of a header.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .filter(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .collect()
    }
}

/// Sends a request with these headers, and reads the answer to its end.
///
/// # Errors
///
/// What the connection says, or that there was no answer.
pub fn exchange(
    stream: &mut (impl Read + Write),
    line: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> io::Result<Answer> {
    let mut text = format!("{line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
    if !body.is_empty() {
        text.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    for (name, value) in headers {
        text.extend([name, ": ", value, "\r\n"]);
    }
    text.extend(["\r\n", body]);
    stream.write_all(text.as_bytes())?;
    stream.flush()?;
    let mut bytes = Vec::new();
    let read = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        read?;
        return Err(io::Error::other("no answer"));
    };
    let code = head.get(9..12).and_then(|code| code.parse().ok());
    Ok(Answer {
        code: code.unwrap_or(0),
        head: String::from(head),
        body: String::from(body),
    })
}

/// A connection.
///
/// # Errors
///
/// Nobody listens.
pub fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// Asks over plain TCP.
///
/// # Errors
///
/// As [`exchange`].
pub fn ask(address: SocketAddr, line: &str) -> io::Result<Answer> {
    exchange(&mut connect(address)?, line, &[], "")
}

/// A client of TLS.
#[derive(Clone)]
pub struct TlsClient(Arc<ClientConfig>);

impl TlsClient {
    /// Trusts `authority`, and shows `identity` if it is asked for one.
    ///
    /// # Panics
    ///
    /// When the files are not as they were written.
    #[must_use]
    pub fn new(authority: &Authority, identity: Option<&Issued>) -> Self {
        let mut roots = RootCertStore::empty();
        let certificate = CertificateDer::from_pem_file(authority.ca_file());
        roots
            .add(certificate.expect("a certificate"))
            .expect("an authority");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("protocol versions")
            .with_root_certificates(roots);
        let config = match identity {
            None => config.with_no_client_auth(),
            Some(issued) => {
                let certificate = CertificateDer::from_pem_file(&issued.certificate);
                let key = PrivateKeyDer::from_pem_file(&issued.key).expect("a key");
                config
                    .with_client_auth_cert(vec![certificate.expect("a certificate")], key)
                    .expect("a pair")
            }
        };
        Self(Arc::new(config))
    }

    /// Asks `localhost` at this address.
    ///
    /// # Errors
    ///
    /// As [`exchange`], and what fails in the handshake.
    ///
    /// # Panics
    ///
    /// Never.
    pub fn ask(
        &self,
        address: SocketAddr,
        line: &str,
        headers: &[(&str, &str)],
    ) -> io::Result<Answer> {
        let name = ServerName::try_from("localhost").expect("a name");
        let session = ClientConnection::new(Arc::clone(&self.0), name).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(session, connect(address)?);
        exchange(&mut stream, line, headers, "")
    }
}
