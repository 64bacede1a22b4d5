//! One profile over HTTP, a few times.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use bytes::Bytes;
use reqwest::{Client, redirect};
use rustls::{ClientConfig, RootCertStore};
use tokio::time::{Instant, sleep, timeout_at};
use url::Url;

use super::{Push, PushError};
use crate::profiling::meta::ProfileOutcome;

/// Attempts for each profile.
const ATTEMPTS: u32 = 3;

/// The pause after the first attempt; it doubles.
const PAUSE: Duration = Duration::from_millis(500);

/// Bytes of a server's answer that a message repeats.
const SHOWN: usize = 200;

/// Names that the server tells apart; ours says what wrote the file.
const SPY: &str = "caxton-instrument";

/// A server of profiles.
pub(super) struct Target {
    client: Client,
    url: Url,
    /// For people: without a user's name and password.
    shown: String,
    headers: HeaderMap,
    /// The application with its labels: `shop{region="eu"}`.
    name: String,
    rate: u32,
}

/// What became of a profile.
pub(super) struct Delivery {
    pub(super) outcome: ProfileOutcome,
    /// What is wrong, and what to do.
    pub(super) message: String,
}

impl Delivery {
    pub(super) fn failed() -> Self {
        Self {
            outcome: ProfileOutcome::Failed,
            message: String::from("a profile could not be sent"),
        }
    }
}

/// A URL as messages show it.
pub(super) fn shown(url: &str) -> String {
    let Ok(mut url) = Url::parse(url) else {
        return String::from("(no URL)");
    };
    // Only URLs without a host have none to take away.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.to_string()
}

impl Target {
    pub(super) fn new(push: &Push) -> Result<Self, PushError> {
        let shown = shown(&push.url);
        let wrong = |reason: String| PushError {
            url: shown.clone(),
            reason,
        };
        let mut url = Url::parse(&push.url).map_err(|error| {
            wrong(format!(
                "{error}; write one as in \"http://localhost:4040\""
            ))
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            let text =
                "only http:// and https:// can be; write one as in \"http://localhost:4040\"";
            return Err(wrong(String::from(text)));
        }
        let path = format!("{}/ingest", url.path().trim_end_matches('/'));
        url.set_path(&path);
        let mut client = Client::builder()
            .redirect(redirect::Policy::none())
            .timeout(push.timeout)
            .user_agent(concat!("caxton-instrument/", env!("CARGO_PKG_VERSION")))
            // Sent once in a while: no connection is kept for it.
            .pool_max_idle_per_host(0)
            .tls_backend_preconfigured(tls().map_err(&wrong)?);
        if is_loopback(&url) {
            client = client.no_proxy();
        }
        Ok(Self {
            client: client.build().map_err(|error| wrong(error.to_string()))?,
            url,
            headers: headers(push).map_err(&wrong)?,
            name: name(push).map_err(&wrong)?,
            rate: push.rate,
            shown,
        })
    }

    /// Tries until it arrives, is refused, or so much time is over.
    pub(super) async fn deliver(
        &self,
        body: Vec<u8>,
        at: SystemTime,
        duration: Duration,
        within: Duration,
    ) -> Delivery {
        let until = Instant::now() + within;
        let url = self.url_of(at, duration);
        let body = Bytes::from(body);
        let mut pause = PAUSE;
        let mut last = Delivery::failed();
        for attempt in 1..=ATTEMPTS {
            let tried = timeout_at(until, self.attempt(url.clone(), body.clone())).await;
            match tried {
                Ok(Ok(())) => {
                    return Delivery {
                        outcome: ProfileOutcome::Pushed,
                        message: String::new(),
                    };
                }
                Ok(Err(failure)) => {
                    let again = failure.again;
                    last = failure.delivery;
                    let wait = failure.wait.unwrap_or(pause);
                    if !again || attempt == ATTEMPTS || Instant::now() + wait >= until {
                        break;
                    }
                    sleep(wait).await;
                    pause *= 2;
                }
                Err(_) => {
                    last = self.unreachable("it does not answer in time");
                    break;
                }
            }
        }
        last
    }

    async fn attempt(&self, url: Url, body: Bytes) -> Result<(), Failure> {
        let request = self
            .client
            .post(url)
            .headers(self.headers.clone())
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .body(body);
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => {
                // Its URL has the labels, and the source says more.
                let error = error.without_url();
                let cause = causes(&error);
                return Err(Failure {
                    again: true,
                    wait: None,
                    delivery: self.unreachable(&cause),
                });
            }
        };
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let wait = answer
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .map(Duration::from_secs);
        let text = beginning(answer).await;
        let again = status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error();
        let outcome = if again {
            ProfileOutcome::Unreachable
        } else {
            ProfileOutcome::Rejected
        };
        Err(Failure {
            again,
            wait,
            delivery: Delivery {
                outcome,
                message: format!(
                    "a profile is lost: {} answers {status}{text}; {}",
                    self.shown,
                    advice(status)
                ),
            },
        })
    }

    fn unreachable(&self, cause: &str) -> Delivery {
        Delivery {
            outcome: ProfileOutcome::Unreachable,
            message: format!(
                "a profile is lost: {} cannot be reached: {cause}; start the server, or correct \
                 the address",
                self.shown
            ),
        }
    }

    fn url_of(&self, at: SystemTime, duration: Duration) -> Url {
        let from = at.duration_since(UNIX_EPOCH).unwrap_or_default();
        let until = from + duration;
        // Whole seconds, and never nothing between the two.
        let until = until.as_secs().max(from.as_secs() + 1);
        let mut url = self.url.clone();
        url.query_pairs_mut()
            .append_pair("name", &self.name)
            .append_pair("from", &from.as_secs().to_string())
            .append_pair("until", &until.to_string())
            .append_pair("format", "pprof")
            .append_pair("sampleRate", &self.rate.to_string())
            .append_pair("spyName", SPY);
        url
    }
}

struct Failure {
    again: bool,
    /// What the server asks for.
    wait: Option<Duration>,
    delivery: Delivery,
}

fn advice(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            "set the header with the server's token"
        }
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
            "name the address of a server that takes Pyroscope's /ingest"
        }
        StatusCode::PAYLOAD_TOO_LARGE => "push more often, or raise the server's limit",
        StatusCode::TOO_MANY_REQUESTS => "push less often, or raise the server's limits",
        status if status.is_redirection() => "name the address it redirects to",
        status if status.is_server_error() => "look at the server's log",
        _ => "correct what the message names",
    }
}

/// What a server says, as far as a message has room for it.
async fn beginning(mut answer: reqwest::Response) -> String {
    let mut text = Vec::new();
    while text.len() < SHOWN {
        match answer.chunk().await {
            Ok(Some(chunk)) => text.extend_from_slice(&chunk),
            _ => break,
        }
    }
    text.truncate(SHOWN);
    let text = String::from_utf8_lossy(&text);
    let text = text.trim().replace(char::is_control, " ");
    if text.is_empty() {
        text
    } else {
        format!(" (\"{text}\")")
    }
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = cause.to_string();
        source = cause.source();
    }
    text
}

fn tls() -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn headers(push: &Push) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in &push.headers {
        let known: HeaderName = name.parse().map_err(|_| {
            format!("`{name}` is no header: write letters, digits and `-`, as in `x-scope-orgid`")
        })?;
        let mut value = HeaderValue::from_str(value)
            .map_err(|_| format!("the header `{name}` has a value with a line end in it"))?;
        value.set_sensitive(true);
        headers.insert(known, value);
    }
    Ok(headers)
}

/// `shop{region="eu"}`, as the server parses it.
fn name(push: &Push) -> Result<String, String> {
    let application = match &push.application {
        Some(name) => name.clone(),
        None => executable(),
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    if application.is_empty() || !application.chars().all(is_name) {
        return Err(format!(
            "`{application}` is no name of an application: write letters, digits and `-_./`"
        ));
    }
    let mut text = application;
    for (at, (name, value)) in push.labels.iter().enumerate() {
        let is_label = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if !starts || !name.chars().all(is_label) {
            return Err(format!(
                "`{name}` is no label: write letters, digits and `_`"
            ));
        }
        if value.contains(['{', '}', ',', '=', '"']) || value.contains(char::is_control) {
            return Err(format!(
                "the label `{name}` has a value with one of `{{}},=\"` in it, which the server \
                 cannot read"
            ));
        }
        text.push(if at == 0 { '{' } else { ',' });
        text.push_str(name);
        text.push('=');
        text.push_str(value);
    }
    if !push.labels.is_empty() {
        text.push('}');
    }
    Ok(text)
}

fn executable() -> String {
    let name = std::env::current_exe()
        .ok()
        .and_then(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .unwrap_or_default();
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name: String = name
        .chars()
        .map(|c| if is_name(c) { c } else { '_' })
        .collect();
    if name.is_empty() {
        String::from("unknown")
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(push: &Push) -> String {
        let error = Target::new(push).err().expect("it is refused");
        error.to_string()
    }

    #[test]
    fn mistakes_say_what_to_write() {
        let good = "http://localhost:4040";
        let cases = [
            (Push::to("localhost:4040"), "only http:// and https://"),
            (Push::to("ftp://localhost"), "only http:// and https://"),
            (Push::to(""), "http://localhost:4040"),
            (
                Push::to(good).application("a b"),
                "letters, digits and `-_./`",
            ),
            (Push::to(good).application(""), "letters, digits"),
            (Push::to(good).label("1a", "x"), "`1a` is no label"),
            (
                Push::to(good).label("a", "x,b=y"),
                "which the server cannot read",
            ),
            (Push::to(good).header("a b", "x"), "`a b` is no header"),
            (Push::to(good).header("token", "a\nb"), "a line end"),
        ];
        for (push, part) in cases {
            let text = reason(&push);
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn nothing_secret_is_shown() {
        let push = Push::to("https://me:hunter2@profiles.example.com/base?key=hunter3")
            .header("authorization", "Bearer hunter4");
        let text = format!("{push:?} {}", reason(&push.clone().application(" ")));
        assert!(!text.contains("hunter"), "{text}");
        assert!(text.contains("profiles.example.com/base"), "{text}");
    }

    #[test]
    fn the_url_says_what_and_when() {
        let push = Push::to("http://localhost:4040/base/")
            .application("shop")
            .label("region", "eu")
            .label("tier", "1");
        let target = Target::new(&push).expect("a sound target");
        let at = UNIX_EPOCH + Duration::from_millis(1_000_900);
        let url = target.url_of(at, Duration::from_millis(50));
        assert_eq!(url.path(), "/base/ingest");
        let pairs: Vec<_> = url.query_pairs().into_owned().collect();
        let expected = [
            ("name", "shop{region=eu,tier=1}"),
            ("from", "1000"),
            ("until", "1001"),
            ("format", "pprof"),
            ("sampleRate", "100"),
            ("spyName", "caxton-instrument"),
        ];
        let expected: Vec<_> = expected
            .iter()
            .map(|(a, b)| (String::from(*a), String::from(*b)))
            .collect();
        assert_eq!(pairs, expected);
    }
}
