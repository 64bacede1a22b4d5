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
    /// The header, with its scheme.
    authorization: Option<String>,
}

/// A server's answer, whatever its status is.
#[derive(Debug)]
pub(in super::super) struct Answer {
    pub(in super::super) status: u16,
    pub(in super::super) body: String,
}

impl Client {
    /// One that says this token to the servers it is asked to.
    pub(in super::super) fn new(token: Option<&str>) -> Self {
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
            authorization: token.map(|token| format!("Bearer {token}")),
        }
    }

    /// Asks for a page. The error says why there is no answer.
    pub(in super::super) fn get(&self, address: &str) -> Result<Answer, String> {
        self.ask(address, self.authorization.as_deref())
    }

    /// The same without the token, of a server that another one named.
    pub(in super::super) fn get_openly(&self, address: &str) -> Result<Answer, String> {
        self.ask(address, None)
    }

    fn ask(&self, address: &str, authorization: Option<&str>) -> Result<Answer, String> {
        let cannot = |error: ureq::Error| error.to_string();
        let mut request = self.agent.get(address).header("accept", ACCEPT);
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        let mut answer = request.call().map_err(cannot)?;
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(MAX_BYTES);
        Ok(Answer {
            status,
            body: body.read_to_string().map_err(cannot)?,
        })
    }
}

pub(super) fn exposition(address: &str, token: Option<&str>) -> Result<String, String> {
    let answer = Client::new(token)
        .get(address)
        .map_err(|error| format!("cannot ask {address}: {error}"))?;
    if answer.status != 200 {
        return Err(format!("{address} answers with {}", answer.status));
    }
    Ok(answer.body)
}
