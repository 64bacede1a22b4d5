//! The document of an earlier version of the program, from the JSON it wrote.

use std::path::Path;

use serde::Deserialize;

use super::super::fetch;
use super::{Document, VERSION};

impl Document {
    /// Reads what `show --format json` wrote. Version 1 has no alerts,
    /// objectives, records and panels.
    ///
    /// # Errors
    ///
    /// What is wrong with the file, and what to do.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let text = fetch::file(path)?;
        Self::parse(&text).map_err(|error| {
            format!("{shown} {error}; write one with `catalog show --format json --out FILE`")
        })
    }

    fn parse(text: &str) -> Result<Self, String> {
        /// Keys that a later version may have are not looked at.
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let no_catalog = |error| format!("is no catalog in JSON: {error}");
        let Versioned { version } = serde_json::from_str(text).map_err(no_catalog)?;
        if version == 0 || version > VERSION {
            return Err(format!(
                "has version {version}, and this program reads 1 to {VERSION}"
            ));
        }
        serde_json::from_str(text).map_err(no_catalog)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_catalog_of_version_1_has_no_alerts() {
        let text = r#"{"version": 1, "metrics": [], "sets": [], "operations": []}"#;
        assert!(Document::parse(text).is_ok_and(|it| it.alerts.is_empty()));
    }

    #[test]
    fn what_is_no_catalog_is_refused() {
        let cases = [
            ("", "is no catalog in JSON"),
            ("[1", "is no catalog in JSON"),
            (
                r#"{"version": 3}"#,
                "has version 3, and this program reads 1 to 2",
            ),
            (r#"{"version": 2}"#, "missing field `metrics`"),
        ];
        for (text, expected) in cases {
            let error = Document::parse(text).err().unwrap_or_default();
            assert!(error.contains(expected), "{text}: {error}");
        }
        let deep = format!("{{\"version\": 2, \"metrics\": {}", "[".repeat(100_000));
        assert!(Document::parse(&deep).is_err());
    }
}
