//! What lines are written to.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use super::super::error::LogsError;
use super::file::{LogFile, Rotation};

/// Something to write to, without a buffer or a lock of its own.
#[derive(Debug)]
pub(in super::super) enum Sink {
    Stream(Stream),
    File(LogFile),
    /// Answers to writes, for tests.
    #[cfg(test)]
    Script(super::worker_tests::Script),
}

/// A standard stream.
#[derive(Debug)]
pub(in super::super) struct Stream {
    name: &'static str,
    file: File,
}

impl Sink {
    /// Standard output as the system has it: lines of `println!` come between
    /// lines of the log, and nobody waits for a lock while the log is written.
    pub(in super::super) fn stdout() -> Result<Self, LogsError> {
        Stream::new("standard output", duplicate_stdout).map(Self::Stream)
    }

    /// The same with standard error.
    pub(in super::super) fn stderr() -> Result<Self, LogsError> {
        Stream::new("standard error", duplicate_stderr).map(Self::Stream)
    }

    pub(in super::super) fn file(
        path: &Path,
        rotation: Option<Rotation>,
    ) -> Result<Self, LogsError> {
        LogFile::open(path, rotation).map(Self::File)
    }

    /// What people call it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Stream(stream) => String::from(stream.name),
            Self::File(file) => file.path().display().to_string(),
            #[cfg(test)]
            Self::Script(_) => String::from("a script"),
        }
    }

    /// Makes ready for a line of so many bytes: whether it is another file than
    /// before, and how many bytes it takes.
    pub(super) fn prepare(&mut self, line: u64) -> (bool, u64) {
        match self {
            Self::Stream(_) => (false, u64::MAX),
            Self::File(file) => file.prepare(line),
            #[cfg(test)]
            Self::Script(_) => (false, u64::MAX),
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stream(stream) => stream.file.write(bytes),
            Self::File(file) => file.write(bytes),
            #[cfg(test)]
            Self::Script(script) => script.write(bytes),
        }
    }
}

impl Stream {
    fn new(name: &'static str, open: fn() -> io::Result<File>) -> Result<Self, LogsError> {
        let file = open().map_err(|source| LogsError::Stream { name, source })?;
        Ok(Self { name, file })
    }
}

#[cfg(unix)]
fn duplicate_stdout() -> io::Result<File> {
    use std::os::fd::AsFd as _;
    io::stdout().as_fd().try_clone_to_owned().map(File::from)
}

#[cfg(unix)]
fn duplicate_stderr() -> io::Result<File> {
    use std::os::fd::AsFd as _;
    io::stderr().as_fd().try_clone_to_owned().map(File::from)
}

#[cfg(windows)]
fn duplicate_stdout() -> io::Result<File> {
    use std::os::windows::io::AsHandle as _;
    io::stdout()
        .as_handle()
        .try_clone_to_owned()
        .map(File::from)
}

#[cfg(windows)]
fn duplicate_stderr() -> io::Result<File> {
    use std::os::windows::io::AsHandle as _;
    io::stderr()
        .as_handle()
        .try_clone_to_owned()
        .map(File::from)
}
