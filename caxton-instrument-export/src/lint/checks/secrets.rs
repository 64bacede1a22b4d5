//! SEC: secrets in files, and passwords that everybody knows.

use std::sync::LazyLock;

use regex::Regex;

use crate::lint::class::Class;
use crate::lint::context::Context;
use crate::lint::document::{Body, Document};
use crate::lint::finding::Findings;
use crate::lint::kind::Kind;
use crate::lint::text::Text;
use crate::lint::tree::{Kind as Value, MAX_DEPTH, Node};

/// Words of keys whose values are secrets.
const SECRET: [&str; 14] = [
    "password",
    "passwd",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "app_key",
    "routing_key",
    "service_key",
    "license_key",
    "private_key",
    "credentials",
    "access_key",
];

/// Keys that hold the name of a secret, or where it is.
const NAMES: [&str; 12] = [
    "_file",
    "file",
    "_env",
    "_ref",
    "ref",
    "_name",
    "_path",
    "_id",
    "_url",
    "key_file",
    "secretname",
    "_expiry",
];

/// Keys that are called as secrets are, and the key above them: at `VictorOps` it
/// is the team that is called, in the collector what spans are sent together.
const OPEN: [(&str, &str); 3] = [
    ("victorops_configs", "routing_key"),
    ("loadbalancing", "routing_key"),
    ("load_balancing", "routing_key"),
];

/// Keys of Alertmanager that hold an address with a secret in it.
const SECRET_ADDRESSES: [&str; 4] = [
    "slack_api_url",
    "api_url",
    "webhook_url",
    "mattermost_webhook_url",
];

/// Passwords that everybody knows.
const KNOWN: [&str; 9] = [
    "admin",
    "password",
    "changeme",
    "secret",
    "root",
    "postgres",
    "guest",
    "prom-operator",
    "grafana",
];

const REMEDY: &str = "keep it outside: a file that the program reads (`.._file`), a variable \
    (`${env:NAME}`), a Kubernetes Secret";

pub(super) fn check(document: &Document, _: &Context<'_>, out: &mut Findings) {
    match &document.body {
        Body::Tree(tree) => {
            // A Secret is where secrets belong, though not in a repository.
            tree_of(document, tree, "", 0, out);
        }
        Body::Text(text) if document.kind != Kind::Promql => text_of(document, text, out),
        _ => {}
    }
}

fn tree_of(document: &Document, node: &Node, key: &str, depth: usize, out: &mut Findings) {
    if depth > MAX_DEPTH {
        return;
    }
    match &node.kind {
        Value::Map(entries) => {
            // `- name: PASSWORD` with `value: ..`, as Kubernetes has variables.
            let named = node.get("name").and_then(Node::text).unwrap_or_default();
            for (entry, value) in entries {
                if is_open(key, &entry.text) {
                    continue;
                }
                let key = match entry.text.as_str() {
                    "value" if !named.is_empty() => named,
                    other => other,
                };
                tree_of(document, value, key, depth + 1, out);
            }
        }
        Value::List(items) => {
            for item in items {
                tree_of(document, item, key, depth + 1, out);
            }
        }
        Value::Text(text, _) => value(document, node, key, text, out),
        Value::Number(text) if is_secret(key) => value(document, node, key, text, out),
        _ => {}
    }
}

fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let is_name = NAMES.iter().any(|it| key.ends_with(it));
    let is_word = key == "key" || SECRET.iter().any(|it| key.contains(it));
    is_word && !is_name && !key.contains("secretref")
}

/// Whether a key is called as secrets are and holds none; `above` is the key of what
/// it is in, of a component of the collector its id.
fn is_open(above: &str, key: &str) -> bool {
    let above = above.split('/').next().unwrap_or_default();
    OPEN.contains(&(above, key))
}

/// Whether it stands for a secret that is elsewhere, or for nothing.
fn is_elsewhere(text: &str) -> bool {
    let text = text.trim();
    text.is_empty()
        || text.starts_with(['$', '<', '/', '*', '%'])
        || text.contains("{{")
        || text.contains("${")
        || text.contains("$(")
        || matches!(
            text,
            "true" | "false" | "null" | "none" | "REDACTED" | "redacted"
        )
}

fn value(document: &Document, node: &Node, key: &str, text: &str, out: &mut Findings) {
    if is_elsewhere(text) {
        return;
    }
    let lower = key.to_ascii_lowercase();
    let is_address = SECRET_ADDRESSES.contains(&lower.as_str()) && text.starts_with("http");
    // `key` is a secret only where it is one of a service.
    // The collector's `routing_key` says by what traces are told apart.
    let is_attribute = document.kind == Kind::Collector && lower == "routing_key";
    let is_key = !is_attribute && (lower != "key" || is_long(text));
    let message = if is_secret(key) && is_key && !is_prose(text) {
        if KNOWN.contains(&text.to_ascii_lowercase().as_str()) {
            format!("`{key}` is a password that everybody knows")
        } else {
            format!("`{key}` is a secret, and stands in the file")
        }
    } else if is_address {
        format!("who knows `{key}` can send to it, and it stands in the file")
    } else if let Some(what) = told_by_itself(text) {
        format!("this is {what}, and it stands in the file")
    } else {
        return;
    };
    out.add(Class::Sec, &document.file, node.place, message, REMEDY);
}

/// A sentence is no secret.
fn is_prose(text: &str) -> bool {
    text.trim().contains(char::is_whitespace)
}

/// As long as keys of services are.
fn is_long(text: &str) -> bool {
    text.len() >= 20
        && text
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || b"-_+/=".contains(&it))
}

/// What some secrets look like, wherever they stand.
fn told_by_itself(text: &str) -> Option<&'static str> {
    static SHAPES: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
        let shapes = [
            (
                r"https://hooks\.slack\.com/(?:services|workflows)/[^\s\x22']+",
                "the address of a Slack webhook",
            ),
            (
                r"https://[a-z0-9.-]*webhook\.office\.com/[^\s\x22']+",
                "the address of a Teams webhook",
            ),
            (
                r"https://discord(?:app)?\.com/api/webhooks/[^\s\x22']+",
                "the address of a Discord webhook",
            ),
            (r"\bAKIA[0-9A-Z]{16}\b", "an AWS access key"),
            (r"\bgh[pousr]_[A-Za-z0-9]{30,}\b", "a GitHub token"),
            (r"\bglsa_[A-Za-z0-9_]{20,}\b", "a Grafana token"),
            (r"\bxox[abprs]-[A-Za-z0-9-]{10,}\b", "a Slack token"),
            (r"-----BEGIN [A-Z ]*PRIVATE KEY-----", "a private key"),
            (
                r"\b[a-z][a-z0-9+.-]*://[^\s/:@$\x22'<{]+:[^\s/@$\x22'<{]+@",
                "an address with a password in it",
            ),
            (r"(?i)\bbearer\s+[A-Za-z0-9._~+/-]{20,}=*", "a bearer token"),
        ];
        let shape = |(pattern, what)| Some((Regex::new(pattern).ok()?, what));
        shapes.into_iter().filter_map(shape).collect()
    });
    let found = SHAPES.iter().find(|(shape, _)| shape.is_match(text));
    found.map(|(_, what)| *what)
}

/// Assignments in commands, TOML and other formats: `adminPassword=admin`.
fn text_of(document: &Document, text: &Text, out: &mut Findings) {
    static ASSIGNED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"([\w.-]+)["']?[ \t]*(?:=>|[=:])[ \t]*["']?([^\s"',;}]+)"#).ok()
    });
    let Some(assigned) = ASSIGNED.as_ref() else {
        return;
    };
    // Code says with types what it reads; only what looks like a secret is one.
    let is_code = document.kind == Kind::Rust || document.kind == Kind::Text;
    let places = text.places();
    let mut offset = 0;
    for line in text.text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let is_comment = line.trim_start().starts_with(['#', ';']) && !line.contains("://");
        if is_comment {
            continue;
        }
        let mut told = false;
        for found in assigned.captures_iter(line).filter(|_| !is_code) {
            let (Some(key), Some(value)) = (found.get(1), found.get(2)) else {
                continue;
            };
            let name = key.as_str().rsplit('.').next().unwrap_or_default();
            let is_known = KNOWN.contains(&value.as_str().to_ascii_lowercase().as_str());
            if !is_secret(name)
                || name == "key"
                || is_elsewhere(value.as_str())
                || value.as_str().starts_with('{')
            {
                continue;
            }
            told = true;
            let message = if is_known {
                format!("`{name}` is a password that everybody knows")
            } else {
                format!("`{name}` is a secret, and stands in the file")
            };
            out.add(
                Class::Sec,
                &document.file,
                places(start + value.start()),
                message,
                REMEDY,
            );
        }
        if !told && let Some(what) = told_by_itself(line) {
            let indent = line.len() - line.trim_start().len();
            let message = format!("this is {what}, and it stands in the file");
            out.add(
                Class::Sec,
                &document.file,
                places(start + indent),
                message,
                REMEDY,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_what_is_a_secret() {
        for key in [
            "password",
            "adminPassword",
            "api-key",
            "smtp_auth_password",
            "routing_key",
        ] {
            assert!(is_secret(key), "{key}");
        }
        for key in [
            "password_file",
            "api_key_file",
            "secretName",
            "token_url",
            "secretKeyRef",
            "keyword",
            "client_id",
        ] {
            assert!(!is_secret(key), "{key}");
        }
    }

    #[test]
    fn what_is_kept_elsewhere_is_no_secret() {
        for text in [
            "${env:KEY}",
            "$KEY",
            "<secret>",
            "/etc/secret",
            "{{ .Values.key }}",
            "$__file{/x}",
        ] {
            assert!(is_elsewhere(text), "{text}");
        }
        assert!(!is_elsewhere("hunter2"));
    }

    #[test]
    fn secrets_have_shapes() {
        assert!(told_by_itself("https://hooks.slack.com/services/T0/B0/xyz").is_some());
        assert!(told_by_itself("postgres://user:pass@host/db").is_some());
        assert!(told_by_itself("http://localhost:9090/metrics").is_none());
        assert!(told_by_itself("postgres://user:${PASSWORD}@host/db").is_none());
    }
}
