//! Bucket bounds of histograms.

use std::collections::BTreeMap;
use std::ops::Deref;

use caxton_instrument::rules::MAX_BUCKETS;
use serde_json::{Value as Json, json};

use super::{Problem, Value};
use crate::config::node::{Data, Node, quoted};
use crate::config::reading::Reading;

/// Bucket bounds: finite and rising.
#[derive(Debug, Clone, PartialEq)]
pub struct Bounds(Vec<f64>);

impl Bounds {
    /// Bounds that are checked when telemetry starts.
    pub(crate) fn unchecked(bounds: impl IntoIterator<Item = f64>) -> Self {
        Self(bounds.into_iter().collect())
    }
}

impl Deref for Bounds {
    type Target = [f64];

    fn deref(&self) -> &[f64] {
        &self.0
    }
}

impl Value for Bounds {
    const KIND: &'static str = "bucket bounds";

    fn allowed() -> String {
        format!("1 to {MAX_BUCKETS} numbers that rise, such as [0.1, 0.5, 1.0]")
    }

    fn schema() -> Json {
        json!({
            "type": "array",
            "items": { "type": "number" },
            "minItems": 1,
            "maxItems": MAX_BUCKETS,
            "uniqueItems": true,
        })
    }

    fn toml(&self) -> String {
        format!("{:?}", self.0)
    }

    fn scalar(data: &Data) -> Result<Self, Problem> {
        let problem = Problem::kind("list of bucket bounds");
        Err(match data {
            Data::Float(bound) => problem.write(format!("[{bound:?}]")),
            _ => problem,
        })
    }

    fn of(node: &Node, reading: &mut Reading<'_>) -> Option<Self> {
        let Data::Array(items) = &node.data else {
            let problem = Self::scalar(&node.data).err()?;
            reading.wrong(node, problem, Self::allowed());
            return None;
        };
        let mut bounds: Vec<f64> = Vec::with_capacity(items.len());
        for item in items {
            let problem = match number(&item.data) {
                Some(bound) if !bound.is_finite() => {
                    Problem::new("has a bound that is not finite; up to +Inf is always there")
                }
                Some(bound) => match bounds.last() {
                    Some(last) if *last >= bound => Problem::new(format!(
                        "has bounds that do not rise: {bound} comes after {last}"
                    )),
                    _ => {
                        bounds.push(bound);
                        continue;
                    }
                },
                None => Problem::new("has a bound that is no number"),
            };
            reading.wrong(item, problem, Self::allowed());
            return None;
        }
        let problem = match bounds.len() {
            0 => "has no bounds",
            1..=MAX_BUCKETS => return Some(Self(bounds)),
            _ => "has too many bounds",
        };
        reading.wrong(node, Problem::new(problem), Self::allowed());
        None
    }

    /// With commas between.
    fn variable(text: &str, reading: &mut Reading<'_>) -> Option<Self> {
        let mut node = Node::of_text(text);
        let numbers: Option<Vec<Node>> = text
            .split(',')
            .map(|number| {
                let data = Data::Float(number.trim().parse().ok()?);
                let span = 0..0;
                Some(Node { data, span })
            })
            .collect();
        if let Some(numbers) = numbers {
            node.data = Data::Array(numbers);
        }
        Self::of(&node, reading)
    }
}

fn number(data: &Data) -> Option<f64> {
    match data {
        Data::Float(number) => Some(*number),
        Data::Integer(number) => Some(*number as f64),
        _ => None,
    }
}

/// Bucket bounds by metric.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Buckets(BTreeMap<String, Bounds>);

impl Buckets {
    pub(crate) fn insert(&mut self, metric: String, bounds: Bounds) {
        self.0.insert(metric, bounds);
    }

    /// Full names of metrics, and their bounds.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Bounds)> {
        self.0.iter().map(|(name, bounds)| (name.as_str(), bounds))
    }
}

impl Value for Buckets {
    const KIND: &'static str = "bucket bounds by metric";

    fn allowed() -> String {
        format!(
            "a table of full names of metrics, {{ \"shop_order_duration_seconds\" = [0.1, 0.5] }}, \
             each with {}",
            Bounds::allowed()
        )
    }

    fn schema() -> Json {
        json!({ "type": "object", "additionalProperties": Bounds::schema() })
    }

    fn toml(&self) -> String {
        let all = self.0.iter();
        let all: Vec<_> = all
            .map(|(name, bounds)| format!("{} = {}", quoted(name), bounds.toml()))
            .collect();
        format!("{{ {} }}", all.join(", "))
    }

    fn scalar(_: &Data) -> Result<Self, Problem> {
        Err(Problem::kind("table of metrics"))
    }

    fn of(node: &Node, reading: &mut Reading<'_>) -> Option<Self> {
        let Data::Table(entries) = &node.data else {
            reading.wrong(node, Problem::kind("table of metrics"), Self::allowed());
            return None;
        };
        let mut all = BTreeMap::new();
        for entry in entries {
            let bounds = reading.within(&entry.key, |reading| Bounds::of(&entry.value, reading));
            if let Some(bounds) = bounds {
                reading.mark(&entry.key, &entry.value);
                all.insert(entry.key.clone(), bounds);
            }
        }
        Some(Self(all))
    }

    /// `name=0.1;0.5,name=1;2`.
    fn variable(text: &str, reading: &mut Reading<'_>) -> Option<Self> {
        let mut all = BTreeMap::new();
        for entry in text.split(',').map(str::trim).filter(|it| !it.is_empty()) {
            let Some((name, bounds)) = entry.split_once('=') else {
                let allowed = String::from("name=0.1;0.5,name=1;2, with full names of metrics");
                let problem = Problem::new("has an entry without `=`");
                reading.wrong(&Node::of_text(entry), problem, allowed);
                continue;
            };
            let (name, bounds) = (name.trim(), bounds.replace(';', ","));
            reading.mark(name, &Node::of_text(entry));
            let bounds = reading.within(name, |reading| Bounds::variable(&bounds, reading));
            if let Some(bounds) = bounds {
                all.insert(name.to_owned(), bounds);
            }
        }
        Some(Self(all))
    }
}
