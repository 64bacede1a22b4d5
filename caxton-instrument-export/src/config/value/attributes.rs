//! Attributes of the resource.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::{Problem, Value};
use crate::config::listed::pairs;
use crate::config::node::{Data, Entry, Node, quoted};
use crate::config::reading::Reading;
use crate::resource::{MAX_NAME, MAX_VALUE, check_attribute};

/// Attributes by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes(BTreeMap<String, String>);

impl Attributes {
    /// Every attribute, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of an attribute.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// Parts of an unquoted name, in the schema.
const PARTS: usize = 6;

fn value_schema() -> Json {
    json!({ "type": "string", "maxLength": MAX_VALUE, "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*$" })
}

impl Value for Attributes {
    const KIND: &'static str = "attributes";

    fn allowed() -> String {
        String::from("a table of text by name, { \"cloud.region\" = \"eu-central-1\" }")
    }

    fn schema() -> Json {
        // An unquoted name with dots is tables in one another.
        let mut value = json!({ "type": "string", "maxLength": MAX_VALUE });
        for _ in 0..PARTS {
            value = json!({ "anyOf": [value_schema(), {
                "type": "object",
                "propertyNames": { "pattern": format!("^[!-~]{{1,{MAX_NAME}}}$") },
                "additionalProperties": value,
            }] });
        }
        value["anyOf"][1].take()
    }

    fn toml(&self) -> String {
        let all = self.0.iter();
        let all: Vec<_> = all
            .map(|(name, value)| format!("{} = {}", quoted(name), quoted(value)))
            .collect();
        format!("{{ {} }}", all.join(", "))
    }

    fn scalar(_: &Data) -> Result<Self, Problem> {
        Err(Problem::kind("table of attributes"))
    }

    fn of(node: &Node, reading: &mut Reading<'_>) -> Option<Self> {
        let Data::Table(entries) = &node.data else {
            reading.wrong(node, Problem::kind("table of attributes"), Self::allowed());
            return None;
        };
        let mut all = BTreeMap::new();
        insert(entries, "", &mut all, reading);
        Some(Self(all))
    }

    /// `name=value,name=value`, percent-encoded
    /// ([specification](https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable)).
    /// What is wrong is left out, and the rest taken.
    fn variable(text: &str, reading: &mut Reading<'_>) -> Option<Self> {
        let mut all = BTreeMap::new();
        for (at, pair) in pairs(text).enumerate() {
            let checked = match &pair {
                Ok((name, value)) => check_attribute(name, value).map_err(ToOwned::to_owned),
                Err(error) => Err(error.to_string()),
            };
            match (pair, checked) {
                (Ok((name, value)), Ok(())) => {
                    all.insert(name, value);
                }
                (_, Err(problem)) => {
                    let problem =
                        Problem::new(format!("is wrong in entry {}, which {problem}", at + 1));
                    let entries = text.split(',').map(str::trim);
                    let entry = entries.filter(|entry| !entry.is_empty()).nth(at);
                    let allowed =
                        String::from("name=value,name=value, with values percent-encoded");
                    reading.wrong(&Node::of_text(entry.unwrap_or_default()), problem, allowed);
                }
                (Err(_), Ok(())) => {}
            }
        }
        Some(Self(all))
    }

    fn over(mut self, lower: Self) -> Self {
        for (name, value) in lower.0 {
            self.0.entry(name).or_insert(value);
        }
        self
    }
}

/// An unquoted `cloud.region` is a table in TOML, and means the attribute.
fn insert(
    entries: &[Entry],
    prefix: &str,
    all: &mut BTreeMap<String, String>,
    reading: &mut Reading<'_>,
) {
    for entry in entries {
        let name = format!("{prefix}{}", entry.key);
        let value = match &entry.value.data {
            Data::Table(entries) => {
                insert(entries, &format!("{name}."), all, reading);
                continue;
            }
            Data::Text(value) => value,
            data => {
                let problem = Problem::text(data, "text");
                let allowed = String::from("text in quotes");
                reading.within(&name, |reading| {
                    reading.wrong(&entry.value, problem, allowed)
                });
                continue;
            }
        };
        match check_attribute(&name, value) {
            Ok(()) => {
                all.insert(name, value.clone());
            }
            Err(problem) => {
                let allowed = String::from("a name and text of at most 255 characters each");
                reading.within(&name, |reading| {
                    reading.wrong(&entry.value, Problem::new(problem), allowed);
                });
            }
        }
    }
}
