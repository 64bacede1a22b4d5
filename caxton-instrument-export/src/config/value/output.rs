//! Where logs go.

use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::{Problem, Value, nearest};
use crate::config::node::{Data, quoted};

/// Where logs go.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Output {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
    /// A file, to which they are appended.
    File(PathBuf),
}

impl Value for Output {
    const KIND: &'static str = "output";

    fn allowed() -> String {
        String::from(
            "\"stdout\", \"stderr\" or the path of a file with a `/` in it, such as \"./caxton.log\"",
        )
    }

    fn schema() -> Json {
        json!({ "type": "string", "pattern": r"^(stdout|stderr|.*[/\\].*)$" })
    }

    fn toml(&self) -> String {
        match self {
            Self::Stdout => quoted("stdout"),
            Self::Stderr => quoted("stderr"),
            Self::File(path) => quoted(&path.to_string_lossy()),
        }
    }

    fn scalar(data: &Data) -> Result<Self, Problem> {
        let Data::Text(text) = data else {
            return Err(Problem::text(data, "output"));
        };
        match text.as_str() {
            "stdout" => Ok(Self::Stdout),
            "stderr" => Ok(Self::Stderr),
            // A word without a slash is more likely a slip.
            path if path.contains(['/', '\\']) => Ok(Self::File(PathBuf::from(path))),
            word => {
                let near = nearest(word, ["stdout", "stderr"]).map(quoted);
                let file = (!word.is_empty()).then(|| quoted(&format!("./{word}")));
                let mut problem = Problem::kind("output");
                problem.write = near.or(file);
                Err(problem)
            }
        }
    }
}
