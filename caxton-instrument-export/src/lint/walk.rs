//! The files of paths, within bounds.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::class::Class;
use super::finding::Findings;
use super::tree::{Lines, MAX_BYTES, Place};

/// The most files of one run.
const MAX_FILES: usize = 10_000;

/// The most folders within each other.
const MAX_FOLDERS: usize = 40;

/// What is read of a folder; a file that is named itself is always read.
const EXTENSIONS: [&str; 10] = [
    "conf", "json", "markdown", "md", "promql", "rules", "toml", "txt", "yaml", "yml",
];

/// A file that is linted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    /// Its path, as it was given.
    pub(super) path: PathBuf,
    /// The argument that it is of.
    pub(super) system: usize,
    /// Whether it is the argument itself.
    pub(super) is_named: bool,
}

/// The files of the paths, each once: of a folder, by name, without what is
/// hidden or built, and without links that lead out of it.
///
/// # Errors
///
/// When a path is not there.
pub(super) fn sources(paths: &[PathBuf], out: &mut Findings) -> io::Result<Vec<Source>> {
    let mut sources = Vec::new();
    let mut seen = HashSet::new();
    for (system, path) in paths.iter().enumerate() {
        let named = |error: io::Error| {
            io::Error::new(
                error.kind(),
                format!("cannot read {}: {error}", path.display()),
            )
        };
        let root = path.canonicalize().map_err(named)?;
        if !std::fs::metadata(path).map_err(named)?.is_dir() {
            if seen.insert(root) {
                sources.push(Source {
                    path: path.clone(),
                    system,
                    is_named: true,
                });
            }
            continue;
        }
        let entries = WalkDir::new(path)
            .follow_links(true)
            .max_depth(MAX_FOLDERS)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|entry| entry.depth() == 0 || !is_apart(entry));
        // Loops, and what may not be read.
        for entry in entries.flatten() {
            if !entry.file_type().is_file() || !is_read(entry.path()) {
                continue;
            }
            let Ok(real) = entry.path().canonicalize() else {
                continue;
            };
            if !real.starts_with(&root) || !seen.insert(real) {
                continue;
            }
            if sources.len() >= MAX_FILES {
                out.add(
                    Class::Syn,
                    &path.display().to_string(),
                    Place::START,
                    format!("there are more than {MAX_FILES} files; the rest is not read"),
                    "name the folders that matter",
                );
                return Ok(sources);
            }
            sources.push(Source {
                path: entry.into_path(),
                system,
                is_named: false,
            });
        }
    }
    Ok(sources)
}

/// What is hidden, built or of others.
fn is_apart(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    name.starts_with('.')
        || (entry.file_type().is_dir() && matches!(&*name, "target" | "node_modules"))
}

fn is_read(path: &Path) -> bool {
    path.extension()
        .and_then(OsStr::to_str)
        .is_some_and(|it| EXTENSIONS.contains(&it.to_ascii_lowercase().as_str()))
}

/// The text of a file, or nothing and a finding.
pub(super) fn text(source: &Source, out: &mut Findings) -> Option<String> {
    let name = source.path.display().to_string();
    let mut refuse = |place, message: String, remedy: &str| {
        out.add(Class::Syn, &name, place, message, remedy);
        None
    };
    let file = match std::fs::metadata(&source.path) {
        // A pipe or a device has no end.
        Ok(metadata) if !metadata.is_file() => {
            return refuse(Place::START, String::from("this is no file"), "name a file");
        }
        Ok(metadata) if metadata.len() > MAX_BYTES as u64 => {
            return refuse(
                Place::START,
                format!(
                    "{} bytes are not read, {MAX_BYTES} are the most",
                    metadata.len()
                ),
                "split it, or leave it out",
            );
        }
        Ok(_) => File::open(&source.path),
        Err(error) => Err(error),
    };
    let mut bytes = Vec::new();
    let read = file.and_then(|file| file.take(MAX_BYTES as u64).read_to_end(&mut bytes));
    if let Err(error) = read {
        return refuse(
            Place::START,
            format!("cannot be read: {error}"),
            "make it readable",
        );
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    match String::from_utf8(bytes) {
        Ok(text) if text.contains('\0') => refuse(
            Place::START,
            String::from("this is no text: it has bytes that are zero"),
            "leave it out, or write it as UTF-8",
        ),
        Ok(text) => Some(text),
        Err(error) => {
            let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let valid = String::from_utf8_lossy(valid);
            let place = Lines::of(&valid).place(valid.len());
            refuse(
                place,
                String::from("this is no UTF-8, which all such files are"),
                "save it as UTF-8",
            )
        }
    }
}
