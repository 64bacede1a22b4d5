//! Levels of logs, for parts of a program.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::{Level, Problem, Value};
use crate::config::node::{Data, Entry, Node, quoted};
use crate::config::reading::Reading;

/// Levels by target, which is a module unless a log names another one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Levels(BTreeMap<String, Level>);

impl Levels {
    /// Every target, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Level)> {
        self.0
            .iter()
            .map(|(target, level)| (target.as_str(), *level))
    }
}

impl Value for Levels {
    const KIND: &'static str = "levels by target";

    fn allowed() -> String {
        format!(
            "a table of targets, {{ hyper = \"warn\" }}, each with {}",
            Level::allowed()
        )
    }

    fn schema() -> Json {
        json!({ "type": "object", "additionalProperties": Level::schema() })
    }

    fn toml(&self) -> String {
        let all = self.0.iter();
        let all: Vec<_> = all
            .map(|(target, level)| format!("{} = {}", quoted(target), level.toml()))
            .collect();
        format!("{{ {} }}", all.join(", "))
    }

    fn scalar(_: &Data) -> Result<Self, Problem> {
        Err(Problem::kind("table of levels"))
    }

    fn of(node: &Node, reading: &mut Reading<'_>) -> Option<Self> {
        let Data::Table(entries) = &node.data else {
            reading.wrong(node, Problem::kind("table of levels"), Self::allowed());
            return None;
        };
        let mut all = BTreeMap::new();
        for Entry { key, value, .. } in entries {
            let level = reading.within(key, |reading| Level::of(value, reading));
            if let Some(level) = level {
                all.insert(key.clone(), level);
            }
        }
        Some(Self(all))
    }

    /// `hyper=warn,tower=error`.
    fn variable(text: &str, reading: &mut Reading<'_>) -> Option<Self> {
        let mut all = BTreeMap::new();
        for entry in text.split(',').map(str::trim).filter(|it| !it.is_empty()) {
            let Some((target, level)) = entry.split_once('=') else {
                let allowed = String::from("target=level,target=level");
                let problem = Problem::new("has an entry without `=`");
                reading.wrong(&Node::of_text(entry), problem, allowed);
                continue;
            };
            let level = reading.within(target, |reading| Level::variable(level, reading));
            if let Some(level) = level {
                all.insert(target.trim().to_owned(), level);
            }
        }
        Some(Self(all))
    }
}
