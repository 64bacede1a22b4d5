//! `catalog lint PATH...`: faults in files that others wrote by hand.

use std::io::Write;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::command::{Failure, USAGE};
use crate::generate::Deployment;

/// The formats of its output and the classes that it can be asked for; the
/// words are known without the feature too, so that its absence is told.
const FORMATS: [&str; 3] = ["text", "json", "sarif"];

pub(super) fn command() -> Command {
    Command::new("lint")
        .about("Tell the faults of rules, configuration, dashboards and pages written by hand")
        .arg(
            Arg::new("path")
                .value_name("PATH")
                .required(true)
                .num_args(1..)
                .value_parser(value_parser!(PathBuf))
                .help("Files, and folders whose files are read; each is a system of its own"),
        )
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .default_value("text")
                .value_parser(PossibleValuesParser::new(FORMATS))
                .help("For people, as JSON, or as SARIF 2.1.0"),
        )
        .arg(
            Arg::new("class")
                .long("class")
                .value_name("CLASS")
                .action(ArgAction::Append)
                .value_delimiter(',')
                .help("Only these classes, such as `CAT,LBL`"),
        )
}

#[cfg(feature = "lint")]
pub(super) fn run(
    deployment: Option<&Deployment>,
    matches: &ArgMatches,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    use super::command::{FOUND, WELL, collect, print};
    use crate::lint::{self, Class, Format};

    let wrong = |message: String| Failure {
        message,
        code: USAGE,
    };
    let classes = matches.get_many::<String>("class").unwrap_or_default();
    let classes = classes.map(|name| {
        Class::of_id(name).ok_or_else(|| {
            let all = Class::ALL.map(Class::id).join(", ");
            wrong(format!("`{name}` is no class of faults; they are {all}"))
        })
    });
    let classes: Vec<Class> = classes.collect::<Result<_, _>>()?;
    let paths: Vec<PathBuf> = matches
        .get_many::<PathBuf>("path")
        .unwrap_or_default()
        .cloned()
        .collect();
    let format = matches.get_one::<String>("format");
    let format = format
        .and_then(|it| Format::of_name(it))
        .unwrap_or_default();

    let catalog = collect()?;
    let report =
        lint::run(&catalog, deployment, &paths).map_err(|error| wrong(error.to_string()))?;
    let report = if classes.is_empty() {
        report
    } else {
        report.of_classes(&classes)
    };
    print(out, &report.render(format))?;
    Ok(if report.findings.is_empty() {
        WELL
    } else {
        FOUND
    })
}

#[cfg(not(feature = "lint"))]
pub(super) fn run(
    _deployment: Option<&Deployment>,
    _matches: &ArgMatches,
    _out: &mut dyn Write,
) -> Result<u8, Failure> {
    Err(Failure {
        message: String::from(
            "this program is built without the linter; its Cargo.toml turns it on:\n    \
             caxton-instrument-export = { version = \"..\", features = [\"lint\"] }",
        ),
        code: USAGE,
    })
}
