//! The container images that files name: `data/images.json` in this crate's
//! source, with where each version stands.

use std::sync::LazyLock;

use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
struct Table {
    images: Vec<Image>,
}

#[derive(Debug, Deserialize)]
struct Image {
    program: String,
    #[serde(rename = "image")]
    name: String,
    version: String,
}

const SOURCE: &str = include_str!("../../data/images.json");

// A test reads it, so that it can be read here.
static TABLE: LazyLock<Table> = LazyLock::new(|| serde_json::from_str(SOURCE).unwrap_or_default());

/// The image of a program with its version, such as `grafana/tempo:3.0.3`.
pub(super) fn image(program: &str) -> String {
    let known = TABLE.images.iter().find(|it| it.program == program);
    known.map_or_else(
        || program.into(),
        |it| format!("{}:{}", it.name, it.version),
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_image_has_a_version_and_says_where_it_stands() {
        let table: serde_json::Value = serde_json::from_str(super::SOURCE).expect("JSON");
        let images = table["images"].as_array().expect("a list");
        for image in images {
            let source = image["source"].as_str().unwrap_or_default();
            assert!(source.starts_with("https://"), "{image}");
        }
        for program in ["tempo", "jaeger", "loki", "alloy", "k6"] {
            let image = super::image(program);
            assert!(
                image.contains(':') && !image.ends_with(":latest"),
                "{image}"
            );
        }
    }
}
