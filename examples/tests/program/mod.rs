//! The examples' programs, started as their users start them.
#![allow(dead_code, reason = "each test uses a part")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) fn example(name: &str) -> Command {
    // The test stands in TARGET/PROFILE/deps, examples beside that folder.
    let test = std::env::current_exe().expect("this test is a file");
    let folder = test
        .ancestors()
        .nth(2)
        .expect("a profile folder")
        .join("examples");
    let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(
        program.is_file(),
        "{} is not built: `cargo build -p caxton-example --examples`",
        program.display()
    );
    let mut command = Command::new(program);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

#[track_caller]
pub(crate) fn run(name: &str, args: &[&str]) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = example(name).args(args).output().expect("it starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (status.code().unwrap_or(-1), text(stdout), text(stderr))
}

/// A file in a folder of this test's own.
pub(crate) fn file(name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).expect("a file");
    path
}
