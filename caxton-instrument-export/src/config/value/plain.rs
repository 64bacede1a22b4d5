//! Text, booleans, whole numbers and paths.

use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::{Problem, Value};
use crate::config::node::{Data, Node, quoted};
use crate::config::reading::Reading;

impl Value for String {
    const KIND: &'static str = "text";

    fn allowed() -> String {
        Self::from("text in quotes, not empty")
    }

    fn schema() -> Json {
        json!({ "type": "string", "minLength": 1 })
    }

    fn toml(&self) -> String {
        quoted(self)
    }

    fn scalar(data: &Data) -> Result<Self, Problem> {
        match data {
            Data::Text(text) if text.is_empty() => Err(Problem::new("is empty")),
            Data::Text(text) => Ok(text.clone()),
            data => Err(Problem::text(data, "text")),
        }
    }
}

impl Value for PathBuf {
    const KIND: &'static str = "path";

    fn allowed() -> String {
        String::from("the path of a file, in quotes")
    }

    fn schema() -> Json {
        String::schema()
    }

    fn toml(&self) -> String {
        quoted(&self.to_string_lossy())
    }

    fn scalar(data: &Data) -> Result<Self, Problem> {
        match data {
            Data::Text(text) if !text.is_empty() => Ok(Self::from(text)),
            Data::Text(_) => Err(Problem::new("is empty")),
            data => Err(Problem::text(data, "path")),
        }
    }
}

impl Value for bool {
    const KIND: &'static str = "boolean";

    fn allowed() -> String {
        String::from("true or false")
    }

    fn schema() -> Json {
        json!({ "type": "boolean" })
    }

    fn toml(&self) -> String {
        self.to_string()
    }

    fn scalar(data: &Data) -> Result<Self, Problem> {
        match data {
            Data::Bool(value) => Ok(*value),
            Data::Text(text) => Err(match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" => Problem::new("is text").write("true"),
                "false" | "no" | "off" => Problem::new("is text").write("false"),
                _ => Problem::kind("boolean"),
            }),
            Data::Integer(1) => Err(Problem::kind("boolean").write("true")),
            Data::Integer(0) => Err(Problem::kind("boolean").write("false")),
            _ => Err(Problem::kind("boolean")),
        }
    }

    fn variable(text: &str, reading: &mut Reading<'_>) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => Self::of(&Node::of_text(text), reading),
        }
    }

    /// All but "true" [is false](https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#boolean),
    /// and should be said.
    fn otel(text: &str, reading: &mut Reading<'_>) -> Option<Self> {
        Some(Self::variable(text, reading).unwrap_or(false))
    }
}

/// A whole number within limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whole<const MIN: u32, const MAX: u32>(u32);

impl<const MIN: u32, const MAX: u32> Whole<MIN, MAX> {
    /// A number; the nearest limit, if it is beyond.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(if number < MIN {
            MIN
        } else if number > MAX {
            MAX
        } else {
            number
        })
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl<const MIN: u32, const MAX: u32> Value for Whole<MIN, MAX> {
    const KIND: &'static str = "whole number";

    fn allowed() -> String {
        format!("a whole number from {MIN} to {MAX}")
    }

    fn schema() -> Json {
        json!({ "type": "integer", "minimum": MIN, "maximum": MAX })
    }

    fn toml(&self) -> String {
        self.0.to_string()
    }

    fn scalar(data: &Data) -> Result<Self, Problem> {
        match data {
            Data::Integer(number) => match u32::try_from(*number) {
                Ok(number) if (MIN..=MAX).contains(&number) => Ok(Self(number)),
                _ if *number < i128::from(MIN) => Err(Problem::new("is too small")),
                _ => Err(Problem::new("is too large")),
            },
            Data::Float(number) if number.fract() == 0.0 && number.abs() < f64::from(u32::MAX) => {
                // Whole, and so it fits.
                #[allow(clippy::cast_possible_truncation)]
                Self::scalar(&Data::Integer(*number as i128))
            }
            Data::Text(text) => Err(match text.trim().parse::<u32>() {
                Ok(number) => Problem::new("is text").write(number.to_string()),
                Err(_) => Problem::kind("whole number"),
            }),
            _ => Err(Problem::kind("whole number")),
        }
    }

    fn variable(text: &str, reading: &mut Reading<'_>) -> Option<Self> {
        let mut node = Node::of_text(text);
        if let Ok(number) = text.trim().parse() {
            node.data = Data::Integer(number);
        }
        Self::of(&node, reading)
    }
}
