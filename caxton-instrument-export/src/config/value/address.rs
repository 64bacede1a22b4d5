//! Addresses to listen on.

use std::fmt;

use serde_json::{Value as Json, json};

use super::{Problem, Value};
use crate::config::node::{Data, Node, quoted};
use crate::config::reading::Reading;

/// Host and port to listen on; of loopback if it is a port alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(String);

/// A port, for a schema.
pub(super) const PORT: &str =
    "0*(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[0-9]{1,4})";

impl Address {
    /// As it was written, for a socket.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Value for Address {
    const KIND: &'static str = "address";

    fn allowed() -> String {
        String::from("host and port, such as \"127.0.0.1:9464\", \"[::1]:9464\" or \"9464\"")
    }

    fn schema() -> Json {
        json!({
            "type": "string",
            "pattern": format!(r"^(([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):)?{PORT}$"),
        })
    }

    fn toml(&self) -> String {
        quoted(&self.0)
    }

    fn scalar(data: &Data) -> Result<Self, Problem> {
        match data {
            Data::Text(text) => parse(text),
            Data::Integer(port @ 0..=65_535) => {
                Err(Problem::new("is no text").write(format!("\"127.0.0.1:{port}\"")))
            }
            Data::Integer(_) => Err(Problem::new("is no port between 0 and 65535")),
            _ => Err(Problem::kind("address")),
        }
    }

    fn variable(text: &str, reading: &mut Reading<'_>) -> Option<Self> {
        Self::of(&Node::of_text(text.trim()), reading)
    }
}

fn parse(text: &str) -> Result<Address, Problem> {
    if let Some((_, rest)) = text.split_once("://") {
        let rest = rest.split('/').next().unwrap_or_default();
        return Err(Problem::new("is a URL").write(quoted(rest)));
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (Some(host), port),
        None => (None, text),
    };
    let digits = port.trim_start_matches('0');
    let is_number = !port.is_empty() && port.bytes().all(|c| c.is_ascii_digit());
    if !is_number || (digits.parse::<u16>().is_err() && !digits.is_empty()) {
        return Err(match host {
            None => Problem::new("has no port").write(quoted(&format!("{text}:9464"))),
            Some(_) if is_number => Problem::new(format!(
                "has the port {port}, which is not between 0 and 65535"
            )),
            Some(_) => Problem::new(format!("has {} for a port", quoted(port))),
        });
    }
    match host {
        Some("") => Err(Problem::new("has no host").write(quoted(&format!("127.0.0.1:{port}")))),
        Some(host) if host.starts_with('[') => {
            let inside = host
                .strip_prefix('[')
                .and_then(|host| host.strip_suffix(']'));
            let is_address = |inside: &str| inside.parse::<std::net::Ipv6Addr>().is_ok();
            if inside.is_some_and(is_address) {
                Ok(Address(text.to_owned()))
            } else {
                Err(Problem::new(format!(
                    "has the host {}, which is no IPv6 address",
                    quoted(host)
                )))
            }
        }
        Some(host) if host.contains(':') => {
            Err(Problem::new("is an IPv6 address without brackets")
                .write(quoted(&format!("[{host}]:{port}"))))
        }
        Some(host)
            if !host
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b'_')) =>
        {
            Err(Problem::new(format!("has the host {}", quoted(host))))
        }
        _ => Ok(Address(text.to_owned())),
    }
}
