//! From paths to documents, one at a time, so that a folder of any size takes
//! no more memory than the documents that are worked on.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;
use tokio::io::AsyncReadExt as _;
use tokio::sync::mpsc;
use walkdir::{DirEntry, WalkDir};

/// Documents that may wait for somebody to work on them.
const AHEAD: usize = 16;

/// Something to index.
#[derive(Debug)]
pub enum Document {
    /// A file to read.
    File(PathBuf),
    /// Text that is there already.
    Text {
        /// What to call it.
        name: String,
        /// What it says.
        text: String,
    },
    /// Something in a folder that cannot be looked at.
    Lost(InputError),
    /// A folder without files.
    Empty(PathBuf),
}

/// Why a document could not be read.
#[derive(Debug, Error)]
pub enum InputError {
    /// The system does not give it.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A device, a pipe, a socket: reading it might never end.
    #[error("cannot read {}: it is no regular file", path.display())]
    NoFile {
        /// The path.
        path: PathBuf,
    },
    /// It is larger than a document may be.
    #[error(
        "cannot read {}: it has {size} bytes, and a document at most {limit}; \
         `--max-document` takes a higher bound",
        path.display()
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        size: u64,
        /// The bound.
        limit: u64,
    },
    /// It is no text.
    #[error("cannot read {}: it is not UTF-8 from byte {valid_up_to} on", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// How far it is text.
        valid_up_to: usize,
    },
}

/// The documents of paths, in order; those of a folder by name, without hidden
/// files and folders, and without following links to folders. Runs on a Tokio
/// runtime.
pub fn documents(paths: Vec<PathBuf>) -> mpsc::Receiver<Document> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        for path in paths {
            // Nobody takes them any more.
            if walk(&path, &sender).is_none() {
                return;
            }
        }
    });
    receiver
}

fn walk(path: &Path, sender: &mpsc::Sender<Document>) -> Option<()> {
    let mut found = false;
    let is_shown = |entry: &DirEntry| {
        entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".")
    };
    let entries = WalkDir::new(path)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(is_shown);
    for entry in entries {
        let document = match entry {
            Ok(entry) if entry.file_type().is_dir() => continue,
            // A link that was named leads where it leads; one in a folder that
            // leads to a folder is left alone.
            Ok(entry) if entry.depth() > 0 && entry.path_is_symlink() && entry.path().is_dir() => {
                continue;
            }
            Ok(entry) => Document::File(entry.into_path()),
            // The reader says so itself.
            Err(error) if is_missing(&error) && error.depth() == 0 => Document::File(path.into()),
            Err(error) => Document::Lost(InputError::Unreadable {
                path: error.path().unwrap_or(path).to_path_buf(),
                source: error
                    .into_io_error()
                    .unwrap_or_else(|| io::Error::other("a folder that holds itself")),
            }),
        };
        found = true;
        sender.blocking_send(document).ok()?;
    }
    if !found {
        sender.blocking_send(Document::Empty(path.into())).ok()?;
    }
    Some(())
}

fn is_missing(error: &walkdir::Error) -> bool {
    let kind = error.io_error().map(io::Error::kind);
    kind == Some(io::ErrorKind::NotFound)
}

/// Reads a file of at most so many bytes.
///
/// # Errors
///
/// When it cannot be read, is no regular file, is too large, or is not UTF-8.
#[cfg_attr(
    feature = "instrumented",
    caxton_instrument::instrument_agent(agent_type = crate::metrics::READER)
)]
pub async fn read(path: PathBuf, limit: u64) -> Result<String, InputError> {
    match bytes(&path, limit).await {
        Ok(Ok(bytes)) => String::from_utf8(bytes).map_err(|error| InputError::NotUtf8 {
            path,
            valid_up_to: error.utf8_error().valid_up_to(),
        }),
        Ok(Err(error)) => Err(error),
        Err(source) => Err(InputError::Unreadable { path, source }),
    }
}

async fn bytes(path: &Path, limit: u64) -> io::Result<Result<Vec<u8>, InputError>> {
    // Asked before it is opened: to open a pipe may take for ever.
    let about = tokio::fs::metadata(path).await?;
    if !about.is_file() {
        return Ok(Err(InputError::NoFile { path: path.into() }));
    }
    let too_large = |size| InputError::TooLarge {
        path: path.into(),
        size,
        limit,
    };
    if about.len() > limit {
        return Ok(Err(too_large(about.len())));
    }
    let mut bytes = Vec::new();
    let file = tokio::fs::File::open(path).await?;
    // It may grow meanwhile, and those of `/proc` state no size.
    file.take(limit + 1).read_to_end(&mut bytes).await?;
    let size = bytes.len() as u64;
    Ok(if size > limit {
        Err(too_large(size))
    } else {
        Ok(bytes)
    })
}
