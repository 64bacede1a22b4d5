//! Whether a written page still says what the program declares.

use std::ffi::OsStr;
use std::path::Path;

use caxton_instrument::Catalog;
use similar::TextDiff;

use super::command::{Failure, Format};
use super::document::Document;

/// A unified difference between the file and the page that would be written,
/// with the command that writes it; `None` when they are equal.
pub(super) fn drift(
    catalog: &Catalog,
    file: &Path,
    program: &OsStr,
) -> Result<Option<String>, Failure> {
    let shown = file.display();
    let Some(format) = Format::of_file(file) else {
        return Err(Failure {
            message: format!(
                "cannot tell the format of {shown} by its name: it ends in .md, .json or .txt"
            ),
            code: 2,
        });
    };
    let remedy = format!("write it with `{}`", regenerate(program, file, format));
    let found = std::fs::read(file)
        .map_err(|error| Failure::new(format!("cannot read {shown}: {error}; {remedy}")))?;
    let found = String::from_utf8(found)
        .map_err(|_| Failure::new(format!("{shown} is not UTF-8; {remedy}")))?;
    // A checkout may have turned the line ends.
    let found = found.replace("\r\n", "\n");
    let expected = format.render(&Document::of(catalog));
    if found == expected {
        return Ok(None);
    }
    let diff = TextDiff::from_lines(&found, &expected);
    let diff = diff
        .unified_diff()
        .context_radius(3)
        .header(&shown.to_string(), "what the program declares")
        .to_string();
    Ok(Some(format!(
        "{diff}\n{shown} is not what the program declares; {remedy}\n"
    )))
}

/// The command that writes the file, as the user would start this program.
fn regenerate(program: &OsStr, file: &Path, format: Format) -> String {
    let program = Path::new(program);
    let name = program.file_stem().map_or_else(
        || String::from("catalog"),
        |stem| stem.to_string_lossy().into_owned(),
    );
    let folder = program
        .parent()
        .and_then(Path::file_name)
        .and_then(OsStr::to_str);
    let start = match folder {
        Some("examples") => format!("cargo run --example {name} --"),
        Some("debug" | "release") => format!("cargo run --bin {name} --"),
        _ => program.display().to_string(),
    };
    format!(
        "{start} show --format {} --out {}",
        format.name(),
        file.display()
    )
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
