//! Several values of a kind.

use std::ops::Deref;

use serde_json::{Value as Json, json};

use super::{Problem, Value};
use crate::config::node::{Data, Node};
use crate::config::reading::Reading;

/// Several values of a kind, in the order in which they were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T>(Vec<T>);

impl<T> List<T> {
    /// A list.
    #[must_use]
    pub const fn new(items: Vec<T>) -> Self {
        Self(items)
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: Value> Value for List<T> {
    const KIND: &'static str = "list";

    fn allowed() -> String {
        format!("a list, [..], of: {}", T::allowed())
    }

    fn schema() -> Json {
        json!({ "type": "array", "items": T::schema() })
    }

    fn toml(&self) -> String {
        let items: Vec<_> = self.0.iter().map(Value::toml).collect();
        format!("[{}]", items.join(", "))
    }

    fn scalar(data: &Data) -> Result<Self, Problem> {
        let problem = Problem::kind("list");
        Err(match T::scalar(data) {
            Ok(item) => problem.write(format!("[{}]", item.toml())),
            Err(_) => problem,
        })
    }

    fn of(node: &Node, reading: &mut Reading<'_>) -> Option<Self> {
        let Data::Array(items) = &node.data else {
            let problem = Self::scalar(&node.data).err()?;
            reading.wrong(node, problem, Self::allowed());
            return None;
        };
        Some(Self(reading.items(|reading| {
            let items = items.iter().filter_map(|item| {
                let value = T::of(item, reading)?;
                if let Data::Text(text) = &item.data {
                    reading.mark(text, item);
                }
                Some(value)
            });
            items.collect()
        })))
    }

    /// With commas between.
    fn variable(text: &str, reading: &mut Reading<'_>) -> Option<Self> {
        let items = text.split(',').map(str::trim);
        let items = items.filter(|item| !item.is_empty());
        let items = items.filter_map(|item| T::variable(item, reading));
        Some(Self(items.collect()))
    }
}
