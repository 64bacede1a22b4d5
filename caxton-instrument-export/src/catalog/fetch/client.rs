//! HTTP, and HTTPS as the system trusts it.

use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::MAX_BYTES;

/// A server that has not answered by then is not well.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a server that speaks several formats should choose.
const ACCEPT: &str = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.9,*/*;q=0.1";

pub(in super::super) struct Client {
    agent: Agent,
}

/// A server's answer, whatever its status is.
#[derive(Debug)]
pub(in super::super) struct Answer {
    pub(in super::super) status: u16,
    pub(in super::super) body: String,
}

impl Client {
    pub(in super::super) fn new() -> Self {
        let certificates: Vec<_> = rustls_native_certs::load_native_certs()
            .certs
            .iter()
            .map(|it| Certificate::from_der(it).to_owned())
            .collect();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::from(certificates))
            .unversioned_rustls_crypto_provider(provider)
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .max_redirects(3)
            .build();
        Self {
            agent: config.into(),
        }
    }

    /// Asks for a page. The error says why there is no answer.
    pub(in super::super) fn get(&self, address: &str) -> Result<Answer, String> {
        let cannot = |error: ureq::Error| error.to_string();
        let request = self.agent.get(address).header("accept", ACCEPT);
        let mut answer = request.call().map_err(cannot)?;
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(MAX_BYTES);
        Ok(Answer {
            status,
            body: body.read_to_string().map_err(cannot)?,
        })
    }
}

pub(super) fn exposition(address: &str) -> Result<String, String> {
    let answer = Client::new()
        .get(address)
        .map_err(|error| format!("cannot ask {address}: {error}"))?;
    if answer.status != 200 {
        return Err(format!("{address} answers with {}", answer.status));
    }
    Ok(answer.body)
}
