//! Secrets: where they are, and what they are, which nothing prints.

use std::fmt;
use std::io::Read;
use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::{Problem, Value};
use crate::config::node::{Data, Entry, Node, quoted};
use crate::config::reading::Reading;
use crate::config::source::is_variable_name;

/// Bytes of a file with a secret, at most.
const MAX_FILE: u64 = 64 * 1024;

/// A text that is not printed: `Debug` says where it comes from.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    text: String,
    from: From,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum From {
    Given,
    Variable(String),
    File(PathBuf),
}

impl Secret {
    /// A secret that is known in code.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            from: From::Given,
        }
    }

    /// The text itself. Do not print it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.from {
            From::Given => f.write_str("Secret(..)"),
            From::Variable(name) => write!(f, "Secret(env {name})"),
            From::File(path) => write!(f, "Secret(file {})", path.display()),
        }
    }
}

/// What to write for a secret that is named after a key.
pub(super) fn reference_for(key: &str) -> String {
    let upper = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_uppercase()
        } else {
            '_'
        }
    };
    let name: String = key.trim_matches('"').chars().map(upper).collect();
    format!("{{ env = \"{name}\" }}")
}

impl Value for Secret {
    const KIND: &'static str = "secret";

    fn allowed() -> String {
        String::from("where it is: { env = \"NAME\" } or { file = \"/path/of/a/file\" }")
    }

    fn schema() -> Json {
        let one = |key: &str, value: Json| {
            json!({
                "type": "object",
                "properties": { key: value },
                "required": [key],
                "additionalProperties": false,
            })
        };
        json!({ "oneOf": [
            one("env", json!({ "type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$" })),
            one("file", json!({ "type": "string", "minLength": 1 })),
        ] })
    }

    fn toml(&self) -> String {
        match &self.from {
            From::Given => String::from("{ env = \"NAME\" }"),
            From::Variable(name) => format!("{{ env = {} }}", quoted(name)),
            From::File(path) => format!("{{ file = {} }}", quoted(&path.to_string_lossy())),
        }
    }

    fn scalar(_: &Data) -> Result<Self, Problem> {
        Err(Problem::kind("secret"))
    }

    fn of(node: &Node, reading: &mut Reading<'_>) -> Option<Self> {
        let Data::Table(entries) = &node.data else {
            let problem = Problem::new(
                "is a secret that stands in the file, for all who can read the file or its history",
            )
            .write(reference_for(reading.name()));
            reading.wrong_secret(node, problem, "a plain value", Self::allowed());
            return None;
        };
        if let [entry] = entries.as_slice() {
            match entry.key.as_str() {
                "env" => return of_variable(entry, reading),
                "file" => return of_file(entry, reading),
                _ => {}
            }
        }
        let problem = Problem::new("says not where the secret is, by one of `env` and `file`")
            .write(reference_for(reading.name()));
        reading.wrong_secret(node, problem, "another table", Self::allowed());
        None
    }

    fn variable(text: &str, reading: &mut Reading<'_>) -> Option<Self> {
        Some(Self {
            text: text.trim_end_matches(['\n', '\r']).to_owned(),
            from: From::Variable(reading.variable_name().to_owned()),
        })
    }
}

fn of_variable(entry: &Entry, reading: &mut Reading<'_>) -> Option<Secret> {
    let name = match &entry.value.data {
        Data::Text(name) if is_variable_name(name) => name,
        _ => {
            let problem = Problem::new("does not name an environment variable");
            let allowed =
                String::from("letters, digits and `_`: the variable's name, not its value");
            reading.wrong_secret(&entry.value, problem, "no name of one", allowed);
            return None;
        }
    };
    match reading.environment().get(name) {
        Some(text) => Some(Secret {
            text: text.trim_end_matches(['\n', '\r']).to_owned(),
            from: From::Variable(name.clone()),
        }),
        None => {
            let problem = Problem::new(format!(
                "is in the environment variable {name}, which is not set or is empty"
            ));
            let allowed = format!("a secret in {name}; set it where the program is started");
            reading.wrong_secret(&entry.value, problem, "", allowed);
            None
        }
    }
}

fn of_file(entry: &Entry, reading: &mut Reading<'_>) -> Option<Secret> {
    let allowed = || String::from("a file that holds nothing but the secret");
    let Data::Text(path) = &entry.value.data else {
        let problem = Problem::new("does not name a file");
        reading.wrong_secret(&entry.value, problem, "", allowed());
        return None;
    };
    let read = std::fs::File::open(path).and_then(|file| {
        let mut text = String::new();
        file.take(MAX_FILE).read_to_string(&mut text).map(|_| text)
    });
    let problem = match read {
        Ok(text) if !text.trim().is_empty() => {
            return Some(Secret {
                text: text.trim_end_matches(['\n', '\r']).to_owned(),
                from: From::File(PathBuf::from(path)),
            });
        }
        Ok(_) => Problem::new(format!("is in the file {}, which is empty", quoted(path))),
        Err(error) => {
            let error = crate::config::io_reason(&error);
            Problem::new(format!(
                "is in the file {}, which cannot be read: {error}",
                quoted(path)
            ))
        }
    };
    reading.wrong_secret(&entry.value, problem, "", allowed());
    None
}
