//! [SARIF 2.1.0](https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;

use super::Report;
use crate::lint::class::Class;
use crate::lint::finding::Finding;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What may not stand in the path of a URI reference.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b':')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Outcome<'a>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: &'static str,
    information_uri: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Message<'static>,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Message<'a> {
    text: std::borrow::Cow<'a, str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message<'a>,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message<'static>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
}

impl Location {
    fn of(file: &str, line: u32, column: u32) -> Self {
        let path = file.replace('\\', "/");
        let path = utf8_percent_encode(path.trim_start_matches("./"), PATH).to_string();
        Self {
            physical_location: Physical {
                artifact_location: Artifact {
                    uri: if path.starts_with('/') {
                        format!("file://{path}")
                    } else {
                        path
                    },
                },
                region: Region {
                    start_line: line.max(1),
                    start_column: column.max(1),
                },
            },
            message: None,
        }
    }
}

impl<'a> Outcome<'a> {
    fn of(finding: &'a Finding) -> Self {
        let index = Class::ALL.iter().position(|it| *it == finding.class);
        let declared = finding.declared.map(|it| Location {
            message: Some(Message {
                text: "the declaration".into(),
            }),
            ..Location::of(it.file, it.line, it.column)
        });
        Self {
            rule_id: finding.class.id(),
            rule_index: index.unwrap_or(0),
            level: finding.class.level(),
            message: Message {
                text: if finding.remedy.is_empty() {
                    finding.message.as_str().into()
                } else {
                    format!("{}: {}", finding.message, finding.remedy).into()
                },
            },
            locations: [Location::of(&finding.file, finding.line, finding.column)],
            related_locations: declared.into_iter().collect(),
        }
    }
}

pub(super) fn render(report: &Report) -> String {
    let rule = |class: Class| Rule {
        id: class.id(),
        short_description: Message {
            text: class.meaning().into(),
        },
        default_configuration: Configuration {
            level: class.level(),
        },
    };
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "catalog lint",
                    version: env!("CARGO_PKG_VERSION"),
                    information_uri: env!("CARGO_PKG_REPOSITORY"),
                    rules: Class::ALL.map(rule).into(),
                },
            },
            column_kind: "unicodeCodePoints",
            results: report.findings.iter().map(Outcome::of).collect(),
        }],
    };
    // Texts and numbers are JSON whatever they are.
    let mut text = serde_json::to_string_pretty(&log).unwrap_or_default();
    text.push('\n');
    text
}
