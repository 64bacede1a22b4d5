//! The example as its users start it, and a client of a few lines.
#![allow(dead_code, reason = "each test uses a part")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::Duration;

/// A module that loops for ever.
pub(crate) const LOOPS: &str = "(module (memory (export \"memory\") 1)
    (func (export \"alloc\") (param i32) (result i32) (i32.const 8))
    (func (export \"handle\") (param i32 i32 i32) (loop $again (br $again))))";

/// A module that traps.
pub(crate) const TRAPS: &str = "(module (memory (export \"memory\") 1)
    (func (export \"alloc\") (param i32) (result i32) (i32.const 8))
    (func (export \"handle\") (param i32 i32 i32) (unreachable)))";

pub(crate) fn caxton() -> Command {
    // The test stands in TARGET/PROFILE/deps, examples beside that folder.
    let test = std::env::current_exe().expect("this test is a file");
    let folder = test.ancestors().nth(2).expect("a profile folder");
    let name = format!("examples/caxton{}", std::env::consts::EXE_SUFFIX);
    let program = folder.join(name);
    assert!(
        program.is_file(),
        "{} is not built: `cargo build -p caxton-runtime --examples`",
        program.display()
    );
    let mut command = Command::new(program);
    command.current_dir(env!("CARGO_TARGET_TMPDIR"));
    command
}

/// Exit code, output and errors.
pub(crate) fn run(args: &[&str]) -> (i32, String, String) {
    let output = caxton().args(args).output();
    let Output {
        status,
        stdout,
        stderr,
    } = output.expect("it starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (status.code().unwrap_or(-1), text(stdout), text(stderr))
}

/// A file in a folder of these tests' own.
pub(crate) fn file(name: &str, content: impl AsRef<[u8]>) -> String {
    let path = path(name);
    let folder = path.parent().expect("a folder");
    std::fs::create_dir_all(folder).expect("a folder");
    std::fs::write(&path, content).expect("a file");
    path.to_str().expect("UTF-8").to_owned()
}

pub(crate) fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// The words of the line that starts so, in the table that starts so.
#[track_caller]
pub(crate) fn row<'a>(report: &'a str, table: &str, start: &str) -> Vec<&'a str> {
    let lines = report.lines().skip_while(|line| !line.starts_with(table));
    let mut lines = lines.filter(|line| line.starts_with(start));
    let line = lines.next();
    let line = line.unwrap_or_else(|| panic!("no {start} in {table} of\n{report}"));
    line.split_whitespace().collect()
}

/// A program that serves, and ends with this value.
pub(crate) struct Serving {
    process: Child,
    output: BufReader<ChildStdout>,
    pub(crate) address: SocketAddr,
}

impl Serving {
    pub(crate) fn start(args: &[&str]) -> Self {
        let mut command = caxton();
        command.arg("--serve=127.0.0.1:0").args(args);
        let mut process = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let mut output = BufReader::new(process.stdout.take().expect("piped"));
        let mut line = String::new();
        output
            .read_line(&mut line)
            .expect("it says where it serves");
        let address = line.split('/').nth(2).unwrap_or_default();
        let address = address.parse().unwrap_or_else(|_| panic!("{line}"));
        Self {
            process,
            output,
            address,
        }
    }

    /// Reads up to and with the line that starts so.
    #[track_caller]
    pub(crate) fn read_until(&mut self, start: &str) -> String {
        let mut text = String::new();
        loop {
            let from = text.len();
            let read = self.output.read_line(&mut text).expect("UTF-8");
            assert!(read > 0, "no {start} in\n{text}");
            if text[from..].starts_with(start) {
                return text;
            }
        }
    }

    pub(crate) fn signal(&self, name: &str) {
        let kill = Command::new("kill")
            .args([&format!("-{name}"), &self.process.id().to_string()])
            .status();
        assert!(kill.expect("kill is there").success());
    }

    /// Its exit code and the rest of its output.
    pub(crate) fn end(&mut self) -> (i32, String) {
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).expect("UTF-8");
        let status = self.process.wait().expect("it ends");
        (status.code().unwrap_or(-1), rest)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Status and body.
#[track_caller]
pub(crate) fn http(method: &str, address: SocketAddr, path: &str, body: &str) -> (u16, String) {
    http_with("", method, address, path, body)
}

/// The same with a header more, which ends its line.
#[track_caller]
pub(crate) fn http_with(
    header: &str,
    method: &str,
    address: SocketAddr,
    path: &str,
    body: &str,
) -> (u16, String) {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let timeout = Some(Duration::from_secs(30));
    stream.set_read_timeout(timeout).expect("a socket");
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         {header}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .expect("it reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("it answers");
    // Of a profile only the head is text.
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let status = head.get(9..12).and_then(|code| code.parse().ok());
    (status.unwrap_or(0), body.to_owned())
}
