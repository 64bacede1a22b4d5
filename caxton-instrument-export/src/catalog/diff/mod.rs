//! What changed between two versions of a program, and who notices.
//!
//! ```text
//! change      one change
//! compare     two documents, metric by metric
//! broken      alerts, objectives, records and panels that ask for what is gone
//! report      for people and for programs
//! transition  recording rules that keep old names alive
//! ```

mod broken;
mod change;
mod compare;
mod report;
#[cfg(test)]
mod tests;
mod transition;

use std::io::Write;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command, value_parser};

use super::command::{FOUND, Failure, USAGE, WELL, print};
use super::document::Document;
use compare::Diff;

/// `catalog diff OLD NEW`.
pub(super) fn command() -> Command {
    let file = |id: &'static str| {
        Arg::new(id)
            .value_name(id)
            .required(true)
            .value_parser(value_parser!(PathBuf))
    };
    Command::new("diff")
        .about("Tell what changed between two catalogs, and what that breaks; fails if it does")
        .arg(file("OLD").help("What `show --format json` wrote of the earlier version"))
        .arg(file("NEW").help("And of the later one"))
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .value_parser(PossibleValuesParser::new(["table", "markdown", "json"]))
                .default_value("table")
                .help("How to tell it"),
        )
        .arg(
            Arg::new("rules")
                .long("rules")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Write recording rules that keep the old names of renamed metrics alive"),
        )
}

pub(super) fn run(
    matches: &ArgMatches,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let read = |id| {
        let path = matches.get_one::<PathBuf>(id);
        path.map(|path| {
            Document::read(path).map_err(|message| Failure {
                message,
                code: USAGE,
            })
        })
        .transpose()
    };
    let (Some(old), Some(new)) = (read("OLD")?, read("NEW")?) else {
        return Ok(USAGE);
    };
    let diff = Diff::between(&old, &new);
    let told = match matches.get_one::<String>("format").map(String::as_str) {
        Some("markdown") => report::markdown(&diff),
        Some("json") => report::json(&diff),
        _ => report::table(&diff),
    };
    print(out, &told)?;
    if let Some(path) = matches.get_one::<PathBuf>("rules") {
        let rules = transition::rules(&diff, &old, &new);
        std::fs::write(path, rules)
            .map_err(|error| Failure::new(format!("cannot write {}: {error}", path.display())))?;
        let _ = writeln!(err, "wrote {}", path.display());
    }
    Ok(if diff.breaks() { FOUND } else { WELL })
}
