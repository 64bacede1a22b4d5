//! Types of profiles.

use serde_json::{Value as Json, json};

use super::{Problem, Value, nearest};
use crate::config::node::{Data, quoted};

/// What is profiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProfileType {
    /// The processor's time.
    Cpu,
}

/// What Go programs profile.
const ALLOCATIONS: [&str; 6] = [
    "alloc_objects",
    "alloc_space",
    "inuse_objects",
    "inuse_space",
    "heap",
    "allocs",
];
const OTHERS: [&str; 6] = [
    "goroutines",
    "goroutine",
    "mutex",
    "block",
    "wall",
    "threadcreate",
];

impl Value for ProfileType {
    const KIND: &'static str = "profile type";

    fn allowed() -> String {
        String::from("\"cpu\"")
    }

    fn schema() -> Json {
        json!({ "enum": ["cpu"] })
    }

    fn toml(&self) -> String {
        String::from("\"cpu\"")
    }

    fn scalar(data: &Data) -> Result<Self, Problem> {
        match data {
            Data::Text(text) if text == "cpu" => Ok(Self::Cpu),
            Data::Text(text) if ALLOCATIONS.contains(&text.as_str()) => Err(Problem::new(format!(
                "asks for {}, which a Rust program cannot give: no allocation is sampled unless its \
                 allocator does so; build it with jemalloc and `prof:true` and take its heap \
                 profiles, or run it under heaptrack",
                quoted(text)
            ))),
            Data::Text(text) if OTHERS.contains(&text.as_str()) => Err(Problem::new(format!(
                "asks for {}, which is a profile of other languages' runtimes",
                quoted(text)
            ))),
            Data::Text(text) => {
                let mut problem = Problem::kind("profile type");
                problem.write = nearest(text, ["cpu"]).map(quoted);
                Err(problem)
            }
            data => Err(Problem::text(data, "profile type")),
        }
    }
}
