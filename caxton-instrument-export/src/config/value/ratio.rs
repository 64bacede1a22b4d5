//! Shares between 0 and 1.

use serde_json::{Value as Json, json};

use super::{Problem, Value};
use crate::config::node::{Data, Node};
use crate::config::reading::Reading;

/// A share between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Ratio(f64);

impl Ratio {
    /// All.
    pub const ONE: Self = Self(1.0);

    /// A share; `None` if it is not between 0 and 1.
    #[must_use]
    pub fn new(share: f64) -> Option<Self> {
        (0.0..=1.0).contains(&share).then_some(Self(share))
    }

    /// The share.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl Value for Ratio {
    const KIND: &'static str = "ratio";

    fn allowed() -> String {
        String::from("a number from 0 to 1: 0.1 is 10 %")
    }

    fn schema() -> Json {
        json!({ "type": "number", "minimum": 0, "maximum": 1 })
    }

    fn toml(&self) -> String {
        format!("{:?}", self.0)
    }

    fn scalar(data: &Data) -> Result<Self, Problem> {
        let number = match data {
            Data::Float(number) => *number,
            Data::Integer(number) => *number as f64,
            Data::Text(text) => return Err(of_text(text)),
            _ => return Err(Problem::kind("ratio")),
        };
        Self::new(number).ok_or_else(|| {
            if number > 1.0 && number <= 100.0 {
                Problem::new("is above 1, as if it were in percent").write(percent(number))
            } else if number > 1.0 {
                Problem::new("is above 1")
            } else if number < 0.0 {
                Problem::new("is below 0")
            } else {
                Problem::kind("ratio")
            }
        })
    }

    fn variable(text: &str, reading: &mut Reading<'_>) -> Option<Self> {
        let mut node = Node::of_text(text);
        if let Ok(number) = text.trim().parse() {
            node.data = Data::Float(number);
        }
        Self::of(&node, reading)
    }
}

fn percent(number: f64) -> String {
    // Without what binary fractions add: 29 % is 0.29.
    let share = format!("{:.6}", number / 100.0);
    let share = share.trim_end_matches('0');
    format!("{share}{}", if share.ends_with('.') { "0" } else { "" })
}

fn of_text(text: &str) -> Problem {
    let number = text
        .trim()
        .strip_suffix('%')
        .map(|number| number.trim().parse());
    match (number, text.trim().parse::<f64>()) {
        (Some(Ok(number)), _) if (0.0..=100.0).contains(&number) => {
            Problem::new("is in percent").write(percent(number))
        }
        (_, Ok(number)) if (0.0..=1.0).contains(&number) => {
            Problem::new("is text").write(text.trim())
        }
        _ => Problem::kind("ratio"),
    }
}
