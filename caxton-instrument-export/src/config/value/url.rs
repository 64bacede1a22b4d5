//! Addresses of other services.

use serde_json::{Value as Json, json};
use url::Url;

use super::{Problem, Value};
use crate::config::node::{Data, quoted};

/// The URL of another service, over HTTP or HTTPS, with a host, without user
/// and password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpUrl(Url);

impl HttpUrl {
    /// The URL; `None` if it is none of HTTP with a host.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::scalar(&Data::Text(text.to_owned())).ok()
    }

    /// The URL.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.0
    }

    /// The URL as text, without a `/` that stands for no path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let text = self.0.as_str();
        match self.0.path() {
            "/" => text.trim_end_matches('/'),
            _ => text,
        }
    }

    /// The port that is written or implied.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or(80)
    }
}

impl Value for HttpUrl {
    const KIND: &'static str = "URL";

    fn allowed() -> String {
        String::from("a URL with scheme and host, such as \"http://localhost:4317\"")
    }

    fn schema() -> Json {
        let port = super::address::PORT;
        let host = r"([A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:.]+\])";
        json!({
            "type": "string",
            "pattern": format!(r"^https?://{host}(:{port})?([/?#]\S*)?$"),
        })
    }

    fn toml(&self) -> String {
        quoted(self.as_str())
    }

    fn scalar(data: &Data) -> Result<Self, Problem> {
        let Data::Text(text) = data else {
            return Err(Problem::text(data, "URL"));
        };
        let lower = text.to_ascii_lowercase();
        let Some(rest) = ["http://", "https://"]
            .iter()
            .find_map(|scheme| lower.strip_prefix(scheme))
        else {
            return Err(without_scheme(text));
        };
        if rest.is_empty() || rest.starts_with(['/', ':', '?', '#']) {
            return Err(Problem::new("has no host"));
        }
        if text.contains(char::is_whitespace) {
            return Err(Problem::new("has a space"));
        }
        let url = Url::parse(text).map_err(|error| Problem::new(format!("is no URL: {error}")))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Problem::new(
                "has a user or password in it, which a log would show: give them in headers",
            ));
        }
        Ok(Self(url))
    }
}

fn without_scheme(text: &str) -> Problem {
    let with = format!("http://{text}");
    match text.split_once("://") {
        Some(("grpc", rest)) => {
            Problem::new("has the scheme `grpc`, which is no URL's: gRPC goes over HTTP")
                .write(format!("\"http://{rest}\""))
        }
        Some((scheme, _)) => Problem::new(format!("has the scheme {}", quoted(scheme))),
        None if text.starts_with("localhost") || text.contains([':', '.']) => {
            if Url::parse(&with).is_ok() {
                Problem::new("has no scheme").write(quoted(&with))
            } else {
                Problem::new("has no scheme")
            }
        }
        None => Problem::kind("URL"),
    }
}
