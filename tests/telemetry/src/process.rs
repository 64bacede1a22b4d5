//! Servers that end with the values here, and where their programs are.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Until a server takes connections, and until something else holds.
const PATIENCE: Duration = Duration::from_secs(60);

/// The folder with these programs; `None` when the test is to be skipped, which
/// it then says, and which fails where `CI` is set.
///
/// # Panics
///
/// Where `CI` is set and they are not there.
#[must_use]
pub fn servers(programs: &[&str]) -> Option<PathBuf> {
    let bin = std::env::var_os("CAXTON_SERVERS").map_or_else(
        || {
            // The test stands in TARGET/PROFILE/deps.
            let test = std::env::current_exe().expect("this test is a file");
            let target = test.ancestors().nth(3).expect("a target folder");
            target.join("servers/bin")
        },
        PathBuf::from,
    );
    if programs.iter().all(|program| bin.join(program).is_file()) {
        return Some(bin);
    }
    let message = format!(
        "SKIPPED: not all of {} are in {}; get them with `scripts/get-servers.sh`, or name their \
         folder in CAXTON_SERVERS",
        programs.join(", "),
        bin.display()
    );
    assert!(std::env::var_os("CI").is_none(), "{message}");
    // Past the harness, which keeps what a passing test prints to itself.
    let _ = writeln!(std::io::stderr().lock(), "\n{message}\n");
    None
}

/// An address that is free now, and most likely still free a moment later.
///
/// # Panics
///
/// When the system has none.
#[must_use]
pub fn free_address() -> SocketAddr {
    // Not one that another server of this process is about to listen on.
    static TAKEN: Mutex<Vec<SocketAddr>> = Mutex::new(Vec::new());
    let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = free.local_addr().expect("bound");
        if !taken.contains(&address) {
            taken.push(address);
            return address;
        }
    }
}

/// A server that ends with this value.
#[derive(Debug)]
pub struct Server {
    process: Child,
    log: PathBuf,
}

impl Server {
    /// Starts it, and waits until it listens at these addresses.
    ///
    /// # Panics
    ///
    /// When it does not, with what it wrote to its log.
    #[must_use]
    pub fn start(command: &mut Command, log: &Path, addresses: &[SocketAddr]) -> Self {
        let output = std::fs::File::create(log).expect("a file");
        let process = command
            .stdin(Stdio::null())
            .stdout(output.try_clone().expect("a file"))
            .stderr(output)
            .spawn()
            .expect("the server starts");
        let mut server = Self {
            process,
            log: log.to_owned(),
        };
        let start = Instant::now();
        while !addresses
            .iter()
            .all(|address| TcpStream::connect(address).is_ok())
        {
            let ended = server.process.try_wait().expect("a process");
            assert!(
                ended.is_none() && start.elapsed() < PATIENCE,
                "{command:?} does not listen at {addresses:?}: {ended:?}\n{}",
                server.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    /// What it wrote so far.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Waits until something holds.
///
/// # Panics
///
/// When it does not within a minute.
#[track_caller]
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "not within a minute: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The body of what a server answers, if it answers 200.
///
/// # Errors
///
/// What the system says, or the answer.
pub fn get(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    // Of this version answers come in one piece.
    write!(stream, "GET {path} HTTP/1.0\r\nhost: {address}\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    match answer.split_once("\r\n\r\n") {
        Some((head, body)) if head.split(' ').nth(1) == Some("200") => Ok(body.to_owned()),
        _ => Err(std::io::Error::other(answer)),
    }
}

/// A text within a query.
#[must_use]
pub fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        let _ = std::fmt::Write::write_fmt(&mut encoded, format_args!("%{byte:02X}"));
    }
    encoded
}
