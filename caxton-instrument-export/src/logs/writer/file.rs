//! A file that others may move away, or that is rotated by its size.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::super::error::LogsError;

/// After a rotation that failed, the next one waits so long.
const AGAIN: Duration = Duration::from_secs(60);

/// Rotation by size.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Rotation {
    /// Bytes that a file may have.
    pub(in super::super) bytes: u64,
    /// Old files that are kept: `log.1`, the youngest, to `log.N`.
    pub(in super::super) keep: u32,
}

#[derive(Debug)]
pub(in super::super) struct LogFile {
    path: PathBuf,
    file: File,
    /// Whether it is a file on a disk, and no device.
    is_regular: bool,
    rotation: Option<Rotation>,
    /// No rotation before that.
    not_before: Option<Instant>,
}

impl LogFile {
    pub(super) fn open(path: &Path, rotation: Option<Rotation>) -> Result<Self, LogsError> {
        let failed = |source: io::Error| {
            let hint = hint(&source);
            LogsError::File {
                path: path.into(),
                source,
                hint,
            }
        };
        if fs::metadata(path).is_ok_and(|about| is_pipe(&about)) {
            return Err(failed(io::Error::new(
                io::ErrorKind::InvalidInput,
                "it is a named pipe, and opening one waits until somebody reads it",
            )));
        }
        let file = append(path).map_err(failed)?;
        let is_regular = file.metadata().map_err(failed)?.is_file();
        Ok(Self {
            path: path.into(),
            file,
            is_regular,
            rotation,
            not_before: None,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Follows the path to another file and rotates, if need be: whether the
    /// file is another one, and how many bytes it takes.
    pub(super) fn prepare(&mut self, line: u64) -> (bool, u64) {
        if !self.is_regular {
            return (false, u64::MAX);
        }
        let mut is_new = false;
        let mut size = self.file.metadata().map_or(0, |own| own.len());
        if !self.is_at_path() && self.reopen() {
            is_new = true;
            size = self.file.metadata().map_or(0, |own| own.len());
        }
        let Some(rotation) = self.rotation else {
            return (is_new, u64::MAX);
        };
        if size > 0 && size.saturating_add(line) > rotation.bytes && self.rotate(rotation) {
            (is_new, size) = (true, 0);
        }
        (is_new, rotation.bytes.saturating_sub(size))
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    /// Whether the path still leads to the open file.
    fn is_at_path(&self) -> bool {
        match (self.file.metadata(), fs::metadata(&self.path)) {
            (Ok(own), Ok(there)) => is_same(&own, &there),
            _ => false,
        }
    }

    /// Where that fails, lines go on into the file that was moved.
    fn reopen(&mut self) -> bool {
        let is_pipe = fs::metadata(&self.path).is_ok_and(|about| is_pipe(&about));
        match append(&self.path) {
            Ok(file) if !is_pipe => {
                self.file = file;
                true
            }
            _ => false,
        }
    }

    /// Moves `log` to `log.1`, `log.1` to `log.2`, and begins a new `log`.
    fn rotate(&mut self, rotation: Rotation) -> bool {
        if self.not_before.is_some_and(|then| Instant::now() < then) {
            return false;
        }
        let moved = self.shift(rotation.keep);
        let rotated = moved.is_ok() && self.reopen();
        self.not_before = (!rotated).then(|| Instant::now() + AGAIN);
        if !rotated {
            let reason = moved.err().map(|error| format!(": {error}"));
            _ = writeln!(
                io::stderr(),
                "caxton-instrument: cannot rotate the log {}{}; it grows past its bound",
                self.path.display(),
                reason.unwrap_or_default(),
            );
        }
        rotated
    }

    fn shift(&self, keep: u32) -> io::Result<()> {
        if keep == 0 {
            return fs::remove_file(&self.path);
        }
        for number in (1..keep).rev() {
            match fs::rename(self.old(number), self.old(number + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        fs::rename(&self.path, self.old(1))
    }

    fn old(&self, number: u32) -> PathBuf {
        let mut name = OsString::from(&self.path);
        name.push(format!(".{number}"));
        PathBuf::from(name)
    }
}

fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(path)
}

fn hint(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => "make its folder first",
        io::ErrorKind::PermissionDenied => "let this user write there, or choose another file",
        io::ErrorKind::IsADirectory => "name a file in it",
        io::ErrorKind::InvalidInput => "log to standard output instead",
        _ => "choose another file",
    }
}

#[cfg(unix)]
fn is_pipe(about: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    about.file_type().is_fifo()
}

#[cfg(not(unix))]
const fn is_pipe(_: &Metadata) -> bool {
    false
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// A file that is open cannot be moved there.
#[cfg(not(unix))]
const fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
}
