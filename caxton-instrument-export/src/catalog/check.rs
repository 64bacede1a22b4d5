//! Whether a written page still says what the program declares, whether a
//! running program does, and what is used by nobody.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::ErrorKind;
use std::path::Path;

use caxton_instrument::Catalog;
use clap::{Arg, ArgAction, ArgMatches};
use similar::TextDiff;

use super::command::{Failure, Format, USAGE};
use super::document::Document;
use super::found::Found;
use super::{against, coverage, fetch};
use crate::generate::{self, Deployment};
use crate::scrape::Scrape;

/// What `check` takes beside the page.
pub(super) fn args() -> [Arg; 3] {
    [
        Arg::new("against")
            .long("against")
            .value_name("URL|FILE")
            .help("Compare with what a program exposes: its address, or the page in a file"),
        fetch::token_arg().requires("against"),
        Arg::new("strict")
            .long("strict")
            .action(ArgAction::SetTrue)
            .help("Fail on notes too"),
    ]
}

/// What is used by nobody, and what a running program says otherwise.
pub(super) fn found(catalog: &Catalog, matches: &ArgMatches) -> Result<Vec<Found>, Failure> {
    let document = Document::of(catalog);
    let mut found = coverage::of(catalog, &document);
    if let Some(place) = matches.get_one::<String>("against") {
        let usage = |message| Failure {
            message,
            code: USAGE,
        };
        let token = fetch::token(matches)?;
        let text = fetch::exposition(place, token.as_deref()).map_err(usage)?;
        let scrape = Scrape::parse(&text)
            .map_err(|mistake| usage(format!("{place} is no exposition: {mistake}")))?;
        found.extend(against::of(&document, &scrape));
        found.extend(against::unseen(&document, &[scrape]));
    }
    Ok(found)
}

/// A unified difference between the file and the page that would be written,
/// with the command that writes it; `None` when they are equal.
pub(super) fn drift(
    catalog: &Catalog,
    deployment: &Deployment,
    file: &Path,
    program: &OsStr,
) -> Result<Option<String>, Failure> {
    if file.is_dir() {
        return folder_drift(catalog, deployment, file, program);
    }
    let shown = file.display();
    let Some(format) = Format::of_file(file) else {
        return Err(Failure {
            message: format!(
                "cannot tell the format of {shown} by its name: it ends in .md, .html, .json or .txt"
            ),
            code: 2,
        });
    };
    let remedy = format!("write it with `{}`", regenerate(program, file, format));
    let found = std::fs::read(file)
        .map_err(|error| Failure::new(format!("cannot read {shown}: {error}; {remedy}")))?;
    let found = String::from_utf8(found)
        .map_err(|_| Failure::new(format!("{shown} is not UTF-8; {remedy}")))?;
    let expected = format.render(&Document::of(catalog));
    let diff = difference(file, &found, &expected);
    Ok(diff.map(|diff| format!("{diff}\n{shown} is not what the program declares; {remedy}\n")))
}

/// The same for all files that `generate` writes below a folder.
fn folder_drift(
    catalog: &Catalog,
    deployment: &Deployment,
    folder: &Path,
    program: &OsStr,
) -> Result<Option<String>, Failure> {
    let mut drift = String::new();
    for file in generate::files(catalog, deployment) {
        let path = folder.join(&file.path);
        let found = match std::fs::read(&path) {
            Ok(found) => String::from_utf8_lossy(&found).into_owned(),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                // Writing to text cannot fail.
                let _ = writeln!(drift, "{} is missing", path.display());
                continue;
            }
            Err(error) => {
                let message = format!("cannot read {}: {error}", path.display());
                return Err(Failure::new(message));
            }
        };
        drift.extend(difference(&path, &found, &file.text));
    }
    if drift.is_empty() {
        return Ok(None);
    }
    let shown = folder.display();
    let start = started(program);
    Ok(Some(format!(
        "{drift}\n{shown} is not what the program declares; write it with \
         `{start} generate {shown}`\n"
    )))
}

/// A unified difference, if there is one.
fn difference(file: &Path, found: &str, expected: &str) -> Option<String> {
    // A checkout may have turned the line ends.
    let found = found.replace("\r\n", "\n");
    if found == expected {
        return None;
    }
    let diff = TextDiff::from_lines(found.as_str(), expected);
    let diff = diff
        .unified_diff()
        .context_radius(3)
        .header(&file.display().to_string(), "what the program declares")
        .to_string();
    Some(diff)
}

/// The command that writes the file, as the user would start this program.
fn regenerate(program: &OsStr, file: &Path, format: Format) -> String {
    format!(
        "{} show --format {} --out {}",
        started(program),
        format.name(),
        file.display()
    )
}

/// As the user would start this program.
fn started(program: &OsStr) -> String {
    let program = Path::new(program);
    let name = program.file_stem().map_or_else(
        || String::from("catalog"),
        |stem| stem.to_string_lossy().into_owned(),
    );
    let folder = program
        .parent()
        .and_then(Path::file_name)
        .and_then(OsStr::to_str);
    match folder {
        Some("examples") => format!("cargo run --example {name} --"),
        Some("debug" | "release") => format!("cargo run --bin {name} --"),
        _ => program.display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remedy_starts_the_program_as_its_user_does() {
        let cases = [
            (
                "target/debug/examples/catalog",
                "cargo run --example catalog -- show --format markdown --out METRICS.md",
            ),
            (
                "target/release/metrics",
                "cargo run --bin metrics -- show --format markdown --out METRICS.md",
            ),
            (
                "/usr/bin/metrics",
                "/usr/bin/metrics show --format markdown --out METRICS.md",
            ),
        ];
        for (program, expected) in cases {
            let command = regenerate(
                OsStr::new(program),
                Path::new("METRICS.md"),
                Format::Markdown,
            );
            assert_eq!(command, expected);
        }
    }
}
