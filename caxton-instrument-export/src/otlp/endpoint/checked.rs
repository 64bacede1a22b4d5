//! An endpoint whose address and headers are known to be right.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use url::{Host, Url};

use super::{Compression, Endpoint, EndpointError, Protocol, Retry};

/// Headers that the transport writes itself.
const RESERVED: [&str; 9] = [
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "host",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

const SIGNAL_PATHS: [&str; 3] = ["/v1/metrics", "/v1/traces", "/v1/logs"];

#[derive(Clone)]
pub(in crate::otlp) struct Checked {
    pub(in crate::otlp) url: Url,
    /// The address without what may be secret in it, for messages.
    pub(in crate::otlp) shown: String,
    pub(in crate::otlp) headers: HeaderMap,
    pub(in crate::otlp) compression: Compression,
    pub(in crate::otlp) timeout: Duration,
    pub(in crate::otlp) retry: Retry,
}

impl Checked {
    pub(in crate::otlp) fn new(endpoint: &Endpoint, path: &str) -> Result<Self, EndpointError> {
        let url = address(endpoint, path)?;
        if endpoint.timeout.is_zero() {
            return Err(EndpointError::Duration {
                endpoint: shown(&endpoint.url),
                reason: "no attempt can succeed in a timeout of zero: write ten seconds, for \
                         instance",
            });
        }
        let Retry {
            initial,
            max,
            elapsed,
        } = endpoint.retry;
        if !elapsed.is_zero() && (initial.is_zero() || max < initial) {
            return Err(EndpointError::Duration {
                endpoint: shown(&endpoint.url),
                reason: "the pauses between attempts begin above zero and end no shorter than \
                         they begin: write `initial` and `max` so, or `elapsed` zero for a single \
                         attempt",
            });
        }
        Ok(Self {
            shown: shown(url.as_str()),
            headers: headers(endpoint)?,
            url,
            compression: endpoint.compression,
            timeout: endpoint.timeout,
            retry: endpoint.retry,
        })
    }

    pub(in crate::otlp) fn is_tls(&self) -> bool {
        self.url.scheme() == "https"
    }
}

/// An address as it may be printed: credentials and queries hold secrets.
pub(in crate::otlp) fn shown(address: &str) -> String {
    let end = address.find(['?', '#']).unwrap_or(address.len());
    let address = &address[..end];
    let start = address.find("://").map_or(0, |at| at + "://".len());
    match address[start..].rfind('@') {
        Some(at) => format!("{}..{}", &address[..start], &address[start + at..]),
        None => String::from(address),
    }
}

fn address(endpoint: &Endpoint, signal: &str) -> Result<Url, EndpointError> {
    let (example, port) = match endpoint.protocol {
        Protocol::Grpc => ("`http://localhost:4317`", 4317),
        Protocol::Http => ("`http://localhost:4318`", 4318),
    };
    let wrong = |reason: String, instead: String| EndpointError::Address {
        endpoint: shown(&endpoint.url),
        reason,
        instead,
    };
    let plain = |reason: &str| wrong(String::from(reason), format!("it as in {example}"));
    let text = endpoint.url.trim();
    if text.is_empty() {
        return Err(plain("it is empty"));
    }
    if !text.contains("://") {
        let host = shown(text);
        return Err(wrong(
            String::from("it has no scheme"),
            format!("`http://{host}`, or `https://{host}` for TLS"),
        ));
    }
    let mut url = Url::parse(text).map_err(|error| plain(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(plain(&format!(
            "the scheme `{}` is none of OTLP's",
            url.scheme()
        )));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong(
            String::from("it holds a user or a password"),
            String::from("them as a header, `authorization`, which is never printed"),
        ));
    }
    if url.fragment().is_some() {
        return Err(plain("it has a fragment (`#`)"));
    }
    if let Some(Host::Domain("")) | None = url.host() {
        return Err(plain("it has no host"));
    }
    if url.port() == Some(0) {
        return Err(wrong(
            String::from("nothing listens on port 0"),
            format!("the collector's port, usually {port}"),
        ));
    }
    let path = url.path().trim_end_matches('/').to_owned();
    let origin = url.origin().ascii_serialization();
    match endpoint.protocol {
        Protocol::Grpc => {
            if !path.is_empty() || url.query().is_some() {
                return Err(wrong(
                    String::from("gRPC has no paths and no queries"),
                    format!("`{origin}`"),
                ));
            }
        }
        Protocol::Http if endpoint.exact => {}
        Protocol::Http => {
            if let Some(base) = SIGNAL_PATHS
                .iter()
                .find_map(|known| path.strip_suffix(known))
            {
                return Err(wrong(
                    String::from("the path of each signal is added to it"),
                    format!("`{origin}{base}`, or `Endpoint::http_exact` for one signal alone"),
                ));
            }
            url.set_path(&format!("{path}{signal}"));
        }
    }
    Ok(url)
}

fn headers(endpoint: &Endpoint) -> Result<HeaderMap, EndpointError> {
    let mut headers = HeaderMap::with_capacity(endpoint.headers.len());
    for (name, value) in &endpoint.headers {
        let wrong = |reason| EndpointError::Header {
            endpoint: shown(&endpoint.url),
            name: name.escape_default().to_string(),
            reason,
        };
        let Ok(parsed) = HeaderName::from_bytes(name.as_bytes()) else {
            return Err(wrong(
                "is no name of a header: write letters, digits and `-`, as in `x-api-key`",
            ));
        };
        if RESERVED.contains(&parsed.as_str()) || parsed.as_str().starts_with("grpc-") {
            return Err(wrong("is written by the exporter itself: leave it out"));
        }
        let Ok(mut value) = HeaderValue::from_str(value.trim()) else {
            return Err(wrong(
                "has a value with a line break or another character that headers cannot hold: \
                 look at the file or variable it comes from",
            ));
        };
        value.set_sensitive(true);
        headers.insert(parsed, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(endpoint: &Endpoint) -> String {
        Checked::new(endpoint, "/v1/metrics")
            .map_or_else(|error| error.to_string(), |checked| checked.url.to_string())
    }

    #[test]
    fn each_signal_has_its_path_below_the_address() {
        let cases = [
            ("http://localhost:4318", "http://localhost:4318/v1/metrics"),
            ("http://localhost:4318/", "http://localhost:4318/v1/metrics"),
            (
                "https://vm:8428/opentelemetry",
                "https://vm:8428/opentelemetry/v1/metrics",
            ),
            (
                "http://[::1]:4318?tenant=1",
                "http://[::1]:4318/v1/metrics?tenant=1",
            ),
        ];
        for (address, url) in cases {
            assert_eq!(said(&Endpoint::http(address)), url);
        }
        let exact = Endpoint::http_exact("http://localhost:9090/api/v1/otlp/v1/metrics");
        assert_eq!(said(&exact), exact.url);
    }

    #[test]
    fn a_wrong_address_says_what_to_write() {
        let cases = [
            (
                Endpoint::grpc(""),
                "it is empty; write it as in `http://localhost:4317`",
            ),
            (
                Endpoint::grpc("localhost:4317"),
                "write `http://localhost:4317`, or `https://localhost:4317` for TLS",
            ),
            (
                Endpoint::http("ftp://localhost"),
                "the scheme `ftp` is none of OTLP's",
            ),
            (Endpoint::http("http://"), "empty host"),
            (
                Endpoint::http("http://localhost:99999"),
                "invalid port number",
            ),
            (Endpoint::http("http://localhost:0"), "usually 4318"),
            (
                Endpoint::grpc("http://localhost:4317/v1/traces"),
                "gRPC has no paths and no queries; write `http://localhost:4317`",
            ),
            (
                Endpoint::http("http://localhost:4318/otlp/v1/traces"),
                "write `http://localhost:4318/otlp`, or `Endpoint::http_exact`",
            ),
            (Endpoint::http("http://localhost:4318/#x"), "fragment"),
            (
                Endpoint::http("http://localhost:4318").timeout(Duration::ZERO),
                "a timeout of zero",
            ),
            (
                Endpoint::http("http://localhost:4318").retry(Retry {
                    max: Duration::ZERO,
                    ..Retry::default()
                }),
                "or `elapsed` zero for a single attempt",
            ),
            (
                Endpoint::http("http://localhost:4318").header("api key", "1"),
                "header `api key` is no name",
            ),
            (
                Endpoint::http("http://localhost:4318").header("Content-Type", "text/html"),
                "leave it out",
            ),
        ];
        for (endpoint, expected) in cases {
            let message = said(&endpoint);
            assert!(message.contains(expected), "{endpoint:?}: {message}");
        }
    }

    #[test]
    fn secrets_are_in_no_message() {
        let endpoints = [
            Endpoint::http("http://user:hunter2@localhost:4318"),
            Endpoint::http("user:hunter2@localhost:4318"),
            Endpoint::http("http://user:hunter2@local host"),
            Endpoint::http("http://localhost:4318/#?key=hunter2"),
            Endpoint::http("http://localhost:4318").header("x-key", "hunter2\n2"),
            Endpoint::grpc("http://localhost:4317?key=hunter2"),
        ];
        for endpoint in endpoints {
            let message = format!("{endpoint:?} {}", said(&endpoint));
            assert!(!message.contains("hunter2"), "{message}");
        }
        let secret = Endpoint::http("http://localhost:4318").header("x-key", "hunter2");
        let checked = Checked::new(&secret, "/v1/logs");
        let headers = checked.map(|checked| format!("{:?}", checked.headers));
        assert!(headers.is_ok_and(|text| text.contains("x-key") && !text.contains("hunter2")));
    }

    #[test]
    fn the_last_value_of_a_header_stands() {
        let endpoint = Endpoint::http("http://localhost:4318")
            .header("X-Key", "one")
            .header("x-key", "two");
        let headers = Checked::new(&endpoint, "").map(|checked| checked.headers);
        assert!(headers.is_ok_and(|headers| headers.len() == 1 && headers["x-key"] == "two"));
    }
}
