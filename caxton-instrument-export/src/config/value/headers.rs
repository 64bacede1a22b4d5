//! Headers of requests: `{ x-tenant = "a", authorization = { env = "NAME" } }`.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::secret::reference_for;
use super::{Problem, Secret, Value};
use crate::config::listed::pairs;
use crate::config::node::{Data, Node};
use crate::config::reading::Reading;
use crate::config::source::smells_of_a_secret;

/// Headers by name, in lower case. Their values are not printed, since a
/// header is where credentials go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(BTreeMap<String, Secret>);

impl Headers {
    /// Every header, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Secret)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What a value may hold ([RFC 9110](https://www.rfc-editor.org/rfc/rfc9110#name-field-values)),
/// without what few receivers understand.
fn is_value(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| matches!(c, b' '..=b'~'))
}

fn is_name(name: &str) -> bool {
    let special = b"!#$%&'*+-.^_`|~";
    !name.is_empty()
        && name
            .bytes()
            .all(|c| c.is_ascii_alphanumeric() || special.contains(&c))
}

impl Value for Headers {
    const KIND: &'static str = "headers";

    fn allowed() -> String {
        String::from(
            "a table of headers, whose values are text or where a secret is: \
             { x-tenant = \"a\", authorization = { env = \"NAME\" } }",
        )
    }

    fn schema() -> Json {
        json!({
            "type": "object",
            "propertyNames": { "pattern": "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$" },
            "additionalProperties": {
                "anyOf": [{ "type": "string", "pattern": "^[ -~]+$" }, Secret::schema()],
            },
        })
    }

    fn toml(&self) -> String {
        let headers = self.0.iter();
        let headers: Vec<_> = headers
            .map(|(name, value)| format!("{name} = {}", value.toml()))
            .collect();
        format!("{{ {} }}", headers.join(", "))
    }

    fn scalar(_: &Data) -> Result<Self, Problem> {
        Err(Problem::kind("table of headers"))
    }

    fn of(node: &Node, reading: &mut Reading<'_>) -> Option<Self> {
        let Data::Table(entries) = &node.data else {
            let problem = Problem::kind("table of headers");
            reading.wrong_secret(node, problem, "a plain value", Self::allowed());
            return None;
        };
        let mut headers = BTreeMap::new();
        for entry in entries {
            reading.within(&entry.key, |reading| {
                if !is_name(&entry.key) {
                    let name = Node {
                        data: Data::Text(entry.key.clone()),
                        span: entry.key_span.clone(),
                    };
                    let allowed = String::from("letters, digits and `-`, as in \"x-tenant\"");
                    reading.wrong(&name, Problem::new("is no name of a header"), allowed);
                    return;
                }
                if let Some(value) = value(&entry.value, &entry.key, reading) {
                    headers.insert(entry.key.to_ascii_lowercase(), value);
                }
            });
        }
        Some(Self(headers))
    }

    /// `name=value,name=value`, percent-encoded
    /// ([specification](https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables)).
    fn variable(text: &str, reading: &mut Reading<'_>) -> Option<Self> {
        let mut headers = BTreeMap::new();
        for (at, pair) in pairs(text).enumerate() {
            let problem = match pair {
                Ok((name, value)) if is_name(&name) && is_value(&value) => {
                    let secret = Secret::variable(&value, reading)?;
                    headers.insert(name.to_ascii_lowercase(), secret);
                    continue;
                }
                Ok((name, _)) if !is_name(&name) => String::from("has no name of a header"),
                Ok(_) => String::from("has a value that no header can have"),
                Err(error) => error.to_string(),
            };
            let problem = Problem::new(format!("is wrong in entry {}, which {problem}", at + 1));
            let allowed = String::from("name=value,name=value, with values percent-encoded");
            reading.wrong_secret(&Node::of_text(""), problem, "", allowed);
        }
        Some(Self(headers))
    }
}

fn value(node: &Node, name: &str, reading: &mut Reading<'_>) -> Option<Secret> {
    let secret = match &node.data {
        Data::Table(_) => Secret::of(node, reading)?,
        Data::Text(text) => Secret::new(text),
        _ => {
            let allowed = String::from("text, or { env = \"NAME\" } or { file = \"/path\" }");
            reading.wrong_secret(node, Problem::kind("text"), "another value", allowed);
            return None;
        }
    };
    if !is_value(secret.expose()) {
        let allowed = String::from("visible ASCII characters and spaces");
        let problem = Problem::new("has a value that no header can have");
        reading.wrong_secret(node, problem, "", allowed);
        return None;
    }
    if matches!(node.data, Data::Text(_)) && smells_of_a_secret(name) {
        let message = format!(
            "header `{name}` looks like a secret, and stands in the file, for all who can read the \
             file or its history"
        );
        reading.warn(node, message, reference_for(name));
    }
    Some(secret)
}
